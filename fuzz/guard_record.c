/* kw_audit_record_decode, kw_audit_frame_next: a decoded record appends to the very same bytes. */
#include "guard/engine/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span rest = {data, size};
    kw_span bytes;
    kw_hash32 hash;
    while (kw_audit_frame_next(&bytes, &hash, &rest) == KW_OK) {
        KW_ASSERT(rest.len < size);
    }
    kw_audit_record record;
    if (kw_audit_record_decode(&record, (kw_span){data, size}) == KW_OK) {
        kw_audit_chain chain = {
            .size = record.sequence, .previous = record.previous, .time_ms = record.time_ms};
        KW_AUTO(kw_buf) out = kw_buf_init(8192);
        KW_ASSERT(kw_audit_frame_append(&chain, &out, &hash, &record) == KW_OK);
        KW_ASSERT(out.len == size + KW_AUDIT_FRAME_HEAD_BYTES + KW_AUDIT_FRAME_TAIL_BYTES);
        kw_span again = {out.ptr + KW_AUDIT_FRAME_HEAD_BYTES, size};
        KW_ASSERT(kw_span_equal_var(again, (kw_span){data, size}));
    }
    return 0;
}
