/* SPDX-License-Identifier: Apache-2.0
 * Audit records to bytes and back, and the checks that make a chain of them. */
#include "guard/engine/chain.h"

#include "codec/reader.h"
#include "codec/utf8.h"
#include "codec/writer.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "guard/limits.h"

enum {
    VERSION = 1,
    TEXT_BYTES_MAX = 255,
};

_Static_assert(KW_AUDIT_RECORD_BYTES_MAX <= UINT16_MAX, "the length of a record is a u16");

static const char *const method_names[] = {
#define X(name, spelling) [KW_AUTH_##name] = (spelling),
    KW_AUTH_METHOD_TABLE(X)
#undef X
};

const char *kw_auth_method_name(kw_auth_method method)
{
    KW_ASSERT((size_t)method < KW_COUNT(method_names));
    return method_names[method];
}

static bool is_known_status(unsigned number)
{
    kw_status found = KW_OK;
    return kw_status_of_name(&found, kw_status_name((kw_status)number)) && found == number;
}

static bool is_text(kw_str text, size_t bytes_max)
{
    return text.len <= bytes_max && kw_utf8_is_line(text);
}

kw_status kw_audit_record_check(const kw_audit_record *record)
{
    bool is_good = (size_t)record->method < KW_COUNT(method_names) &&
                   is_known_status(record->outcome) && record->time_ms >= 0 &&
                   record->version <= INT64_MAX && is_text(record->node, KW_AUDIT_NODE_BYTES_MAX) &&
                   is_text(record->tenant, TEXT_BYTES_MAX) &&
                   is_text(record->actor, TEXT_BYTES_MAX) && record->action.len > 0 &&
                   is_text(record->action, KW_AUDIT_ACTION_BYTES_MAX) &&
                   is_text(record->object, KW_AUDIT_OBJECT_BYTES_MAX) &&
                   is_text(record->detail, TEXT_BYTES_MAX) &&
                   is_text(record->request_id, KW_AUDIT_REQUEST_BYTES_MAX) &&
                   is_text(record->approval_id, KW_AUDIT_REQUEST_BYTES_MAX);
    return is_good ? KW_OK : KW_BAD_INPUT;
}

static void write_record(kw_writer *w, const kw_audit_record *record)
{
    kw_write_u8(w, VERSION);
    kw_write_u64be(w, record->sequence);
    kw_write_u64be(w, (uint64_t)record->time_ms);
    kw_write_span(w, KW_SPAN(record->previous.bytes));
    kw_write_u8(w, (uint8_t)record->method);
    kw_write_u8(w, (uint8_t)record->outcome);
    kw_write_span(w, KW_SPAN(record->address.bytes));
    kw_write_u64be(w, record->version);
    kw_write_span_u8(w, kw_span_of_str(record->node));
    kw_write_span_u8(w, kw_span_of_str(record->tenant));
    kw_write_span_u8(w, kw_span_of_str(record->actor));
    kw_write_span_u8(w, kw_span_of_str(record->action));
    kw_write_span_u16be(w, kw_span_of_str(record->object));
    kw_write_span_u8(w, kw_span_of_str(record->detail));
    kw_write_span_u8(w, kw_span_of_str(record->request_id));
    kw_write_span_u8(w, kw_span_of_str(record->approval_id));
}

static size_t record_bytes(const kw_audit_record *record)
{
    enum {
        FIXED_BYTES = 1 + 8 + 8 + 32 + 1 + 1 + 16 + 8,
        LENGTHS_BYTES = 7 + 2
    };
    return FIXED_BYTES + LENGTHS_BYTES + record->node.len + record->tenant.len + record->actor.len +
           record->action.len + record->object.len + record->detail.len + record->request_id.len +
           record->approval_id.len;
}

kw_status kw_audit_frame_append(kw_audit_chain *chain, kw_buf *out, kw_hash32 *out_hash,
                                const kw_audit_record *record)
{
    KW_TRY(kw_audit_record_check(record));
    kw_audit_record linked = *record;
    linked.sequence = chain->size;
    linked.previous = chain->previous;
    linked.time_ms = KW_MAX(record->time_ms, chain->time_ms);
    size_t len = record_bytes(&linked);
    KW_TRY(kw_buf_reserve(out, KW_AUDIT_FRAME_HEAD_BYTES + len + KW_AUDIT_FRAME_TAIL_BYTES));

    /* Everything fits from here on. */
    kw_writer w = kw_writer_to(out);
    kw_write_u16be(&w, (uint16_t)len);
    size_t start = out->len;
    write_record(&w, &linked);
    KW_ASSERT(out->len - start == len && len <= KW_AUDIT_RECORD_BYTES_MAX);
    kw_hash32 hash;
    kw_merkle_leaf(&hash, (kw_span){out->ptr + start, len});
    kw_write_span(&w, (kw_span){hash.bytes, KW_AUDIT_FRAME_TAIL_BYTES});
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    *chain =
        (kw_audit_chain){.size = linked.sequence + 1, .previous = hash, .time_ms = linked.time_ms};
    *out_hash = hash;
    return KW_OK;
}

