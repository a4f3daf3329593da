/* SPDX-License-Identifier: Apache-2.0
 * The life of an operator, its boundaries and its thread. Source: threshold.md section 3. */
#include "threshold/holder.h"

#include "base/heap.h"
#include "os/secmem.h"
#include "threshold/holder_inner.h"

enum {
    LOOK_MS = 1000, /* the clock may be set: never wait longer for a moment */
    RETRY_MS = 250, /* for a store that takes no records */
};

typedef struct ev_operators_refused {
    kw_str code;
    kw_str text;
} ev_operators_refused;
static const kw_field operators_refused_fields[] = {
    KW_FIELD(ev_operators_refused, code, 32, KW_REQ),
    KW_FIELD(ev_operators_refused, text, 160, KW_REQ),
};
KW_LOG_EVENT(ev_operators_refused, "operators_refused", KW_LOG_ERROR, operators_refused_fields);

typedef struct ev_boundary {
    uint64_t timestamp;
    uint32_t attempt;
    uint32_t operators;
    kw_str code;
} ev_boundary;
static const kw_field boundary_fields[] = {
    KW_FIELD(ev_boundary, timestamp, UINT64_MAX, KW_REQ),
    KW_FIELD(ev_boundary, attempt, UINT32_MAX, KW_REQ),
    KW_FIELD(ev_boundary, operators, KW_THRESHOLD_MEMBERS_MAX, KW_REQ),
    KW_FIELD(ev_boundary, code, 32, KW_REQ),
};
KW_LOG_EVENT(ev_boundary, "boundary", KW_LOG_INFO, boundary_fields);

uint64_t kw_holder_now(kw_holder *holder)
{
    kw_unix_ms now = kw_clock_now_ms(&holder->options.clock);
    if (now > 0 && (uint64_t)now > holder->now_ms) {
        holder->now_ms = (uint64_t)now;
    }
    return holder->now_ms;
}

/* ---- boundaries ---- */

/* Who is not listed any more: a member that lost its way gets the messages of the epoch that it
 * was in until the next but one is certified, and whoever was listed at the boundary before may be
 * in a session that goes on. After a start the list of before is not known. */
static bool is_needed(const void *ctx, const kw_address *member)
{
    const kw_holder *h = ctx;
    const kw_certificate *newest = kw_operator_decoded(h->op, 0);
    if (!h->has_list || kw_roster_index(&h->sets[1 - h->set_now].operators.roster, member) != 0) {
        return true;
    }
    return newest != NULL && (kw_roster_index(newest->candidate.roster_new, member) != 0 ||
                              kw_roster_index(newest->candidate.roster_old, member) != 0);
}

/* Those of genesis are operators like others once there is an epoch and a list of now. */
static kw_status publish_peers(kw_holder *h, kw_error *err)
{
    static const kw_operators nobody = {.places = NULL};
    bool is_past = h->has_list && kw_operator_decoded(h->op, 0) != NULL;
    const kw_contacts_change change = {.now = &h->sets[h->set_now].operators,
                                       .is_needed = is_needed,
                                       .ctx = h,
                                       .genesis = is_past ? &nobody : &h->options.cluster->genesis};
    KW_TRY_AT(err, kw_contacts_write(&h->contacts, &change), "listing the operators");
    return kw_contacts_tell(&h->contacts, h->courier, err);
}

/* Reads the operators of a boundary. Those of before stay when they cannot be read. */
static kw_status read_operators(kw_holder *h, uint64_t boundary, kw_error *err)
{
    kw_holder_set read = {.arena = kw_arena_init(KW_OPERATORS_ARENA_MAX)};
    const kw_operators_source *source = &h->options.operators;
    kw_status st = source->get(source->ctx, &read.operators, &read.arena, boundary, err);
    if (st != KW_OK) {
        kw_arena_drop(&read.arena);
        return st;
    }
    h->set_now = 1 - h->set_now; /* who goes now still hands over */
    kw_arena_drop(&h->sets[h->set_now].arena);
    h->sets[h->set_now] = read;
    st = publish_peers(h, err);
    h->has_list = true;
    return st;
}

/* At the boundary that has come. What failed and may pass, such as a signer that is away, is tried
 * again until the next one; it is told once. */
static void start_session(kw_holder *h)
{
    const kw_roster *roster = &h->sets[h->set_now].operators.roster;
    if (roster->n == 0 || kw_holder_is_quiet(h)) {
        return;
    }
    kw_status before = h->begun;
    kw_operator_boundary one = {.timestamp = h->boundary,
                                .attempt = kw_reshares_attempt(&h->reshares, h->boundary),
                                .roster = roster};
    h->begun = kw_operator_begin(h->op, &one, kw_holder_now(h));
    h->begin_ms = h->now_ms + LOOK_MS;
    if (h->begun == before) {
        return;
    }
    kw_holder_watch_boundary(&h->watch, h->begun);
    KW_LOG(h->options.log, ev_boundary, .timestamp = h->boundary, .attempt = one.attempt,
           .operators = roster->n, .code = kw_str_of(kw_status_name(h->begun)));
}

static void begin(kw_holder *h, uint64_t boundary)
{
    kw_error err = {0};
    kw_status st = read_operators(h, boundary, &err);
    kw_holder_watch_operators(&h->watch, st);
    if (st != KW_OK) {
        KW_LOG(h->options.log, ev_operators_refused, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(err.text));
    }
    start_session(h);
}

/* The last boundary that has come. */
static uint64_t boundary_at(const kw_holder *h, uint64_t now_ms)
{
    uint64_t interval_s = h->options.cluster->config.interval_s;
    return now_ms / 1000 / interval_s * interval_s;
}

