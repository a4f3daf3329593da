/* SPDX-License-Identifier: Apache-2.0
 * The epochs that an operator knows: which certificates it takes, what serves, and which shares go.
 * Source: threshold.md sections 3, 6. Secret: shares. */
#include "crypto/hash.h"
#include "threshold/engine/operator/operator_inner.h"

enum {
    EPOCHS_BYTES_MAX = 64 + KW_EPOCHS_MAX * sizeof(kw_epoch_row),
};

kw_status kw_operator_copy_roster(kw_roster *out, kw_arena *arena, const kw_roster *from)
{
    kw_member *members = kw_arena_new(arena, KW_MAX(from->n, (uint16_t)1), sizeof *members);
    if (members == NULL) {
        return KW_LIMIT;
    }
    memcpy(members, from->members, from->n * sizeof *members);
    *out = (kw_roster){.members = members, .n = from->n, .hash = from->hash};
    return KW_OK;
}

kw_status kw_operator_know_genesis(kw_operator *op, const kw_roster *roster)
{
    if (op->before.roster != NULL) {
        return KW_OK;
    }
    kw_arena_reset(&op->genesis);
    KW_TRY(kw_operator_copy_roster(&op->genesis_roster, &op->genesis, roster));
    return kw_head_before_genesis(&op->before, &op->cluster_id, &op->setup.config,
                                  &op->genesis_roster);
}

const kw_head *kw_operator_head(const kw_operator *op)
{
    if (op->eras_count > 0) {
        return &op->eras[0].head;
    }
    return op->before.roster == NULL ? NULL : &op->before;
}

static const kw_operator_era *era_of(const kw_operator *op, uint64_t epoch)
{
    for (size_t i = 0; i < op->eras_count; i++) {
        if (epoch == 0 || op->eras[i].head.epoch == epoch) {
            return &op->eras[i];
        }
    }
    return NULL;
}

kw_span kw_operator_certificate(const kw_operator *op, uint64_t epoch)
{
    const kw_operator_era *era = era_of(op, epoch);
    return era == NULL ? (kw_span){0} : era->file;
}

kw_span kw_operator_certificate_of(const kw_operator *op, const kw_hash32 *hash)
{
    for (size_t i = 0; i < op->eras_count; i++) {
        if (kw_hash32_equal(&op->eras[i].certificate.hash, hash)) {
            return op->eras[i].file;
        }
    }
    return (kw_span){0};
}

const kw_certificate *kw_operator_decoded(const kw_operator *op, uint64_t epoch)
{
    const kw_operator_era *era = era_of(op, epoch);
    return era == NULL ? NULL : &era->certificate;
}

/* ---- shares ---- */
bool kw_operator_key_of(const kw_operator *op, kw_operator_key *out, uint64_t epoch)
{
    uint64_t active = kw_epochs_active(&op->epochs);
    const kw_operator_era *era = era_of(op, epoch == 0 ? active : epoch);
    for (size_t i = 0; era != NULL && i < KW_OPERATOR_SHARES_MAX; i++) {
        const kw_operator_share *share = &op->shares[i];
        if (share->is_held && kw_hash32_equal(&share->sid, &era->certificate.candidate.sid)) {
            *out = (kw_operator_key){share->member, &share->value, &era->certificate};
            return true;
        }
    }
    return false;
}

/* ---- certificates ---- */

/* Decodes a copy of the file into an era of its own. */
static kw_status read_era(kw_operator_era *out, const kw_operator *op, kw_span file)
{
    const kw_candidate_form form = {op->setup.group, op->setup.schemes};
    *out = (kw_operator_era){.arena = kw_arena_init(KW_THRESHOLD_ERA_BYTES_MAX)};
    kw_status st = file.len > KW_THRESHOLD_CERTIFICATE_BYTES_MAX
                       ? KW_LIMIT
                       : kw_arena_copy_span(&out->arena, &out->file, file);
    if (st == KW_OK) {
        st = kw_certificate_decode(&out->certificate, &out->arena, out->file, &form);
    }
    if (st != KW_OK) {
        kw_arena_drop(&out->arena);
    }
    return st;
}

/* Of the key that this operator knows. The canary vouches for both rosters, so their signatures can
 * be judged, too: who asks here next may know nothing but the chain from genesis. */
static kw_status check_jump(const kw_operator *op, const kw_certificate *certificate,
                            const kw_candidate_judge *judge, const kw_group_g2 *master)
{
    KW_TRY(kw_certificate_check_pinned(certificate, op->setup.group, &op->cluster_id, master));
    KW_TRY(kw_candidate_judge_signatures(judge, kw_certificate_voters(certificate),
                                         certificate->precommits));
    return kw_candidate_prove(&certificate->candidate, judge);
}

/* Whether it follows the newest one; or, when some between are missing, whether the master key that
 * this operator knows made it. */
