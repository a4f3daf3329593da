/* SPDX-License-Identifier: Apache-2.0
 * A queue for each member. */
#include "threshold/outbox.h"

#include "base/heap.h"

typedef struct kw_outbox_peer {
    struct kw_outbox_peer *next;
    kw_address address;
    char url[KW_COURIER_URL_BYTES_MAX + 1];
    char pin[KW_HTTP_PIN_BYTES];
    bool is_gone; /* freed with its last parcel */
    kw_breaker breaker;
    uint64_t hold_ms; /* it asked not to be called before */
    uint64_t warm_ms; /* until then it has a connection of ours */
    bool is_slow;
    bool is_seen;
    uint64_t seen_ms;
    kw_parcel *parcels; /* in the order in which they came */
    size_t running;
    kw_courier_state state; /* its counters */
} peer;

/* ---- cargo and parcels ---- */

kw_cargo *kw_cargo_new(kw_cargo_kind kind)
{
    kw_cargo *cargo = kw_heap_new(1, sizeof *cargo);
    if (cargo != NULL) {
        *cargo = (kw_cargo){.refs = 1, .kind = kind};
    }
    return cargo;
}

void kw_cargo_free(kw_cargo *cargo)
{
    if (cargo != NULL && --cargo->refs == 0) {
        kw_buf_drop(&cargo->body);
        kw_heap_free(cargo);
    }
}

void kw_parcel_free(kw_parcel *parcel)
{
    if (parcel != NULL) {
        kw_cargo_free(parcel->cargo);
        kw_heap_free(parcel);
    }
}

const char *kw_parcel_url(const kw_parcel *parcel)
{
    return parcel->peer->url;
}

const char *kw_parcel_pin(const kw_parcel *parcel)
{
    return parcel->peer->pin;
}

/* ---- members ---- */

static peer *find(const kw_outbox *box, const kw_address *address)
{
    peer *each = box->peers;
    while (each != NULL && !kw_address_equal(&each->address, address)) {
        each = each->next;
    }
    return each;
}

static void remove_peer(kw_outbox *box, peer *gone)
{
    peer **link = &box->peers;
    while (*link != gone) {
        link = &(*link)->next;
    }
    *link = gone->next;
    kw_heap_free(gone);
}

static void unlink_parcel(kw_outbox *box, kw_parcel *parcel)
{
    peer *owner = parcel->peer;
    kw_parcel **link = &owner->parcels;
    while (*link != parcel) {
        link = &(*link)->next;
    }
    *link = parcel->next;
    owner->state.waiting--;
    owner->state.bytes -= parcel->cargo->body.len;
    parcel->next = NULL;
    parcel->peer = NULL;
    if (owner->is_gone && owner->parcels == NULL) {
        remove_peer(box, owner);
    }
}

static void drop_peers(kw_outbox *box, peer *first)
{
    while (first != NULL) {
        peer *next = first->next;
        while (first->parcels != NULL) {
            kw_parcel *parcel = first->parcels;
            first->parcels = parcel->next;
            kw_parcel_free(parcel);
        }
        kw_heap_free(first);
        first = next;
    }
    box->peers = NULL;
}

void kw_outbox_drop(kw_outbox *box)
{
    drop_peers(box, box->peers);
}

/* Printable, and nothing behind which a path would be lost. */
static bool is_url(kw_str url)
{
    for (size_t i = 0; i < url.len; i++) {
        char c = url.ptr[i];
        if (c <= ' ' || c > '~' || c == '?' || c == '#' || c == '@') {
            return false;
        }
    }
    return kw_str_starts_with(url, KW_STR("https://")) && !kw_str_ends_with(url, KW_STR("/")) &&
           url.len <= KW_COURIER_URL_BYTES_MAX;
}

static kw_status check(const kw_courier_member *members, size_t count, kw_error *err)
{
    KW_REQUIRE(count <= KW_COURIER_MEMBERS_MAX, err, KW_LIMIT, "too many operators");
    for (size_t i = 0; i < count; i++) {
        KW_REQUIRE(is_url(members[i].peer_url), err, KW_BAD_INPUT,
                   "the URL of operator %zu is not https://host:port", i + 1);
        for (size_t k = 0; k < i; k++) {
            KW_REQUIRE(!kw_address_equal(&members[k].address, &members[i].address), err,
                       KW_CONFLICT, "operators %zu and %zu share an address", k + 1, i + 1);
        }
    }
    return KW_OK;
}

/* Another place or key is another peer, as far as its failures go. */
static void settle_in(peer *each, const kw_courier_member *member)
{
    char pin[KW_HTTP_PIN_BYTES];
    kw_http_pin_format(pin, &member->tls_spki);
    each->is_gone = false;
    if (kw_str_equal(kw_str_of(each->url), member->peer_url) && strcmp(each->pin, pin) == 0) {
        return;
    }
    memcpy(each->url, member->peer_url.ptr, member->peer_url.len);
    each->url[member->peer_url.len] = '\0';
    memcpy(each->pin, pin, sizeof pin);
    each->breaker = (kw_breaker){0};
    each->hold_ms = 0;
    each->warm_ms = 0;
    for (kw_parcel *parcel = each->parcels; parcel != NULL; parcel = parcel->next) {
        parcel->due_ms = 0;
    }
}

