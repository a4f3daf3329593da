/* SPDX-License-Identifier: Apache-2.0
 * Parts of an application's key from many operators, checked and combined. Secret inputs: the
 * parts, the token. Source: threshold.md section 7. */
#include "client/threshold_sign.h"

#include "base/heap.h"
#include "client/threshold_part.h"
#include "os/clock.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    ROUNDS_MAX = 3, /* of questions, while operators go from one epoch to the next */
    ROUND_PAUSE_MS = 300,
    MARK_PART = 0, /* of calls; others carry the number of an epoch */
};

/* ---- what is on the desk ---- */

/* What a member gave. */
typedef struct part {
    bool is_there;
    bool is_good;   /* it was checked */
    bool was_asked; /* the member, for the certificate of its epoch */
    kw_partial partial;
} part;

/* An epoch that somebody named. */
typedef struct named {
    uint64_t number;
    uint16_t asked; /* members, for its certificate */
    kw_client_epoch epoch;
    kw_share_keys keys; /* n = 0: not checked yet */
} named;

/* What does not change from round to round. Borrows. */
typedef struct question {
    const kw_client_cluster *cluster;
    kw_client_calls *calls;
    const kw_client_request *request;
    const kw_rng *rng;
    kw_client_application *out;
} question;

typedef struct desk {
    question q;
    kw_arena arena;                          /* of parts: wiped */
    part parts[KW_THRESHOLD_MEMBERS_MAX];    /* by rank - 1 */
    named *epochs[KW_THRESHOLD_MEMBERS_MAX]; /* a member names one */
    size_t epochs_count;
    char paths[KW_THRESHOLD_MEMBERS_MAX][32]; /* of questions about them */
} desk;

static void desk_free(desk *d)
{
    if (d == NULL) {
        return;
    }
    for (size_t i = 0; i < d->epochs_count; i++) {
        kw_client_epoch_drop(&d->epochs[i]->epoch);
        kw_heap_free(d->epochs[i]);
    }
    kw_arena_wipe(&d->arena);
    kw_arena_drop(&d->arena);
    kw_wipe(d->parts, sizeof d->parts);
    kw_heap_free(d);
}
KW_AUTO_PTR_DEFINE(desk);

void kw_client_application_drop(kw_client_application *application)
{
    kw_group_secret_g1_drop(&application->key);
    *application = (kw_client_application){.threshold = 0};
}

kw_purposed kw_client_purposed_of(const kw_ibe_id *id)
{
    kw_purpose purpose = id->kind == KW_IBE_EIGENX ? KW_PURPOSE_EIGENX : KW_PURPOSE_APPLICATION;
    return (kw_purposed){purpose, kw_ibe_id_view(id)};
}

static uint16_t members_count(const desk *d)
{
    return d->q.cluster->operators.roster.n;
}

/* The member gave something that cannot be used; its part is gone. */
static void blame(desk *d, uint16_t member, kw_client_standing standing, kw_status st)
{
    kw_client_member *m = &d->q.out->members[member - 1];
    m->standing = standing;
    m->st = st;
    d->parts[member - 1].is_there = false;
}

/* ---- certificates ---- */
static bool is_of(const desk *d, uint16_t member, const named *epoch)
{
    const part *p = &d->parts[member - 1];
    return p->is_there && p->partial.epoch == epoch->number;
}

/* Asks the next member that named the epoch to show it, if one is left. */
static kw_status ask_certificate(desk *d, size_t at, kw_error *err)
{
    named *epoch = d->epochs[at];
    for (uint16_t member = 1; member <= members_count(d); member++) {
        part *p = &d->parts[member - 1];
        if (!is_of(d, member, epoch) || p->was_asked) {
            continue;
        }
        const kw_client_ask ask = {.member = member, .path = d->paths[at], .mark = epoch->number};
        p->was_asked = true;
        epoch->asked++;
        return kw_client_calls_add(d->q.calls, &ask, err);
    }
    return KW_OK;
}

/* Among so many one is honest: who hangs or lies delays nobody. */
static uint16_t enough_to_ask(const desk *d)
{
    return (uint16_t)((members_count(d) - 1) / 3 + 1);
}

