/* SPDX-License-Identifier: Apache-2.0
 * A courier, and the server of a member that wants client certificates and keeps what it is sent.
 * The clock stands until a test turns it; whatever waits, waits as long as it may. */
#ifndef KW_TESTS_SUPPORT_COURIER_DESK_H
#define KW_TESTS_SUPPORT_COURIER_DESK_H

#include "os/thread.h"
#include "support/net_server.h"
#include "support/tls_peer.h"
#include "threshold/courier.h"

enum {
    COURIER_DESK_START_MS = 1000000,
    COURIER_DESK_UNTIL_MS = COURIER_DESK_START_MS + 3600000,
    COURIER_DESK_ANSWERS_MAX = 256,
};

/* An answer, as on_answer got it. */
typedef struct courier_heard {
    kw_address from;
    kw_cargo_kind kind;
    kw_hash32 hash;
    uint64_t epoch;
    kw_status st;
    bool is_over;
    int http;
    char body[80];
} courier_heard;

/* What the server was sent: POST /dkg/hello. It has messages whose hash begins with zeros, the
 * newest epoch and epoch 7, each of which is its own path. */
typedef struct courier_inbox {
    kw_mutex mutex;
    size_t count;
    char last[64]; /* media type and body */
} courier_inbox;

typedef struct courier_desk {
    net_server server;
    courier_inbox inbox;
    char url[64]; /* of the server */
    kw_hash32 spki;
    tempdir_path files[4]; /* CA; ours as a client, and its key; the server's */
    kw_clock_manual manual;
    kw_rng rng;
    kw_metrics *metrics;
    kw_mutex mutex; /* guards the answers */
    kw_cond changed;
    courier_heard answers[COURIER_DESK_ANSWERS_MAX];
    size_t answers_count;
    size_t answers_read;
    kw_courier *courier;
} courier_desk;

/* One at a time: it does not move. */
courier_desk *courier_desk_open(kw_outbox_budget budget);
void courier_desk_close(courier_desk *d);

/* A scripted server with the same key. */
tls_peer *courier_desk_peer(courier_desk *d, const tls_peer_script *script);

/* Members 1.. are at these URLs. */
void courier_desk_members(courier_desk *d, const char *const *urls, size_t count);

/* To `count` members from `first` on, until COURIER_DESK_UNTIL_MS. */
kw_courier_trip courier_desk_trip(uint8_t first, size_t count);

KW_MUST_USE kw_status courier_desk_send(courier_desk *d, const char *text,
                                        const kw_courier_trip *trip);

/* The next answer, in the order in which they came; waits for it. */
courier_heard courier_desk_next(courier_desk *d);
void courier_desk_expect(courier_desk *d, uint8_t from, kw_status st, bool is_over);

void courier_desk_turn_clock(courier_desk *d, int64_t by_ms);

/* What the courier knows of one of `count` members. */
kw_courier_state courier_desk_state(courier_desk *d, size_t count, uint8_t number);

/* The metrics have that line. */
void courier_desk_expect_metric(courier_desk *d, const char *line);

#endif /* KW_TESTS_SUPPORT_COURIER_DESK_H */
