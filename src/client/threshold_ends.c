/* SPDX-License-Identifier: Apache-2.0
 * Ends of jobs. Secret inputs: texts. */
#include "client/threshold_ends.h"

/* The macro of the public header is enough for either format, at any length. */
_Static_assert(KW_THRESHOLD_SEALED_BYTES_MAX(0) >= KW_IBE_HEADER_BYTES_MAX + KW_AEAD_TAG_BYTES &&
                   KW_THRESHOLD_SEALED_BYTES_MAX(0) >= KW_IBE_V1_OVERHEAD_BYTES &&
                   KW_THRESHOLD_SEALED_BYTES_MAX(KW_IBE_CHUNK_BYTES) -
                           KW_THRESHOLD_SEALED_BYTES_MAX(0) >=
                       KW_IBE_SEALED_CHUNK_BYTES,
               "a ciphertext may be longer than the public header says");

static kw_status open_file(kw_client_ends *ends, kw_error *err)
{
    KW_REQUIRE(ends->in_path != NULL && ends->out_path != NULL, err, KW_BAD_INPUT,
               "a path is missing");
    KW_TRY_AT(err, kw_stream_open(&ends->in, ends->in_path, err), "reading the input");
    return KW_OK;
}

kw_status kw_client_ends_open(kw_client_ends *ends, kw_error *err)
{
    const kw_threshold_memory *memory = ends->memory;
    const kw_threshold_flow *flow = ends->flow;
    if (memory != NULL) {
        KW_REQUIRE((memory->in != NULL || memory->in_bytes == 0) &&
                       (memory->out != NULL || memory->out_max == 0),
                   err, KW_BAD_INPUT, "bytes are missing");
        return KW_OK;
    }
    if (flow == NULL) {
        return open_file(ends, err);
    }
    KW_REQUIRE(flow->struct_bytes == sizeof *flow, err, KW_BAD_INPUT,
               "the flow is of another version: use KW_THRESHOLD_FLOW_INIT");
    KW_REQUIRE(flow->read != NULL && flow->write != NULL, err, KW_BAD_INPUT,
               "a function of the flow is missing");
    return KW_OK;
}

kw_status kw_client_ends_create(kw_client_ends *ends, unsigned mode, kw_error *err)
{
    if (ends->memory == NULL && ends->flow == NULL) {
        KW_TRY_AT(err, kw_stream_create(&ends->out, ends->out_path, mode, err),
                  "writing the output");
    }
    return KW_OK;
}

static kw_status tell(const kw_client_ends *ends, kw_error *err)
{
    const kw_client_listener *listener = &ends->listener;
    int stop = listener->on_progress == NULL
                   ? 0
                   : listener->on_progress(listener->user, ends->read_bytes, ends->written_bytes);
    KW_REQUIRE(stop == 0, err, KW_CANCELLED, "the caller stopped it");
    return KW_OK;
}

static kw_status read_memory(const kw_client_ends *ends, size_t *out_len, kw_mspan room)
{
    const kw_threshold_memory *memory = ends->memory;
    size_t left = memory->in_bytes - (size_t)ends->read_bytes;
    *out_len = KW_MIN(left, room.len);
    if (*out_len > 0) {
        memcpy(room.ptr, memory->in + ends->read_bytes, *out_len);
    }
    return KW_OK;
}

static kw_status read_flow(const kw_threshold_flow *flow, size_t *out_len, kw_mspan room,
                           kw_error *err)
{
    size_t len = 0;
    KW_REQUIRE(flow->read(flow->user, room.ptr, room.len, &len) == 0, err, KW_CANCELLED,
               "the caller stopped it");
    KW_REQUIRE(len <= room.len, err, KW_BAD_INPUT, "the caller read more than there was room for");
    *out_len = len;
    return KW_OK;
}

static kw_status read_end(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    kw_client_ends *ends = ctx;
    if (ends->memory != NULL) {
        KW_TRY(read_memory(ends, out_len, room));
    } else if (ends->flow != NULL) {
        KW_TRY(read_flow(ends->flow, out_len, room, err));
    } else {
        KW_TRY_AT(err, kw_stream_read(&ends->in, out_len, room, err), "reading the input");
    }
    ends->read_bytes += *out_len;
    return KW_OK;
}

static kw_status write_memory(const kw_client_ends *ends, kw_span bytes, kw_error *err)
{
    const kw_threshold_memory *memory = ends->memory;
    KW_REQUIRE(bytes.len <= memory->out_max - (size_t)ends->written_bytes, err, KW_LIMIT,
               "the result has more than %zu bytes", memory->out_max);
    if (bytes.len > 0) {
        memcpy(memory->out + ends->written_bytes, bytes.ptr, bytes.len);
    }
    return KW_OK;
}

static kw_status write_end(void *ctx, kw_span bytes, kw_error *err)
{
    kw_client_ends *ends = ctx;
    if (ends->memory != NULL) {
        KW_TRY(write_memory(ends, bytes, err));
    } else if (ends->flow != NULL) {
        const kw_threshold_flow *flow = ends->flow;
        KW_REQUIRE(bytes.len == 0 || flow->write(flow->user, bytes.ptr, bytes.len) == 0, err,
                   KW_CANCELLED, "the caller stopped it");
    } else {
        KW_TRY_AT(err, kw_stream_write(&ends->out, bytes, err), "writing the output");
    }
    ends->written_bytes += bytes.len;
    return tell(ends, err);
}

kw_client_flow kw_client_ends_flow(kw_client_ends *ends)
{
    return (kw_client_flow){read_end, write_end, ends};
}

kw_status kw_client_ends_commit(kw_client_ends *ends, kw_error *err)
{
    if (ends->memory != NULL) {
        ends->memory->out_bytes = (size_t)ends->written_bytes;
    } else if (ends->flow == NULL) {
        KW_TRY_AT(err, kw_stream_commit(&ends->out, err), "writing the output");
    }
    ends->is_done = true;
    return KW_OK;
}

void kw_client_ends_drop(kw_client_ends *ends)
{
    kw_stream_drop(&ends->in);
    kw_stream_drop(&ends->out);
    if (ends->memory != NULL && !ends->is_done && ends->written_bytes > 0) {
        kw_wipe(ends->memory->out, (size_t)ends->written_bytes);
        ends->written_bytes = 0;
    }
}