static void retire_all(kw_outbox *box)
{
    for (peer *each = box->peers, *next = NULL; each != NULL; each = next) {
        next = each->next;
        each->is_gone = true;
    }
}

static void remove_idle(kw_outbox *box)
{
    for (peer *each = box->peers, *next = NULL; each != NULL; each = next) {
        next = each->next;
        if (each->is_gone && each->parcels == NULL) {
            remove_peer(box, each);
        }
    }
}

kw_status kw_outbox_members(kw_outbox *box, const kw_courier_member *members, size_t count,
                            kw_error *err)
{
    KW_TRY(check(members, count, err));
    kw_outbox fresh = {0};
    for (size_t i = 0; i < count; i++) {
        if (find(box, &members[i].address) != NULL) {
            continue;
        }
        peer *made = kw_heap_new(1, sizeof *made);
        if (made == NULL) {
            kw_outbox_drop(&fresh);
            return kw_fail(err, KW_NO_MEMORY, "no memory for the list of operators");
        }
        made->address = members[i].address;
        made->next = fresh.peers;
        fresh.peers = made;
    }
    retire_all(box);
    while (fresh.peers != NULL) {
        peer *made = fresh.peers;
        fresh.peers = made->next;
        made->next = box->peers;
        box->peers = made;
    }
    for (size_t i = 0; i < count; i++) {
        settle_in(find(box, &members[i].address), &members[i]);
    }
    remove_idle(box);
    return KW_OK;
}

bool kw_outbox_heard(kw_outbox *box, const kw_address *from, uint64_t now_ms)
{
    peer *each = find(box, from);
    if (each == NULL) {
        return false;
    }
    each->is_seen = true;
    each->seen_ms = now_ms;
    return kw_breaker_heard(&each->breaker);
}

/* ---- what is due ---- */

kw_status kw_outbox_put(kw_outbox *box, const kw_address *to, kw_cargo *cargo, uint64_t end_ms,
                        uint64_t now_ms)
{
    peer *owner = find(box, to);
    if (owner == NULL || owner->is_gone) {
        return KW_NOT_FOUND;
    }
    if (owner->state.waiting >= box->budget.parcels_max ||
        cargo->body.len > box->budget.bytes_max - owner->state.bytes) {
        owner->state.refused++;
        return KW_LIMIT;
    }
    kw_parcel *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return KW_NO_MEMORY;
    }
    cargo->refs++;
    *made = (kw_parcel){.peer = owner,
                        .to = *to,
                        .cargo = cargo,
                        .order = box->order++,
                        .due_ms = now_ms,
                        .end_ms = end_ms,
                        .st = KW_TIMED_OUT};
    kw_parcel **link = &owner->parcels;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = made;
    owner->state.waiting++;
    owner->state.bytes += cargo->body.len;
    return KW_OK;
}

/* When this member may be called next; UINT64_MAX: not before a call ends. */
static uint64_t open_ms(const kw_outbox *box, const peer *each, uint64_t now_ms)
{
    size_t calls_max = now_ms < each->warm_ms ? box->budget.calls_max : 1;
    if (each->is_gone || each->running >= calls_max) {
        return UINT64_MAX;
    }
    return KW_MAX(kw_breaker_due_ms(&each->breaker), each->hold_ms);
}

kw_parcel *kw_outbox_take(kw_outbox *box, uint64_t now_ms)
{
    kw_parcel *best = NULL;
    for (peer *each = box->peers; each != NULL; each = each->next) {
        if (open_ms(box, each, now_ms) > now_ms) {
            continue;
        }
        for (kw_parcel *parcel = each->parcels; parcel != NULL; parcel = parcel->next) {
            bool may_run =
                !parcel->is_running && parcel->due_ms <= now_ms && parcel->end_ms > now_ms;
            if (may_run && (best == NULL || parcel->due_ms < best->due_ms ||
                            (parcel->due_ms == best->due_ms && parcel->order < best->order))) {
                best = parcel;
            }
        }
    }
    if (best != NULL) {
        best->is_running = true;
        best->tries++;
        best->peer->running++;
        kw_breaker_begin(&best->peer->breaker);
    }
    return best;
}

kw_parcel *kw_outbox_take_ended(kw_outbox *box, uint64_t now_ms)
{
    for (peer *each = box->peers; each != NULL; each = each->next) {
        for (kw_parcel *parcel = each->parcels; parcel != NULL; parcel = parcel->next) {
            if (parcel->is_running || (!each->is_gone && parcel->end_ms > now_ms)) {
                continue;
            }
            parcel->st = each->is_gone ? KW_CANCELLED : parcel->st;
            each->state.given_up++;
            unlink_parcel(box, parcel);
            return parcel;
        }
    }
    return NULL;
}

