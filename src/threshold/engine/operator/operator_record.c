/* SPDX-License-Identifier: Apache-2.0
 * An operator that starts again, from its records, in the order in which they rest on each
 * other. */
#include "crypto/hash.h"
#include "threshold/engine/operator/operator_inner.h"

/* What the store handed back; borrows. */
typedef struct record_list {
    const kw_operator_record *items;
    size_t count;
} record_list;

static uint64_t epoch_of(const kw_operator_record *record)
{
    kw_reader r = kw_reader_of((kw_span){&record->id.bytes[24], sizeof(uint64_t)});
    return kw_read_u64be(&r);
}

/* The certificate of the lowest epoch above `epoch`; NULL. `count`: how many there are. */
static const kw_operator_record *next_certificate(const record_list *records, uint64_t epoch,
                                                  size_t *count)
{
    const kw_operator_record *found = NULL;
    *count = 0;
    for (size_t i = 0; i < records->count; i++) {
        const kw_operator_record *at = &records->items[i];
        if (at->kind == KW_RECORD_CERTIFICATE && epoch_of(at) > epoch) {
            (*count)++;
            found = found == NULL || epoch_of(at) < epoch_of(found) ? at : found;
        }
    }
    return found;
}

/* The newest ones, the oldest of them first. */
static kw_status resume_eras(kw_operator *op, const record_list *records)
{
    size_t left = 0;
    const kw_operator_record *at = next_certificate(records, 0, &left);
    while (at != NULL) {
        if (left <= KW_OPERATOR_ERAS_MAX) {
            KW_TRY(kw_operator_resume_era(op, at));
        }
        at = next_certificate(records, epoch_of(at), &left);
    }
    return KW_OK;
}

/* Durable messages of one session, in the step's arena. */
static kw_status gather(kw_operator *op, kw_authenticated_list *out, const record_list *records,
                        const kw_hash32 *scope)
{
    kw_authenticated *items =
        kw_arena_new(&op->step, KW_MAX(records->count, (size_t)1), sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    size_t count = 0;
    for (size_t i = 0; i < records->count; i++) {
        const kw_operator_record *at = &records->items[i];
        if (at->kind == KW_RECORD_MESSAGE && kw_hash32_equal(&at->scope, scope)) {
            kw_authenticated_list one;
            kw_reader r = kw_reader_of(kw_declassify_span(at->bytes, "travelled between members"));
            KW_TRY(kw_authenticated_list_read(&one, &op->step, &r));
            if (one.count != 1) {
                return KW_CORRUPT;
            }
            items[count++] = one.items[0];
        }
    }
    *out = (kw_authenticated_list){items, count};
    return KW_OK;
}

/* A session that was given up, or of which nothing is known any more, leaves nothing behind. */
static bool is_over(const kw_operator *op, const kw_operator_record *session)
{
    kw_epoch_state state = kw_epochs_state_of(&op->epochs, &session->scope);
    return state == KW_EPOCH_NONE || state == KW_EPOCH_RETIRED;
}

static void plan_end(kw_operator *op, const kw_operator_record *session)
{
    if (op->agenda_count < KW_OPERATOR_AGENDA_MAX / 4) {
        kw_operator_plan_erasure(op, KW_RECORD_SESSION, &session->scope);
        kw_operator_plan_erasure(op, KW_RECORD_MESSAGE, &session->scope);
    }
}

/* One that this operator has no key for can say nothing more, and never begins again. */
static kw_status resume_session(kw_operator *op, const kw_operator_record *record,
                                kw_authenticated_list durable, uint64_t now)
{
    if (kw_operator_slot_of(op, &record->scope) != NULL) {
        return KW_CORRUPT;
    }
    kw_status st = kw_operator_slot_resume(op, record, durable, now);
    if (st != KW_UNAVAILABLE) {
        return st;
    }
    return kw_epochs_abort(&op->epochs, &record->scope) == KW_OK ? kw_operator_plan_epochs(op)
                                                                 : KW_OK;
}

static kw_status resume_kind(kw_operator *op, const record_list *records, kw_record_kind kind,
                             uint64_t now)
{
    for (size_t i = 0; i < records->count; i++) {
        const kw_operator_record *at = &records->items[i];
        kw_authenticated_list durable;
        if (at->kind != kind) {
            continue;
        }
        if (kind == KW_RECORD_EPOCHS) {
            KW_TRY(kw_epochs_resume(&op->epochs,
                                    kw_declassify_span(at->bytes, "states are no secret")));
            continue;
        }
        if (kind == KW_RECORD_SHARE) {
            KW_TRY(kw_operator_resume_share(op, at));
            continue;
        }
        if (kind == KW_RECORD_SESSION && is_over(op, at)) {
            plan_end(op, at);
            continue;
        }
        KW_TRY(gather(op, &durable, records, &at->scope));
        KW_TRY(kind == KW_RECORD_SESSION ? resume_session(op, at, durable, now)
                                         : kw_operator_handover_resume(op, at, now));
    }
    return KW_OK;
}

/* Sessions that never said anything, for their first record is missing: these may begin again. */
static kw_status forget_unbegun(kw_operator *op, uint64_t now)
{
    uint16_t i = 0;
    while (i < op->epochs.count) {
        kw_hash32 sid = op->epochs.rows[i].sid;
        if (op->epochs.rows[i].state == KW_EPOCH_DEALT && kw_operator_slot_of(op, &sid) == NULL) {
            KW_TRY(kw_epochs_forget(&op->epochs, &sid));
        } else {
            i++;
        }
    }
    while (op->agenda_count < KW_OPERATOR_AGENDA_MAX / 2 && kw_operator_epochs_step(op, now)) {
    }
    return KW_OK;
}

/* Whatever is wrong with the bytes of a record: it is not one of ours. */
static kw_status blame_records(kw_status st)
{
    bool is_of_host = st == KW_OK || st == KW_LIMIT || st == KW_NO_MEMORY || st == KW_CONFIG ||
                      st == KW_ENTROPY_FAILURE || st == KW_UNAVAILABLE;
    return is_of_host ? st : KW_CORRUPT;
}

kw_status kw_operator_resume(kw_operator *out, const kw_operator_setup *setup,
                             const kw_operator_record *records, size_t count, uint64_t now)
{
    static const kw_record_kind order[] = {KW_RECORD_EPOCHS, KW_RECORD_SHARE, KW_RECORD_SESSION,
                                           KW_RECORD_HANDOVER};
    const record_list list = {records, count};
    KW_TRY(kw_operator_init(out, setup));
    kw_status st = resume_eras(out, &list);
    for (size_t i = 0; i < KW_COUNT(order) && st == KW_OK; i++) {
        st = resume_kind(out, &list, order[i], now);
    }
    if (st == KW_OK) {
        st = forget_unbegun(out, now);
    }
    if (st != KW_OK) {
        kw_operator_drop(out);
    }
    return blame_records(st);
}