static kw_status check(kw_operator *op, const kw_certificate *certificate)
{
    const kw_candidate *candidate = &certificate->candidate;
    const kw_group_g2 *master =
        op->eras_count > 0 ? &op->eras[0].head.polynomial[0] : op->setup.pin;
    uint64_t newest = op->eras_count > 0 ? op->eras[0].head.epoch : 0;
    if (op->setup.pin != NULL &&
        !op->setup.group->g2_equal(&candidate->polynomial[0], op->setup.pin)) {
        return KW_REFUSED; /* also the first epoch of a chain from genesis */
    }
    if (candidate->fields.epoch <= newest) {
        return KW_END;
    }
    if (op->eras_count == 0 && candidate->fields.epoch == 1) {
        KW_TRY(kw_operator_know_genesis(op, candidate->roster_new));
    }
    const kw_head *head = kw_operator_head(op);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    const kw_candidate_judge judge = {op->setup.group, op->setup.verifier, op->setup.rng, &arena};
    if (candidate->fields.epoch == newest + 1 && head != NULL) {
        kw_error err;
        return kw_head_check_certificate(head, certificate, &judge, &err);
    }
    if (master == NULL) {
        return KW_NOT_FOUND; /* of the chain from genesis some are missing */
    }
    return check_jump(op, certificate, &judge, master);
}

/* Makes room for one more: the store keeps older certificates, shares of theirs are gone. */
static void push_era(kw_operator *op, const kw_operator_era *era)
{
    if (op->eras_count == KW_OPERATOR_ERAS_MAX) {
        op->eras_count--;
        kw_arena_drop(&op->eras[op->eras_count].arena);
    }
    memmove(&op->eras[1], &op->eras[0], op->eras_count * sizeof *op->eras);
    op->eras[0] = *era;
    op->eras_count++;
}

static kw_head head_after(const kw_operator *op, const kw_certificate *certificate)
{
    const kw_head before = {
        .cluster_id = op->cluster_id,
        .suite = op->setup.config.suite,
        .ratio = op->setup.config.ratio,
    };
    return kw_head_after(&before, certificate);
}

/* ---- the table of epochs ---- */
kw_status kw_operator_plan_epochs(kw_operator *op)
{
    static const kw_hash32 only = {{0}};
    KW_AUTO(kw_buf) wire = kw_buf_init(EPOCHS_BYTES_MAX);
    kw_span copy;
    KW_TRY(kw_epochs_save(&op->epochs, &wire));
    KW_TRY(kw_arena_copy_span(&op->step, &copy, kw_buf_view(&wire)));
    kw_operator_plan_record(op, KW_RECORD_EPOCHS, &only, NULL, kw_secret_span_of(copy));
    return KW_OK;
}

kw_status kw_operator_note_proven(kw_operator *op, const kw_candidate *candidate)
{
    bool is_newest = op->eras_count > 0 &&
                     kw_hash32_equal(&op->eras[0].certificate.candidate.sid, &candidate->sid);
    if (!is_newest || kw_epochs_prove(&op->epochs, candidate->fields.epoch,
                                      (uint16_t)candidate->commits.count) != KW_OK) {
        return KW_OK;
    }
    return kw_operator_plan_epochs(op);
}

static void carry_out(kw_operator *op, const kw_epochs_action *action)
{
    kw_operator_share *share = kw_operator_share_of(op, &action->sid);
    switch (action->act) {
    case KW_EPOCHS_IDLE:
        break;
    case KW_EPOCHS_ACTIVATE:
        kw_operator_plan(op, KW_OPERATOR_ACTIVATE)->epoch = action->epoch;
        break;
    case KW_EPOCHS_ERASE_SHARE:
        if (share != NULL) {
            kw_operator_share_erase(op, share);
        }
        break;
    case KW_EPOCHS_ERASE_SESSION:
        kw_operator_plan_erasure(op, KW_RECORD_SESSION, &action->sid);
        kw_operator_slot_keep(op, &action->sid);
        break;
    case KW_EPOCHS_RENEW_SESSION:
        kw_operator_plan_erasure(op, KW_RECORD_SESSION, &action->sid);
        kw_operator_slot_renew(op, &action->sid);
        break;
    case KW_EPOCHS_ERASE_DEALINGS:
        kw_operator_plan_erasure(op, KW_RECORD_MESSAGE, &action->sid);
        /* Once more: without its secrets it was recorded again. */
        kw_operator_plan_erasure(op, KW_RECORD_SESSION, &action->sid);
        kw_operator_slot_end(op, &action->sid);
        break;
    }
}

bool kw_operator_epochs_step(kw_operator *op, uint64_t now)
{
    kw_epochs_action action;
    kw_epochs_next(&op->epochs, &action, now);
    carry_out(op, &action);
    if (action.act == KW_EPOCHS_IDLE) {
        return false;
    }
    /* No room for the record: the step is done again after a restart. */
    kw_status st = kw_operator_plan_epochs(op);
    KW_UNUSED(st);
    return true;
}