/* ---- the thread ---- */
static uint64_t wait_ms(const kw_holder *h)
{
    if (h->is_blocked) {
        return RETRY_MS;
    }
    uint64_t next = (h->boundary + h->options.cluster->config.interval_s) * 1000;
    uint64_t at = KW_MIN(next, kw_operator_wake_at(h->op));
    uint64_t left = at > h->now_ms ? at - h->now_ms : 1;
    return KW_MIN(left, (uint64_t)LOOK_MS);
}

static void turn(kw_holder *h)
{
    uint64_t boundary = boundary_at(h, kw_holder_now(h));
    if (boundary > h->boundary && !h->is_blocked) {
        h->boundary = boundary;
        h->begun = KW_END; /* as yet nothing */
        h->is_tidy = false;
        begin(h, boundary);
    } else if (kw_status_is_retryable(h->begun) && h->now_ms >= h->begin_ms && !h->is_blocked) {
        start_session(h);
    }
    if (kw_holder_is_quiet(h)) {
        kw_holder_ask_quietly(h);
    }
    kw_holder_step(h);
    if (!h->is_tidy && !h->is_blocked) {
        kw_holder_tidy(h);
        h->is_tidy = true;
    }
}

static void drive(void *ctx)
{
    kw_holder *h = ctx;
    kw_mutex_lock(&h->lock);
    while (!h->is_stopping) {
        turn(h);
        uint64_t until = kw_monotonic_ns() + wait_ms(h) * 1000000;
        (void)kw_cond_wait_until(&h->changed, &h->lock, until);
    }
    kw_mutex_unlock(&h->lock);
}

/* ---- life ---- */
static kw_status make_operator(kw_holder *h, kw_error *err)
{
    const kw_holder_options *o = &h->options;
    KW_AUTO(kw_vault_records) records = {0};
    KW_TRY(kw_vault_read(o->vault, &records, err));
    kw_peer_book_init(&h->book, o->rng);
    kw_operator_setup setup = {
        .group = &kw_group_bls12_381,
        .schemes = &kw_peer_schemes_all,
        .cluster = o->cluster->cluster,
        .config = o->cluster->config,
        .pin = o->cluster->has_master ? &o->cluster->master : NULL,
        .self = o->self,
        .keys = o->keys,
        .rng = o->rng,
        .verifier = kw_peer_book_verifier(&h->book),
    };
    h->op = kw_secmem_new((sizeof *h->op + 15) / 16 * 16);
    KW_REQUIRE(h->op != NULL, err, KW_NO_MEMORY, "no locked memory for the operator");
    *h->op = (kw_operator){0};
    KW_TRY_AT(err,
              kw_operator_resume(h->op, &setup, records.items, records.count, kw_holder_now(h)),
              "going on from what the store has");
    return KW_OK;
}

static kw_status fill(kw_holder *h, kw_error *err)
{
    const kw_holder_options *o = &h->options;
    kw_courier_options courier = {
        .ca_file = o->ca_file,
        .certificate_file = o->certificate_file,
        .key_file = o->key_file,
        .clock = o->clock,
        .pace = kw_clock_monotonic(),
        .rng = o->rng,
        .log = o->log,
        .metrics = o->metrics,
        .ctx = h,
        .on_answer = kw_holder_take_answer,
    };
    h->watch.metrics = o->metrics;
    h->watch.interval_ms = (uint64_t)o->cluster->config.interval_s * 1000;
    KW_TRY(kw_holder_watch_open(&h->watch, err));
    KW_TRY(kw_reshares_open(&h->reshares, o->store, &o->cluster->config, err));
    KW_TRY(make_operator(h, err));
    KW_TRY_AT(err, kw_holder_publish_keys(h), "the shares that serve");
    kw_holder_show(h);
    KW_TRY(kw_contacts_load(&h->contacts, o->store, err));
    KW_TRY(kw_courier_open(&h->courier, &courier, err));
    return publish_peers(h, err);
}

kw_status kw_holder_new(kw_holder **out, const kw_holder_options *options, kw_error *err)
{
    kw_holder *h = kw_heap_new(1, sizeof *h);
    KW_REQUIRE(h != NULL, err, KW_NO_MEMORY, "no memory for the operator");
    h->options = *options;
    kw_contacts_init(&h->contacts);
    kw_snapshot_init(&h->keys, NULL, kw_holder_free_keys);
    kw_status st = fill(h, err);
    if (st != KW_OK) {
        kw_holder_free(h);
        return st;
    }
    *out = h;
    return KW_OK;
}

kw_status kw_holder_start(kw_holder *holder, kw_error *err)
{
    return kw_thread_start(&holder->driver, "kw-holder", drive, holder, err);
}

void kw_holder_stop(kw_holder *holder)
{
    kw_mutex_lock(&holder->lock);
    holder->is_stopping = true;
    kw_cond_broadcast(&holder->changed);
    kw_mutex_unlock(&holder->lock);
    kw_thread_join(&holder->driver);
    if (holder->courier != NULL) {
        kw_courier_stop(holder->courier);
    }
}

void kw_holder_free(kw_holder *holder)
{
    if (holder == NULL) {
        return;
    }
    kw_holder_stop(holder);
    kw_courier_free(holder->courier);
    if (holder->op != NULL) {
        kw_operator_drop(holder->op);
        kw_secmem_free(holder->op);
    }
    kw_peer_book_drop(&holder->book);
    kw_snapshot_drop(&holder->keys);
    kw_contacts_drop(&holder->contacts);
    for (size_t i = 0; i < KW_COUNT(holder->sets); i++) {
        kw_arena_drop(&holder->sets[i].arena);
    }
    kw_heap_free(holder);
}