uint64_t kw_outbox_due_ms(const kw_outbox *box, uint64_t now_ms)
{
    uint64_t due_ms = UINT64_MAX;
    for (const peer *each = box->peers; each != NULL; each = each->next) {
        uint64_t from_ms = open_ms(box, each, now_ms);
        for (const kw_parcel *parcel = each->parcels; parcel != NULL; parcel = parcel->next) {
            if (!parcel->is_running) {
                uint64_t try_ms = KW_MAX(from_ms, parcel->due_ms);
                uint64_t end_ms = each->is_gone ? 0 : parcel->end_ms;
                due_ms = KW_MIN(due_ms, KW_MIN(try_ms, end_ms));
            }
        }
    }
    return due_ms;
}

/* ---- how tries end ---- */

bool kw_parcel_try_is_answered(const kw_parcel_try *tried)
{
    bool is_cut = tried->http >= 200 && tried->http < 300 && tried->st != KW_OK;
    return tried->http != 0 && (!is_cut || tried->st == KW_LIMIT);
}

/* A further try may go better: the member is not there, or is busy, or its clock is behind ours, so
 * that it knows neither the session nor, perhaps, us. */
static bool is_worth_it(const kw_cargo *cargo, const kw_parcel_try *tried)
{
    if (tried->st == KW_OK) {
        return false;
    }
    bool may_be_early = cargo->kind == KW_CARGO_SEND && (tried->http == 401 || tried->http == 404);
    return !kw_parcel_try_is_answered(tried) || may_be_early ||
           kw_backoff_is_retryable(tried->http, true);
}

static void learn(peer *owner, const kw_parcel_try *tried, kw_outbox_now now)
{
    owner->state.last = tried->st;
    if (kw_parcel_try_is_answered(tried)) {
        kw_breaker_answered(&owner->breaker);
        owner->is_seen = true;
        owner->seen_ms = now.ms;
        owner->warm_ms = now.ms + KW_COURIER_WARM_MS;
        owner->is_slow = tried->took_ms > KW_COURIER_SLOW_MS;
        owner->state.delivered += tried->st == KW_OK ? 1 : 0;
    } else {
        kw_breaker_failed(&owner->breaker, now.ms, now.random);
        owner->warm_ms = 0;
        owner->state.failed++;
    }
    if (tried->http == 429 || tried->http == 503) {
        uint64_t pause_ms = KW_MIN(tried->retry_after_ms, (uint64_t)KW_COURIER_HOLD_MS_MAX);
        owner->is_slow = true;
        owner->hold_ms = now.ms + pause_ms;
    }
}

bool kw_outbox_settle(kw_outbox *box, kw_parcel *parcel, const kw_parcel_try *tried,
                      kw_outbox_now now)
{
    static const kw_backoff backoff = {.base_ms = KW_COURIER_RETRY_MS_MIN,
                                       .max_ms = KW_COURIER_RETRY_MS_MAX};
    peer *owner = parcel->peer;
    KW_ASSERT(parcel->is_running);
    parcel->is_running = false;
    parcel->st = tried->st;
    owner->running--;
    learn(owner, tried, now);
    if (!is_worth_it(parcel->cargo, tried)) {
        unlink_parcel(box, parcel);
        return true;
    }
    uint64_t from_ms = KW_MAX(now.ms, owner->hold_ms);
    parcel->due_ms = from_ms + kw_backoff_wait_ms(&backoff, parcel->tries, 0, now.random);
    return false;
}

/* ---- what is known ---- */

static kw_courier_health health_of(const peer *each, uint64_t now_ms)
{
    if (each->breaker.mode != KW_BREAKER_CLOSED) {
        return KW_COURIER_DOWN;
    }
    if (each->breaker.failures > 0 || each->is_slow || each->hold_ms > now_ms) {
        return KW_COURIER_SLOW;
    }
    return each->is_seen ? KW_COURIER_UP : KW_COURIER_UNKNOWN;
}

size_t kw_outbox_states(const kw_outbox *box, kw_courier_state *out, size_t room, uint64_t now_ms)
{
    size_t count = 0;
    for (const peer *each = box->peers; each != NULL; each = each->next) {
        if (each->is_gone) {
            continue;
        }
        if (count < room) {
            out[count] = each->state;
            out[count].address = each->address;
            out[count].health = health_of(each, now_ms);
            out[count].seen_ago_ms = each->is_seen ? now_ms - each->seen_ms : UINT64_MAX;
        }
        count++;
    }
    return count;
}

kw_courier_health kw_outbox_health(const kw_outbox *box, const kw_address *of, uint64_t now_ms)
{
    const peer *each = find(box, of);
    return each == NULL || each->is_gone ? KW_COURIER_UNKNOWN : health_of(each, now_ms);
}

kw_courier_census kw_outbox_census(const kw_outbox *box, uint64_t now_ms)
{
    kw_courier_census census = {0};
    for (const peer *each = box->peers; each != NULL; each = each->next) {
        if (!each->is_gone) {
            census.counts[health_of(each, now_ms)]++;
        }
    }
    return census;
}