static kw_status find_epoch(desk *d, size_t *out, uint64_t number, kw_error *err)
{
    for (size_t i = 0; i < d->epochs_count; i++) {
        if (d->epochs[i]->number == number) {
            *out = i;
            return KW_OK;
        }
    }
    named *made = kw_heap_new(1, sizeof *made);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for an epoch");
    made->number = number;
    *out = d->epochs_count;
    (void)snprintf(d->paths[*out], sizeof d->paths[*out], "/epoch/%" PRIu64, number);
    d->epochs[d->epochs_count++] = made;
    return KW_OK;
}

/* A part of a member that is none of the epoch's is wrong, whatever it is. */
static void place_parts(desk *d, const named *epoch)
{
    const kw_roster *roster = epoch->epoch.certificate.candidate.roster_new;
    for (uint16_t member = 1; member <= members_count(d); member++) {
        if (!is_of(d, member, epoch)) {
            continue;
        }
        const kw_member *who = kw_roster_at(&d->q.cluster->operators.roster, member);
        uint16_t index = kw_roster_index(roster, &who->address);
        d->parts[member - 1].partial.member = index;
        if (index == 0) {
            blame(d, member, KW_CLIENT_LYING, KW_REFUSED);
        }
    }
}

/* ---- enough parts ---- */

/* Parts of one epoch, packed. */
typedef struct batch {
    kw_partial items[KW_THRESHOLD_MEMBERS_MAX];
    uint16_t from[KW_THRESHOLD_MEMBERS_MAX];
    size_t n;
} batch;

/* Those of the epoch that are checked, or not yet. */
static void gather(const desk *d, batch *out, const named *epoch, bool is_good)
{
    out->n = 0;
    for (uint16_t member = 1; member <= members_count(d); member++) {
        if (is_of(d, member, epoch) && d->parts[member - 1].is_good == is_good) {
            out->items[out->n] = d->parts[member - 1].partial;
            out->from[out->n++] = member;
        }
    }
}

static kw_status check_batch(desk *d, const batch *fresh, const named *epoch, kw_error *err)
{
    uint8_t ok[KW_THRESHOLD_MEMBERS_MAX];
    const kw_partials in = {epoch->keys.group, fresh->items, fresh->n, d->q.request->what};
    KW_TRY_AT(err, kw_partials_verify(ok, &d->arena, &in, &epoch->keys, d->q.rng),
              "checking parts of a key");
    for (size_t i = 0; i < fresh->n; i++) {
        kw_client_member *member = &d->q.out->members[fresh->from[i] - 1];
        if (ok[i] == 0) {
            blame(d, fresh->from[i], KW_CLIENT_LYING, KW_UNAUTHENTICATED);
            continue;
        }
        d->parts[fresh->from[i] - 1].is_good = true;
        member->standing = KW_CLIENT_GOOD;
        member->epoch = epoch->number;
    }
    return KW_OK;
}

/* Checks and combines as soon as there may be enough. */
static kw_status try_epoch(desk *d, const named *epoch, kw_error *err)
{
    uint16_t t = epoch->epoch.certificate.candidate.fields.t_new;
    if (epoch->keys.n == 0) {
        return KW_OK;
    }
    place_parts(d, epoch);
    batch *some = kw_arena_new(&d->arena, 1, sizeof *some);
    KW_REQUIRE(some != NULL, err, KW_LIMIT, "no room for parts of a key");
    gather(d, some, epoch, true);
    size_t good = some->n;
    gather(d, some, epoch, false);
    if (good + some->n >= t) {
        KW_TRY(check_batch(d, some, epoch, err));
        gather(d, some, epoch, true);
        good = some->n;
    }
    if (good >= t) {
        const kw_partials in = {epoch->keys.group, some->items, t, d->q.request->what};
        KW_TRY_AT(err, kw_partials_combine(&d->q.out->key, &d->arena, &in, &d->q.cluster->pin),
                  "putting a key together");
        d->q.out->epoch = epoch->number;
        d->q.out->threshold = t;
    }
    kw_arena_wipe(&d->arena);
    return KW_OK;
}

