/* SPDX-License-Identifier: Apache-2.0
 * Verdicts on proofs of fraud. Source: threshold.md section 9. */
#include "threshold/engine/fraud/fraud.h"

#include "crypto/hash.h"
#include "threshold/engine/epoch/certificate.h"
#include "threshold/engine/dealing/complaint.h"
#include "threshold/engine/fraud/fraud_sender.h"
#include "threshold/engine/group/generator.h"

/* Places in the list of messages, as fraud_file.h orders them. */
enum {
    THE_DEAL = 0,
    THE_HELLO = 1,
    THE_SHARES = 2,
    THE_ECHO = 3,
    THE_EXTRACT = 1,
};

/* A proof at work. Steps give a reason, or KW_FRAUD_UNDECIDED to go on. */
typedef struct trial {
    const kw_fraud_file *file;
    const kw_candidate_form *form;
    kw_arena *arena;
    kw_fraud_names names;
    kw_message_scope scope;
    kw_fraud_sender senders[KW_FRAUD_MESSAGES_MAX];
    kw_message messages[KW_FRAUD_MESSAGES_MAX];
    size_t accused; /* whose message it is */
    kw_status st;   /* why there is no verdict at all */
} trial;

static const struct {
    bool convicts;
    const char *text;
} reasons[] = {
#define X(name, convicts, text) [KW_FRAUD_##name] = {convicts, text},
    KW_FRAUD_REASON_TABLE(X)
#undef X
};

bool kw_fraud_convicts(kw_fraud_reason reason)
{
    return reasons[reason].convicts;
}

const char *kw_fraud_reason_text(kw_fraud_reason reason)
{
    return reasons[reason].text;
}

/* ---- the session ---- */
static kw_fraud_reason check_session(trial *t)
{
    const kw_fraud_session *session = &t->file->session;
    const kw_sid_fields *fields = &session->fields;
    kw_quorum quorum;
    if (!kw_hash32_equal(&session->roster_old.hash, &fields->roster_old) ||
        !kw_hash32_equal(&session->roster_new.hash, &fields->roster_new)) {
        return KW_FRAUD_ROSTERS;
    }
    bool is_known = fields->kind >= KW_SESSION_GENESIS && fields->kind <= KW_SESSION_TOKEN_KEY;
    bool is_reshare = fields->kind == KW_SESSION_RESHARE;
    bool has_old = session->roster_old.n > 0;
    if (!is_known || has_old != is_reshare ||
        kw_quorum_of_threshold(&quorum, session->roster_new.n, fields->t_new) != KW_OK) {
        return KW_FRAUD_SESSION;
    }
    t->scope.kind = (kw_session_kind)fields->kind;
    t->scope.suite = fields->suite;
    t->scope.n = quorum.n;
    t->scope.t = quorum.t;
    t->scope.dealers = is_reshare ? session->roster_old.n : quorum.n;
    return KW_FRAUD_UNDECIDED;
}

static kw_fraud_reason check_senders(trial *t)
{
    for (size_t i = 0; i < t->file->messages.count; i++) {
        kw_fraud_reason reason = kw_fraud_sender_of(&t->senders[i], &t->file->session, &t->names,
                                                    &t->file->messages.items[i]);
        if (reason != KW_FRAUD_UNDECIDED) {
            return reason;
        }
    }
    return KW_FRAUD_UNDECIDED;
}

static bool same_sender(const trial *t, size_t a, size_t b)
{
    return kw_address_equal(&t->senders[a].header.sender, &t->senders[b].header.sender);
}

/* ---- bodies ---- */
static kw_fraud_reason read_bodies(trial *t)
{
    if (t->scope.suite != KW_SUITE_FELDMAN && t->scope.suite != KW_SUITE_PEDERSEN) {
        return KW_FRAUD_SESSION;
    }
    for (size_t i = 0; i < t->file->messages.count; i++) {
        kw_status st = kw_message_decode(&t->messages[i], t->arena,
                                         t->file->messages.items[i].payload, &t->scope);
        if (st == KW_LIMIT) {
            t->st = st;
        }
        if (st != KW_OK) {
            return KW_FRAUD_BODY;
        }
    }
    return KW_FRAUD_UNDECIDED;
}

static kw_dealing_place place_of(const trial *t)
{
    kw_dealing_place place = {.sid = t->names.sid,
                              .sender = t->senders[THE_DEAL].header.sender,
                              .dealer = t->senders[THE_DEAL].index};
    kw_pedersen_generator(&place.h, t->scope.group, &t->names.cluster_id,
                          &t->file->session.config.coin);
    return place;
}