static kw_status plan_certificate(kw_operator *op, const kw_operator_era *era)
{
    kw_hash32 number = {{0}};
    kw_writer w = kw_writer_of((kw_mspan){&number.bytes[24], sizeof(uint64_t)});
    kw_write_u64be(&w, era->head.epoch);
    KW_TRY(kw_write_end(&w));
    kw_operator_plan_record(op, KW_RECORD_CERTIFICATE, &era->certificate.hash, &number,
                            kw_secret_span_of(era->file));
    return KW_OK;
}

/* Certifies the epoch in the table and plans both records; else nothing has changed. END: the table
 * knows it, and the certificate is here or it is not the newest. */
static kw_status certify(kw_operator *op, const kw_operator_era *era, uint64_t now)
{
    const kw_epochs before = op->epochs;
    size_t planned = op->agenda_count;
    kw_status st = kw_epochs_certify(&op->epochs, &era->certificate.candidate, now);
    if (st == KW_END && era_of(op, era->head.epoch) == NULL) {
        st = KW_OK; /* only its certificate is missing */
    }
    if (st == KW_OK) {
        st = plan_certificate(op, era);
    }
    if (st == KW_OK) {
        st = kw_operator_plan_epochs(op);
    }
    if (st != KW_OK) {
        op->epochs = before;
        op->agenda_count = planned;
    }
    return st;
}

/* The era is moved in. Sessions and shares that lost follow from the table of epochs. */
static kw_status adopt(kw_operator *op, kw_operator_era *era, uint64_t now)
{
    era->head = head_after(op, &era->certificate);
    kw_status st = certify(op, era, now);
    if (st != KW_OK) {
        kw_arena_drop(&era->arena);
        return st;
    }
    kw_operator_handover_end(op);
    push_era(op, era);
    kw_operator_plan(op, KW_OPERATOR_CERTIFIED)->epoch = era->head.epoch;
    op->asks_left = 0;
    /* The certificate stands, whatever comes of the session after it; a boundary begins again. */
    st = kw_operator_handover_begin(op, now);
    if (st == KW_OK) {
        st = kw_operator_form(op, now);
    }
    KW_UNUSED(st);
    return KW_OK;
}

kw_status kw_operator_adopt(kw_operator *op, kw_span file, uint64_t now)
{
    kw_operator_era era;
    KW_TRY(read_era(&era, op, file));
    return adopt(op, &era, now);
}

/* Asks `from` for the certificate after the newest one here. */
static void ask_on(kw_operator *op, const kw_address *from)
{
    kw_address *to = kw_arena_new(&op->step, 1, sizeof *to);
    if (to == NULL) {
        return;
    }
    *to = *from;
    kw_operator_action *out = kw_operator_plan(op, KW_OPERATOR_ASK);
    out->to = to;
    out->to_count = 1;
    out->epoch = op->eras_count == 0 ? 1 : op->eras[0].head.epoch + 1;
}

static kw_status take_certificate(kw_operator *op, const kw_address *from, kw_span file,
                                  uint64_t now)
{
    kw_operator_era era;
    uint64_t epoch = kw_certificate_epoch_of(file);
    if (epoch > 0 && op->eras_count > 0 && epoch <= op->eras[0].head.epoch) {
        return KW_END; /* most that come are of the epoch that is here */
    }
    KW_TRY(read_era(&era, op, file));
    kw_status st = check(op, &era.certificate);
    if (st == KW_OK) {
        st = adopt(op, &era, now);
        if (st == KW_OK) { /* each brings the chain on, so there is an end */
            ask_on(op, from);
        }
        return st;
    }
    kw_arena_drop(&era.arena);
    if (st == KW_NOT_FOUND && kw_operator_may_ask(op, from)) {
        ask_on(op, from);
    }
    return st;
}

kw_status kw_operator_take_file(kw_operator *op, const kw_address *from, kw_span bytes,
                                uint64_t now)
{
    if (bytes.len == 0) {
        return KW_END;
    }
    if (op->agenda_count > KW_OPERATOR_AGENDA_BUSY) {
        return KW_BUSY;
    }
    bool is_candidate = kw_str_starts_with(kw_str_of_span(bytes), KW_STR("KWD1"));
    return is_candidate ? kw_operator_take_candidate(op, bytes, now)
                        : take_certificate(op, from, bytes, now);
}

kw_status kw_operator_resume_era(kw_operator *op, const kw_operator_record *record)
{
    kw_operator_era era;
    KW_TRY(read_era(&era, op, kw_declassify_span(record->bytes, "a certificate is public")));
    era.head = head_after(op, &era.certificate);
    push_era(op, &era);
    return KW_OK;
}
