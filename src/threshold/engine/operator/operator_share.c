/* SPDX-License-Identifier: Apache-2.0
 * The shares that an operator holds, and their records. Secret: shares. */
#include "crypto/hash.h"
#include "threshold/engine/operator/operator_inner.h"

kw_operator_share *kw_operator_share_of(kw_operator *op, const kw_hash32 *sid)
{
    for (size_t i = 0; i < KW_OPERATOR_SHARES_MAX; i++) {
        if (op->shares[i].is_held && kw_hash32_equal(&op->shares[i].sid, sid)) {
            return &op->shares[i];
        }
    }
    return NULL;
}

void kw_operator_share_drop(kw_operator_share *share)
{
    kw_group_secret_drop(&share->value);
    *share = (kw_operator_share){0};
}

void kw_operator_share_erase(kw_operator *op, kw_operator_share *share)
{
    kw_operator_plan_erasure(op, KW_RECORD_SHARE, &share->sid);
    kw_operator_share_drop(share);
}

/* As many as the table of epochs has rows; NULL: in a store that this operator did not write. */
static kw_operator_share *share_room(kw_operator *op)
{
    for (size_t i = 0; i < KW_OPERATOR_SHARES_MAX; i++) {
        if (!op->shares[i].is_held) {
            return &op->shares[i];
        }
    }
    return NULL;
}

kw_operator_share *kw_operator_share_keep(kw_operator *op, const kw_operator_slot *slot)
{
    kw_operator_share *share = share_room(op);
    if (share == NULL) {
        return NULL;
    }
    *share = (kw_operator_share){
        .is_held = true,
        .sid = slot->sid,
        .epoch = slot->fields.epoch,
        .member = kw_roster_index(&slot->roster_new, &op->setup.self),
        .value = *kw_session_share(slot->session),
    };
    return share;
}

/* u64 epoch | u16 member | 32 share */
kw_status kw_operator_plan_share(kw_operator *op, const kw_operator_share *share)
{
    uint8_t start[sizeof(uint64_t) + sizeof(uint16_t)];
    kw_writer w = kw_writer_of(KW_MSPAN(start));
    kw_write_u64be(&w, share->epoch);
    kw_write_u16be(&w, share->member);
    KW_TRY(kw_write_end(&w));
    KW_AUTO(kw_group_secret_bytes) bytes = {{0}};
    op->setup.group->secret_encode(&bytes, &share->value);
    kw_secret_bytes_clear(&op->record);
    KW_TRY(kw_secret_bytes_append(&op->record, kw_secret_span_of(KW_SPAN(start))));
    KW_TRY(kw_secret_bytes_append(&op->record, kw_secret_span_of(KW_SPAN(bytes.bytes))));
    kw_operator_plan_record(op, KW_RECORD_SHARE, &share->sid, NULL,
                            kw_secret_bytes_view(&op->record));
    return KW_OK;
}

kw_status kw_operator_resume_share(kw_operator *op, const kw_operator_record *record)
{
    enum {
        START = sizeof(uint64_t) + sizeof(uint16_t)
    };
    KW_AUTO(kw_group_secret_bytes) bytes = {{0}};
    if (record->bytes.len != START + sizeof bytes.bytes) {
        return KW_CORRUPT;
    }
    kw_reader r = kw_reader_of(kw_declassify_span(kw_secret_span_part(record->bytes, 0, START),
                                                  "epoch and index are public"));
    kw_operator_share *share = share_room(op);
    if (share == NULL || kw_operator_share_of(op, &record->scope) != NULL) {
        return KW_CORRUPT;
    }
    *share = (kw_operator_share){.is_held = true, .sid = record->scope};
    share->epoch = kw_read_u64be(&r);
    share->member = kw_read_u16be(&r);
    kw_secret_span_copy(KW_MSPAN(bytes.bytes),
                        kw_secret_span_part(record->bytes, START, sizeof bytes.bytes));
    bool is_good = share->member >= 1 && share->member <= KW_THRESHOLD_MEMBERS_MAX &&
                   op->setup.group->secret_decode(&share->value, &bytes) == KW_OK;
    return is_good ? KW_OK : KW_CORRUPT;
}