/* Who lied, dealer or complainer. That ek has an owner, whom the proof in its HELLO shows, does not
 * matter here: the complaint proves the same logarithm. */
static kw_fraud_reason judge_complaint(trial *t)
{
    if (!same_sender(t, THE_DEAL, THE_SHARES) || !same_sender(t, THE_HELLO, THE_ECHO)) {
        return KW_FRAUD_SENDERS;
    }
    kw_fraud_reason reason = read_bodies(t);
    if (reason != KW_FRAUD_UNDECIDED) {
        return reason;
    }
    const kw_deal *deal = &t->messages[THE_DEAL].body.deal;
    uint16_t member = t->senders[THE_ECHO].index;
    if (!kw_hash32_equal(&deal->receivers.items[member - 1],
                         &t->file->messages.items[THE_HELLO].hash)) {
        return KW_FRAUD_HELLO_UNNAMED;
    }
    const kw_dealing_place place = place_of(t);
    const kw_dealing_claim claim = {deal, t->file->messages.items[THE_DEAL].hash,
                                    &t->messages[THE_SHARES].body.shares, &t->scope, &place};
    kw_dealing dealing;
    if (kw_dealing_check(&dealing, &claim) != KW_OK) {
        return KW_FRAUD_DEALING_INVALID; /* everybody sees it, nobody may complain */
    }
    const kw_echo_entry *entry = &t->messages[THE_ECHO].body.echo.entries[place.dealer - 1];
    bool blames_dealer = t->file->kind == KW_FRAUD_SHARE;
    t->accused = blames_dealer ? THE_DEAL : THE_ECHO;
    switch (kw_complaint_judge(entry, &dealing, member, &t->messages[THE_HELLO].body.hello.ek)) {
    case KW_COMPLAINT_TRUE:
        return blames_dealer ? KW_FRAUD_SHARE_BAD : KW_FRAUD_COMPLAINT_TRUE;
    case KW_COMPLAINT_FALSE:
        return blames_dealer ? KW_FRAUD_SHARE_GOOD : KW_FRAUD_COMPLAINT_FALSE;
    case KW_COMPLAINT_VOID:
        break;
    }
    return KW_FRAUD_COMPLAINT_VOID;
}

/* The view of a vote, which its body begins with; 0 for what has none. False: it is too short. */
static bool view_of(uint32_t *out, const trial *t, size_t i)
{
    kw_reader r = kw_reader_of(t->file->messages.items[i].payload);
    (void)kw_read_span(&r, KW_MESSAGE_HEADER_BYTES);
    *out = kw_message_is_vote(t->senders[i].header.type) ? kw_read_u32be(&r) : 0;
    return kw_read_is_good(&r);
}

/* Bodies are not read: an honest member signs one for each place, well-formed or not. Other bytes
 * are what counts, not other signatures. */
static kw_fraud_reason judge_equivocation(trial *t)
{
    const kw_message_header *one = &t->senders[0].header;
    const kw_message_header *two = &t->senders[1].header;
    uint32_t view_one;
    uint32_t view_two;
    if (!same_sender(t, 0, 1)) {
        return KW_FRAUD_SENDERS;
    }
    if (!view_of(&view_one, t, 0) || !view_of(&view_two, t, 1)) {
        return KW_FRAUD_BODY;
    }
    if (one->type != two->type || view_one != view_two || !kw_hash32_equal(&one->sid, &two->sid)) {
        return KW_FRAUD_TWO_PLACES;
    }
    return kw_span_equal_var(t->file->messages.items[0].payload, t->file->messages.items[1].payload)
               ? KW_FRAUD_ONE_BODY
               : KW_FRAUD_TWO_BODIES;
}

static kw_fraud_reason judge_extraction(trial *t)
{
    if (!same_sender(t, THE_DEAL, THE_EXTRACT)) {
        return KW_FRAUD_SENDERS;
    }
    if (t->scope.suite != KW_SUITE_PEDERSEN) { /* no other extracts */
        return KW_FRAUD_SESSION;
    }
    kw_fraud_reason reason = read_bodies(t);
    if (reason != KW_FRAUD_UNDECIDED) {
        return reason;
    }
    const kw_dealing_place place = place_of(t);
    kw_status st = kw_extract_check(&t->messages[THE_EXTRACT].body.extract, t->arena,
                                    &t->messages[THE_DEAL].body.deal.c, t->scope.group, &place);
    if (st != KW_OK && st != KW_BAD_INPUT) { /* not its answer, but none */
        t->st = st;
    }
    return st == KW_OK ? KW_FRAUD_EXTRACT_GOOD : KW_FRAUD_EXTRACT_BAD;
}