/* ---- answers ---- */

/* BAD_INPUT: not the form; REFUSED: in the name of somebody else. */
static kw_status read_part(desk *d, const kw_client_answer *answer, kw_client_part *out)
{
    const kw_member *who = kw_roster_at(&d->q.cluster->operators.roster, answer->member);
    kw_status st = kw_client_part_read(out, &d->arena, kw_secret_bytes_view(&answer->posted));
    kw_arena_wipe(&d->arena);
    KW_TRY(st);
    return kw_address_equal(&out->from, &who->address) ? KW_OK : KW_REFUSED;
}

/* Keeps what a member gave, or says what is wrong with it. */
static void place_answer(desk *d, const kw_client_answer *answer)
{
    part *p = &d->parts[answer->member - 1];
    kw_client_member *member = &d->q.out->members[answer->member - 1];
    KW_AUTO(kw_client_part) given = {.attested_epoch = 0};
    *member = kw_client_member_of(answer);
    if (answer->st != KW_OK) {
        return;
    }
    kw_status st = read_part(d, answer, &given);
    if (st != KW_OK) {
        blame(d, answer->member, KW_CLIENT_LYING, st);
        return;
    }
    if (given.partial.epoch < d->q.request->epoch_least) {
        blame(d, answer->member, KW_CLIENT_BEHIND, KW_REFUSED);
        return;
    }
    p->is_there = true;
    p->partial = given.partial;
    member->standing = KW_CLIENT_SLOW; /* until it is checked: it may not be needed */
    member->attested_epoch = given.attested_epoch;
}

static kw_status take_part(desk *d, const kw_client_answer *answer, kw_error *err)
{
    const part *p = &d->parts[answer->member - 1];
    size_t at = 0;
    place_answer(d, answer);
    if (!p->is_there) {
        return KW_OK;
    }
    KW_TRY(find_epoch(d, &at, p->partial.epoch, err));
    if (d->epochs[at]->keys.n == 0 && d->epochs[at]->asked < enough_to_ask(d)) {
        KW_TRY(ask_certificate(d, at, err));
    }
    return try_epoch(d, d->epochs[at], err);
}

/* Who names an epoch and cannot show it is not believed, and somebody else is asked. */
static kw_status take_certificate(desk *d, const kw_client_answer *answer, kw_error *err)
{
    size_t at = 0;
    KW_TRY(find_epoch(d, &at, answer->mark, err));
    named *epoch = d->epochs[at];
    if (epoch->keys.n > 0) {
        return KW_OK; /* another one showed it before */
    }
    kw_client_member member = kw_client_member_of(answer);
    if (answer->st == KW_OK) {
        member.st =
            kw_client_epoch_read(&epoch->epoch, d->q.cluster, kw_buf_view(&answer->body), NULL);
        member.standing = KW_CLIENT_LYING;
        KW_REQUIRE(member.st != KW_NO_MEMORY, err, KW_NO_MEMORY, "no memory for a certificate");
    } else if (answer->st == KW_NOT_FOUND) { /* it signed in an epoch that it does not know */
        member.standing = KW_CLIENT_LYING;
    }
    if (member.st == KW_OK && epoch->epoch.certificate.candidate.fields.epoch != epoch->number) {
        kw_client_epoch_drop(&epoch->epoch);
        member.st = KW_REFUSED;
    }
    if (member.st != KW_OK) {
        blame(d, answer->member, member.standing, member.st);
        return ask_certificate(d, at, err);
    }
    KW_TRY(kw_client_epoch_keys(&epoch->epoch, &epoch->keys, err));
    return try_epoch(d, epoch, err);
}

/* ---- all of it ---- */
static kw_status ask_all(desk *d, kw_secret_span body, kw_error *err)
{
    for (uint16_t member = 1; member <= members_count(d); member++) {
        const kw_client_ask ask = {
            .member = member, .path = "/app/sign", .body = body, .mark = MARK_PART};
        KW_TRY_AT(err, kw_client_calls_add(d->q.calls, &ask, err), "asking the operators");
    }
    return KW_OK;
}

