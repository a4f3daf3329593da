/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_cutter_take. The first bytes choose rule, size of points and pieces; the cuts do not
 * depend on the pieces, and an index of them is one that is taken. */
#include "params/engine/ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static kw_ingest whole;
static kw_ingest pieced;

static void ingest(kw_ingest *in, kw_ingested *out, const uint8_t head[3], kw_span bytes,
                   size_t piece)
{
    kw_cut_rule rule = (kw_cut_rule)(head[0] % 3);
    uint32_t point_bytes = rule == KW_CUT_CONTENT ? 0 : head[1] * 4096U + 1;
    KW_ASSERT(kw_ingest_init(in, rule, KW_MIN(point_bytes, (uint32_t)KW_CUT_BYTES),
                             &(kw_tile_sink){0}, &(kw_chunk_sink){0}) == KW_OK);
    for (size_t at = 0; at < bytes.len; at += piece) {
        kw_span part = {&bytes.ptr[at], KW_MIN(piece, bytes.len - at)};
        KW_ASSERT(kw_ingest_push(in, part, NULL) == KW_OK);
    }
    KW_ASSERT(kw_ingest_end(in, out, NULL) == KW_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4) {
        return 0;
    }
    kw_span bytes = {data + 3, size - 3};
    kw_ingested a;
    kw_ingested b;
    ingest(&whole, &a, data, bytes, bytes.len);
    ingest(&pieced, &b, data, bytes, data[2] + 1U);
    KW_ASSERT(kw_span_equal_var(a.index.entries, b.index.entries));
    KW_ASSERT(kw_hash32_equal(&a.root, &b.root) && kw_hash32_equal(&a.sha256, &b.sha256));
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_CHUNK_INDEX_BYTES_MAX);
    kw_chunk_index index;
    KW_ASSERT(kw_chunk_index_encode(&wire, &a.index) == KW_OK);
    KW_ASSERT(kw_chunk_index_decode(&index, kw_buf_view(&wire)) == KW_OK);
    kw_ingest_drop(&whole);
    kw_ingest_drop(&pieced);
    return 0;
}