/* The hash of a certificate covers the polynomial, and whoever signed the DEAL named that hash: who
 * sealed the certificate does not matter. */
static kw_fraud_reason judge_source(trial *t)
{
    const kw_sid_fields *fields = &t->file->session.fields;
    const kw_group *group = t->scope.group;
    kw_certificate before;
    if (t->scope.kind != KW_SESSION_RESHARE || t->scope.suite != KW_SUITE_FELDMAN) {
        return KW_FRAUD_SESSION;
    }
    kw_fraud_reason reason = read_bodies(t);
    if (reason != KW_FRAUD_UNDECIDED) {
        return reason;
    }
    kw_status st = kw_certificate_decode(&before, t->arena, t->file->certificate, t->form);
    if (st == KW_LIMIT) {
        t->st = st;
    }
    if (st != KW_OK || !kw_hash32_equal(&before.hash, &fields->previous) ||
        !kw_hash32_equal(&before.candidate.roster_new->hash, &fields->roster_old)) {
        return KW_FRAUD_CERTIFICATE;
    }
    kw_group_g2 vk;
    st = group->g2_poly_eval(&vk, before.candidate.polynomial, before.candidate.fields.t_new,
                             t->senders[THE_DEAL].index);
    KW_ASSERT(st == KW_OK);
    return group->g2_equal(&t->messages[THE_DEAL].body.deal.c.g2[0], &vk) ? KW_FRAUD_SOURCE_RIGHT
                                                                          : KW_FRAUD_SOURCE_WRONG;
}

/* ---- the verdict ---- */
static kw_fraud_reason judge(trial *t)
{
    kw_fraud_reason reason = check_session(t);
    if (reason == KW_FRAUD_UNDECIDED) {
        reason = check_senders(t);
    }
    if (reason != KW_FRAUD_UNDECIDED) {
        return reason;
    }
    switch (t->file->kind) {
    case KW_FRAUD_SHARE:
    case KW_FRAUD_COMPLAINT:
        return judge_complaint(t);
    case KW_FRAUD_EQUIVOCATION:
        return judge_equivocation(t);
    case KW_FRAUD_EXTRACTION:
        return judge_extraction(t);
    case KW_FRAUD_SOURCE:
        return judge_source(t);
    }
    return KW_FRAUD_UNDECIDED;
}

static void name_guilty(kw_fraud_verdict *verdict, const trial *t)
{
    const kw_fraud_sender *guilty = &t->senders[t->accused];
    verdict->member = guilty->header.sender;
    verdict->index = guilty->index;
    verdict->roster = guilty->roster;
    verdict->instance = guilty->instance;
    verdict->instance_id = guilty->header.sid;
    if (t->file->kind == KW_FRAUD_SHARE || t->file->kind == KW_FRAUD_COMPLAINT) {
        size_t other = t->accused == THE_DEAL ? THE_ECHO : THE_DEAL;
        verdict->other = t->senders[other].header.sender;
    }
}

kw_status kw_fraud_judge(kw_fraud_verdict *out, kw_arena *arena, const kw_fraud_file *file,
                         const kw_candidate_form *form)
{
    KW_TRY(kw_fraud_file_check(file));
    trial t = {.file = file, .form = form, .arena = arena, .scope = {.group = form->group}};
    kw_fraud_names_of(&t.names, &file->session);
    kw_fraud_reason reason = judge(&t);
    KW_TRY(t.st);
    kw_fraud_verdict verdict = {
        .reason = reason, .cluster_id = t.names.cluster_id, .sid = t.names.sid};
    if (kw_fraud_convicts(reason)) {
        name_guilty(&verdict, &t);
    }
    *out = verdict;
    return KW_OK;
}

kw_status kw_fraud_prove(kw_buf *out, kw_arena *arena, const kw_fraud_file *file,
                         const kw_candidate_form *form)
{
    kw_fraud_verdict verdict;
    KW_TRY(kw_fraud_judge(&verdict, arena, file, form));
    if (!kw_fraud_convicts(verdict.reason)) {
        return KW_REFUSED;
    }
    kw_writer w = kw_writer_to(out);
    kw_fraud_file_write(&w, file);
    return kw_write_end(&w);
}