static unsigned count_of_epoch(const desk *d, uint64_t epoch)
{
    unsigned count = 0;
    for (uint16_t i = 0; i < members_count(d); i++) {
        count += d->parts[i].is_there && d->parts[i].partial.epoch == epoch;
    }
    return count;
}

static kw_status fail_short(const desk *d, kw_error *err)
{
    unsigned good = 0;
    unsigned most = 0;
    for (uint16_t i = 0; i < members_count(d); i++) {
        const part *p = &d->parts[i];
        unsigned same = p->is_there ? count_of_epoch(d, p->partial.epoch) : 0;
        good += p->is_there;
        most = KW_MAX(most, same);
    }
    KW_REQUIRE(most == good, err, KW_UNAVAILABLE,
               "too few operators gave their part of the key in one epoch: %u of %u, and %u in "
               "others; try again after the next epoch",
               most, (unsigned)members_count(d), good - most);
    return kw_client_members_fail(d->q.out->members, members_count(d), good, err);
}

static kw_status collect(desk *d, kw_error *err)
{
    kw_status st = KW_OK;
    kw_client_answer answer = {0};
    while (st == KW_OK && d->q.out->threshold == 0 && kw_client_calls_next(d->q.calls, &answer)) {
        st = answer.mark == MARK_PART ? take_part(d, &answer, err)
                                      : take_certificate(d, &answer, err);
        kw_client_answer_drop(&answer);
    }
    kw_client_calls_forget(d->q.calls); /* who was not needed */
    KW_TRY(st);
    return d->q.out->threshold != 0 ? KW_OK : fail_short(d, err);
}

/* Operators gave parts of two epochs, or of one before that which was seen: it was certified just
 * now. */
static bool is_between_epochs(const desk *d)
{
    uint64_t first = 0;
    for (uint16_t i = 0; i < members_count(d); i++) {
        const part *p = &d->parts[i];
        bool is_behind = d->q.out->members[i].standing == KW_CLIENT_BEHIND;
        if (is_behind || (p->is_there && first != 0 && p->partial.epoch != first)) {
            return true;
        }
        first = p->is_there ? p->partial.epoch : first;
    }
    return false;
}

static kw_status ask_once(const question *q, kw_secret_span body, bool *out_again, kw_error *err)
{
    KW_AUTO_PTR(desk) d = kw_heap_new(1, sizeof *d);
    KW_REQUIRE(d != NULL, err, KW_NO_MEMORY, "no memory for parts of a key");
    uint16_t n = q->cluster->operators.roster.n;
    d->arena = kw_arena_init(KW_CLIENT_PART_ARENA_MAX + sizeof(batch) +
                             2 * kw_partials_arena_bytes(&kw_group_bls12_381, n));
    d->q = *q;
    KW_TRY(ask_all(d, body, err));
    kw_status st = collect(d, err);
    *out_again = st != KW_OK && is_between_epochs(d);
    return st;
}

kw_status kw_client_application_ask(kw_client_application *out, const kw_client_cluster *cluster,
                                    kw_client_calls *calls, const kw_client_request *request,
                                    const kw_rng *rng, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(KW_CLIENT_PART_BODY_MAX);
    KW_REQUIRE(cluster->has_pin, err, KW_REFUSED, "no master key is pinned");
    KW_TRY(kw_client_part_request(&body, request, err));
    kw_error why = {.status = KW_OK};
    kw_status st = KW_OK;
    bool is_again = true;
    const question q = {cluster, calls, request, rng, out};
    for (int round = 0; round < ROUNDS_MAX && is_again; round++) {
        kw_client_application_drop(out);
        is_again = false;
        why = (kw_error){.status = KW_OK};
        if (round > 0) {
            kw_sleep_ms(ROUND_PAUSE_MS);
        }
        st = ask_once(&q, kw_secret_bytes_view(&body), &is_again, &why);
    }
    return st == KW_OK ? KW_OK : kw_fail(err, st, "%s", why.text);
}
