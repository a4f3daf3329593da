/* SPDX-License-Identifier: Apache-2.0
 * What is to be sent to whom, and when: a queue for each member with a budget, retries until the
 * end of a phase, a circuit breaker. It only knows what is due; courier.h sends it. Pure: moments
 * are arguments, milliseconds of a clock that never goes back; its owner locks. */
#ifndef KW_THRESHOLD_OUTBOX_H
#define KW_THRESHOLD_OUTBOX_H

#include "base/buf.h"
#include "crypto/address.h"
#include "net/http_client.h"
#include "threshold/breaker.h"
#include "threshold/limits.h"

/* Where a member is; borrowed for the call. */
typedef struct kw_courier_member {
    kw_address address;
    kw_str peer_url;    /* "https://host:port", no slash at its end */
    kw_hash32 tls_spki; /* SHA-256 of its server key's SubjectPublicKeyInfo */
} kw_courier_member;

typedef enum kw_cargo_kind {
    KW_CARGO_SEND, /* POST of `body` */
    KW_CARGO_PULL, /* GET /message/{hash} */
    KW_CARGO_ASK,  /* GET /epoch, /epoch/{epoch} */
} kw_cargo_kind;

/* What is sent: the same for all that it goes to. */
typedef struct kw_cargo {
    size_t refs;
    kw_cargo_kind kind;
    kw_hash32 hash; /* PULL: of what */
    uint64_t epoch; /* ASK: which; 0: the newest */
    char path[KW_COURIER_PATH_BYTES_MAX + 1];
    kw_buf body;
} kw_cargo;

/* One reference, the caller's. NULL: no memory. */
KW_MUST_USE kw_cargo *kw_cargo_new(kw_cargo_kind kind);

/* Gives a reference back. Takes NULL. */
void kw_cargo_free(kw_cargo *cargo);

KW_AUTO_PTR_DEFINE(kw_cargo);

struct kw_outbox_peer;

/* Cargo on its way to one member. */
typedef struct kw_parcel {
    struct kw_parcel *next;
    struct kw_outbox_peer *peer; /* NULL when it is over */
    kw_address to;
    kw_cargo *cargo;
    uint64_t order; /* in which they came */
    uint64_t due_ms;
    uint64_t end_ms; /* no try begins after it */
    uint32_t tries;
    kw_status st; /* of the last try; TIMED_OUT before the first */
    bool is_running;
} kw_parcel;

/* How a try ended. */
typedef struct kw_parcel_try {
    kw_status st;
    int http; /* 0: there was no answer */
    uint64_t retry_after_ms;
    uint64_t took_ms;
} kw_parcel_try;

/* The answer came whole, whatever it says. */
bool kw_parcel_try_is_answered(const kw_parcel_try *tried);

/* What one member may take of us. */
typedef struct kw_outbox_budget {
    size_t bytes_max;   /* bodies that wait or are on their way */
    size_t parcels_max; /* the same, calls */
    size_t calls_max;   /* on their way; one alone makes the connection that all share */
} kw_outbox_budget;

typedef enum kw_courier_health {
    KW_COURIER_UNKNOWN, /* nothing was sent to it yet */
    KW_COURIER_UP,
    KW_COURIER_SLOW, /* its last answer took long, did not come, or asked us to wait */
    KW_COURIER_DOWN, /* the breaker is open */
} kw_courier_health;

enum {
    KW_COURIER_HEALTHS = KW_COURIER_DOWN + 1
};

/* How many members there are of each health. */
typedef struct kw_courier_census {
    size_t counts[KW_COURIER_HEALTHS];
} kw_courier_census;

/* What is known of a member. */
typedef struct kw_courier_state {
    kw_address address;
    kw_courier_health health;
    kw_status last;       /* how the last try ended */
    uint64_t seen_ago_ms; /* since it last answered or called; UINT64_MAX: never */
    size_t waiting;       /* parcels, those on their way counted */
    size_t bytes;         /* of their bodies */
    uint64_t delivered;   /* answered 2xx */
    uint64_t failed;      /* tries without an answer */
    uint64_t given_up;    /* parcels whose time was over */
    uint64_t refused;     /* parcels that the budget had no room for */
} kw_courier_state;

/* By value; the owner sets `budget`. */
typedef struct kw_outbox {
    kw_outbox_budget budget;
    struct kw_outbox_peer *peers;
    uint64_t order;
} kw_outbox;

/* Frees all; no parcel may be used after it. */
void kw_outbox_drop(kw_outbox *box);

/* Replaces the list of members. Who stays keeps what waits for it; with another URL or key it is
 * tried anew at once. What waits for one who goes ends. On failure nothing changes.
 * BAD_INPUT: a URL that is not as said. CONFLICT: an address twice. LIMIT: too many. NO_MEMORY. */
KW_MUST_USE kw_status kw_outbox_members(kw_outbox *box, const kw_courier_member *members,
                                        size_t count, kw_error *err);

/* A moment of the owner's clock, and a random number that spreads tries. */
typedef struct kw_outbox_now {
    uint64_t ms;
    uint64_t random;
} kw_outbox_now;

/* Queues cargo, of which it takes a reference. NOT_FOUND: no such member. LIMIT: its budget has
 * no room. NO_MEMORY. */
KW_MUST_USE kw_status kw_outbox_put(kw_outbox *box, const kw_address *to, kw_cargo *cargo,
                                    uint64_t end_ms, uint64_t now_ms);

/* The parcel that is due for longest: it runs, and is borrowed, until it is settled. NULL: none. */
kw_parcel *kw_outbox_take(kw_outbox *box, uint64_t now_ms);

/* A parcel whose time is over, or whose member has gone (CANCELLED): the caller frees it. NULL:
 * none. */
kw_parcel *kw_outbox_take_ended(kw_outbox *box, uint64_t now_ms);

/* When the two above have something next; UINT64_MAX: not before a try ends. */
uint64_t kw_outbox_due_ms(const kw_outbox *box, uint64_t now_ms);

/* Says how the try of a taken parcel ended. True: it is over, and the caller frees it; else it
 * waits for its next try. */
KW_MUST_USE bool kw_outbox_settle(kw_outbox *box, kw_parcel *parcel, const kw_parcel_try *tried,
                                  kw_outbox_now now);

/* Takes NULL. */
void kw_parcel_free(kw_parcel *parcel);

/* The member called us: it is there. True: what waited for that may be due now. Nothing happens
 * when it is none. */
bool kw_outbox_heard(kw_outbox *box, const kw_address *from, uint64_t now_ms);

/* Where a parcel that is not over goes: its member's URL, and the key that is expected there as
 * kw_http_call has it. Until the next kw_outbox_members. */
const char *kw_parcel_url(const kw_parcel *parcel);
const char *kw_parcel_pin(const kw_parcel *parcel);

/* Writes what is known of at most `room` members; returns how many there are. */
size_t kw_outbox_states(const kw_outbox *box, kw_courier_state *out, size_t room, uint64_t now_ms);

/* UNKNOWN also: no such member. */
kw_courier_health kw_outbox_health(const kw_outbox *box, const kw_address *of, uint64_t now_ms);

kw_courier_census kw_outbox_census(const kw_outbox *box, uint64_t now_ms);

#endif /* KW_THRESHOLD_OUTBOX_H */
