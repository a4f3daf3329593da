/* SPDX-License-Identifier: Apache-2.0
 * What people see of a running operator as metrics. Its owner locks. */
#ifndef KW_THRESHOLD_HOLDER_WATCH_H
#define KW_THRESHOLD_HOLDER_WATCH_H

#include "crypto/address.h"
#include "obs/metric.h"
#include "threshold/engine/message/message.h"

/* How an operator is. */
typedef struct kw_holder_state {
    kw_address self;
    uint64_t epoch;           /* newest certificate; 0: none */
    uint64_t epoch_timestamp; /* of the boundary that it was made at, Unix seconds; 0: none */
    uint64_t epoch_every_s;   /* from one epoch to the next, as configured */
    uint64_t boundary;        /* last one, Unix seconds; 0: none */
    uint16_t n;               /* operators at it */
    bool is_member;           /* this operator is one of them */
    bool has_share;
    bool is_blocked;  /* the store takes no records */
    uint64_t aborted; /* sessions since the start */
    uint64_t frauds;  /* proofs since the start */
} kw_holder_state;

enum {
    KW_HOLDER_GAUGES = 8,
};

/* By value, all-zero shows nothing; the owner sets the first two. One of each process. */
typedef struct kw_holder_watch {
    kw_metrics *metrics;  /* NULL: none */
    uint64_t interval_ms; /* between boundaries: what is older was only learnt or sent again */
    kw_metric *gauges[KW_HOLDER_GAUGES];
    kw_metric *certified_seconds;
    uint64_t timestamp; /* of the newest session that this operator spoke in */
    uint32_t said;      /* types of messages that it said in it, as bits */
} kw_holder_watch;

/* Makes the rows known. NO_MEMORY. */
KW_MUST_USE kw_status kw_holder_watch_open(kw_holder_watch *watch, kw_error *err);

/* Shows how the operator is now. */
void kw_holder_watch_state(kw_holder_watch *watch, const kw_holder_state *state);

/* What became of a boundary, of the list of operators at it, and of messages that others brought:
 * a name of a status. */
void kw_holder_watch_boundary(kw_holder_watch *watch, kw_status st);
void kw_holder_watch_operators(kw_holder_watch *watch, kw_status st);
void kw_holder_watch_delivery(kw_holder_watch *watch, kw_status st);

/* The operator says this message of its own at `now_ms`, Unix: the first of a type in a session is
 * the end of a phase. Votes on a handover are in no session; after a restart an old one goes on. */
void kw_holder_watch_said(kw_holder_watch *watch, const kw_message_header *header, uint64_t now_ms);

/* A session ended; an epoch is certified, whose boundary was `took_ms` before. What was
 * made longer than an interval ago was only learnt of now: it says nothing about how long it
 * takes. */
void kw_holder_watch_aborted(kw_holder_watch *watch);
void kw_holder_watch_certified(kw_holder_watch *watch, uint64_t took_ms);
void kw_holder_watch_fraud(kw_holder_watch *watch);

#endif /* KW_THRESHOLD_HOLDER_WATCH_H */