static kw_str read_text(kw_reader *r)
{
    return kw_str_of_span(kw_read_span_u8(r, TEXT_BYTES_MAX));
}

kw_status kw_audit_record_decode_unchecked(kw_audit_record *out, kw_span bytes)
{
    kw_reader r = kw_reader_of(bytes);
    kw_audit_record record = {0};
    uint8_t version = kw_read_u8(&r);
    record.sequence = kw_read_u64be(&r);
    uint64_t time_ms = kw_read_u64be(&r);
    kw_read_into(&r, KW_MSPAN(record.previous.bytes));
    uint8_t method = kw_read_u8(&r);
    uint8_t outcome = kw_read_u8(&r);
    kw_read_into(&r, KW_MSPAN(record.address.bytes));
    record.version = kw_read_u64be(&r);
    record.node = read_text(&r);
    record.tenant = read_text(&r);
    record.actor = read_text(&r);
    record.action = read_text(&r);
    record.object = kw_str_of_span(kw_read_span_u16be(&r, KW_AUDIT_OBJECT_BYTES_MAX));
    record.detail = read_text(&r);
    record.request_id = read_text(&r);
    record.approval_id = read_text(&r);
    KW_TRY(kw_read_end(&r));
    if (version != VERSION || time_ms > INT64_MAX || method >= KW_COUNT(method_names)) {
        return KW_BAD_INPUT;
    }
    record.time_ms = (kw_unix_ms)time_ms;
    record.method = (kw_auth_method)method;
    record.outcome = (kw_status)outcome;
    *out = record;
    return KW_OK;
}

kw_status kw_audit_record_decode(kw_audit_record *out, kw_span bytes)
{
    kw_audit_record record;
    KW_TRY(kw_audit_record_decode_unchecked(&record, bytes));
    KW_TRY(kw_audit_record_check(&record));
    *out = record;
    return KW_OK;
}

kw_status kw_audit_frame_length(size_t *out, kw_span rest)
{
    if (rest.len == 0) {
        return KW_END;
    }
    kw_reader r = kw_reader_of(rest);
    kw_span record = kw_read_span_u16be(&r, KW_AUDIT_RECORD_BYTES_MAX);
    (void)kw_read_span(&r, KW_AUDIT_FRAME_TAIL_BYTES);
    if (!kw_read_is_good(&r) || record.len == 0) {
        return KW_BAD_INPUT;
    }
    *out = KW_AUDIT_FRAME_HEAD_BYTES + record.len + KW_AUDIT_FRAME_TAIL_BYTES;
    return KW_OK;
}

kw_status kw_audit_frame_next(kw_span *out_record, kw_hash32 *out_hash, kw_span *rest)
{
    size_t len = 0;
    KW_TRY(kw_audit_frame_length(&len, *rest));
    kw_reader r = kw_reader_of(*rest);
    kw_span record = kw_read_span_u16be(&r, KW_AUDIT_RECORD_BYTES_MAX);
    kw_span guard = kw_read_span(&r, KW_AUDIT_FRAME_TAIL_BYTES);
    kw_hash32 hash;
    kw_merkle_leaf(&hash, record);
    if (!kw_span_equal_var(guard, (kw_span){hash.bytes, KW_AUDIT_FRAME_TAIL_BYTES})) {
        return KW_BAD_INPUT;
    }
    *out_record = record;
    *out_hash = hash;
    *rest = kw_read_rest(&r);
    return KW_OK;
}

kw_audit_fault kw_audit_chain_follow(kw_audit_chain *chain, const kw_audit_link *link,
                                     const kw_hash32 *hash)
{
    if (link->sequence != chain->size) {
        return KW_AUDIT_FAULT_SEQUENCE;
    }
    if (!kw_hash32_equal(&link->previous, &chain->previous)) {
        return KW_AUDIT_FAULT_PREVIOUS;
    }
    if (link->time_ms < chain->time_ms - KW_AUDIT_TIME_BACK_MS_MAX) {
        return KW_AUDIT_FAULT_TIME;
    }
    *chain =
        (kw_audit_chain){.size = link->sequence + 1, .previous = *hash, .time_ms = link->time_ms};
    return KW_AUDIT_FAULT_NONE;
}
