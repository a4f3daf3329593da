/* SPDX-License-Identifier: Apache-2.0
 * What the sessions of an operator want, as its actions: to send, to ask, to seal a share, to tell
 * of fraud. Secret: shares. */
#include "crypto/hash.h"
#include "threshold/engine/fraud/fraud.h"
#include "threshold/engine/operator/operator_inner.h"

enum {
    RETRY_DELTAS = 2, /* what was not delivered after these is asked for */
};

/* Members of the audience but this one: of rank `to`, or all. */
static kw_status address(kw_operator *op, kw_operator_action *out, const kw_operator_slot *slot,
                         uint16_t to)
{
    const kw_audience *audience = kw_session_audience(slot->session);
    kw_address *list = kw_arena_new(&op->step, audience->count, sizeof *list);
    if (list == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t rank = 1; rank <= audience->count; rank++) {
        const kw_address *at = kw_audience_at(audience, rank)->address;
        if ((to == 0 || to == rank) && !kw_operator_is_self(op, at)) {
            list[out->to_count++] = *at;
        }
    }
    out->to = list;
    return KW_OK;
}

static kw_status list_letters(kw_operator *op, kw_operator_action *out,
                              const kw_session_action *action)
{
    kw_authenticated *items =
        kw_arena_new(&op->step, KW_MAX(action->letters_count, (size_t)1), sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < action->letters_count; i++) {
        items[i] = action->letters[i]->message;
    }
    out->messages = (kw_authenticated_list){items, action->letters_count};
    return KW_OK;
}

static kw_status plan_send(kw_operator *op, const kw_operator_slot *slot,
                           const kw_session_action *action, uint64_t now)
{
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_SEND);
    KW_TRY(list_letters(op, out, action));
    out->until_ms = now + (uint64_t)RETRY_DELTAS * op->setup.config.delta_ms;
    return address(op, out, slot, action->act == KW_SESSION_SEND ? 0 : action->to);
}

static kw_status plan_own(kw_operator *op, const kw_operator_slot *slot,
                          const kw_session_action *action, uint64_t now)
{
    for (size_t i = 0; i < action->letters_count; i++) {
        if (!kw_epochs_may_send(&op->epochs, &slot->sid, action->letters[i]->place.type)) {
            return KW_BAD_STATE;
        }
    }
    KW_TRY(kw_operator_slot_plan_record(op, slot));
    KW_TRY(kw_operator_plan_letters(op, &slot->sid, action->letters, action->letters_count));
    return plan_send(op, slot, action, now);
}

static kw_status plan_pull(kw_operator *op, const kw_operator_slot *slot,
                           const kw_session_action *action)
{
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_PULL);
    kw_hash32 *ids = kw_arena_new(&op->step, action->ids_count, sizeof *ids);
    if (ids == NULL) {
        return KW_LIMIT;
    }
    memcpy(ids, action->ids, action->ids_count * sizeof *ids);
    out->ids = ids;
    out->ids_count = action->ids_count;
    return address(op, out, slot, action->to);
}

static kw_status plan_share_records(kw_operator *op, const kw_operator_share *share)
{
    KW_TRY(kw_operator_plan_share(op, share));
    return kw_operator_plan_epochs(op);
}

/* The share becomes durable with this agenda; then COMMIT may say so. When its record finds no room
 * nothing of it stays: no share serves that a restart would lose. */
static kw_status plan_share(kw_operator *op, kw_operator_slot *slot)
{
    const kw_epochs before = op->epochs;
    kw_operator_share *sealed = kw_operator_share_of(op, &slot->sid); /* before a restart */
    kw_operator_share *share = sealed == NULL ? kw_operator_share_keep(op, slot) : sealed;
    if (share == NULL) {
        return KW_LIMIT;
    }
    kw_status st = kw_epochs_prepare(&op->epochs, &slot->sid);
    if (st == KW_OK || (st == KW_BAD_STATE && sealed != NULL)) {
        st = plan_share_records(op, share);
    }
    if (st == KW_OK) {
        op->sealing = slot;
        return KW_OK;
    }
    op->epochs = before;
    if (sealed == NULL) {
        kw_operator_share_drop(share);
    }
    return st;
}

kw_status kw_operator_plan_evidence(kw_operator *op, const kw_operator_slot *slot,
                                    const kw_session_evidence *evidence)
{
    kw_authenticated items[KW_FRAUD_MESSAGES_MAX];
    for (size_t i = 0; i < evidence->letters_count; i++) {
        items[i] = evidence->letters[i]->message;
    }
    const kw_fraud_file file = {
        .kind = (kw_fraud_kind)evidence->number,
        .session = {.cluster = op->setup.cluster,
                    .config = op->setup.config,
                    .fields = slot->fields,
                    .roster_old = slot->roster_old,
                    .roster_new = slot->roster_new},
        .messages = {items, evidence->letters_count},
        .certificate = kw_operator_certificate_of(op, &slot->fields.previous),
    };
    const kw_candidate_form form = {op->setup.group, op->setup.schemes};
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_buf_clear(&op->file);
    KW_TRY(kw_fraud_prove(&op->file, &arena, &file, &form));
    kw_operator_plan(op, KW_OPERATOR_EVIDENCE)->bytes = kw_buf_view(&op->file);
    return KW_OK;
}

static kw_status plan_end(kw_operator *op, kw_operator_slot *slot)
{
    kw_operator_plan(op, KW_OPERATOR_ABORTED)->scope = slot->sid;
    return kw_operator_slot_give_up(op, slot);
}

static kw_status plan(kw_operator *op, kw_operator_slot *slot, const kw_session_action *action,
                      uint64_t now)
{
    kw_candidate candidate;
    switch (action->act) {
    case KW_SESSION_IDLE:
        return KW_OK;
    case KW_SESSION_SEND:
        return plan_own(op, slot, action, now);
    case KW_SESSION_RELAY:
        return plan_send(op, slot, action, now);
    case KW_SESSION_PULL:
        return plan_pull(op, slot, action);
    case KW_SESSION_PREPARED:
        return plan_share(op, slot);
    case KW_SESSION_CANDIDATE:
        return kw_session_candidate(slot->session, &candidate)
                   ? kw_operator_offer(op, &candidate, now)
                   : KW_OK;
    case KW_SESSION_KEEP:
        return kw_operator_plan_letters(op, &slot->sid, action->letters, action->letters_count);
    case KW_SESSION_FRAUD:
        return kw_operator_plan_evidence(op, slot, action->evidence);
    case KW_SESSION_ABORTED:
        return plan_end(op, slot);
    }
    return KW_OK;
}

bool kw_operator_slot_step(kw_operator *op, kw_operator_slot *slot, uint64_t now)
{
    kw_session_action action;
    kw_session_next(slot->session, &action, now);
    size_t planned = op->agenda_count;
    kw_status st = plan(op, slot, &action, now);
    if (st != KW_OK) {
        /* A proof that does not convict is none. Else there is no room: the session goes on from
         * its last record, after a restart. */
        op->agenda_count = planned;
        if (action.act != KW_SESSION_FRAUD) {
            kw_operator_slot_drop(slot);
        }
    }
    return action.act != KW_SESSION_IDLE;
}
