/* SPDX-License-Identifier: Apache-2.0
 * The parts of a kw_holder; only for holder*.c. */
#ifndef KW_THRESHOLD_HOLDER_INNER_H
#define KW_THRESHOLD_HOLDER_INNER_H

#include "os/thread.h"
#include "threshold/engine/roster/peer_book.h"
#include "threshold/holder.h"

/* Operators of a boundary and what they live in. */
typedef struct kw_holder_set {
    kw_arena arena;
    kw_operators operators;
} kw_holder_set;

struct kw_holder {
    kw_holder_options options;
    kw_courier *courier;
    kw_contacts contacts;
    kw_snapshot keys; /* kw_holder_keys */
    kw_thread driver;

    kw_mutex lock; /* all below; taken before the courier's own */
    kw_cond changed;
    bool is_stopping;
    kw_operator *op;   /* guarded memory: it has shares */
    kw_peer_book book; /* of those whose messages it checks */
    kw_holder_set sets[2];
    size_t set_now;  /* the operators of the last boundary; the other has those before */
    bool has_list;   /* since the start one was read */
    bool is_tidy;    /* kw_holder_tidy was done since the boundary */
    uint64_t now_ms; /* the latest moment that the operator was told */
    uint64_t boundary;
    kw_status begun;   /* how its session began; END: not yet */
    uint64_t begin_ms; /* when to try again, had it failed */
    /* What the operator said and is not carried out: the store did not take its records. */
    kw_operator_action pending;
    bool is_pending;
    kw_reshares reshares; /* that were asked for */
    bool is_blocked;
    bool are_keys_stale; /* `keys` is not what the operator has */
    uint64_t aborted;
    uint64_t frauds;
    uint64_t ask_ms; /* while it is quiet: when to ask again */
    kw_holder_watch watch;

    kw_mutex look_lock; /* of `state`; taken last */
    kw_holder_state state;
};

/* The moment for the operator: Unix ms that never go back, whatever the clock does. */
uint64_t kw_holder_now(kw_holder *holder);

/* Carries out what the operator says, until there is nothing more to do. What the store refuses is
 * tried again by the next call. Holds the lock. */
void kw_holder_step(kw_holder *holder);

/* Keeps in the store where operators are, and forgets certificates that are old enough. What fails
 * is logged, and done at the next boundary. Holds the lock. */
void kw_holder_tidy(kw_holder *holder);

/* Shows in `state` and to the watch how the operator is. Holds the lock. */
void kw_holder_show(kw_holder *holder);

/* Publishes the shares that the operator has now. Holds the lock. NO_MEMORY. */
KW_MUST_USE kw_status kw_holder_publish_keys(kw_holder *holder);
void kw_holder_free_keys(void *keys);

/* It rejoined, and knows no certificate of later: it says nothing and takes nothing but that. Holds
 * the lock, as the next two. */
bool kw_holder_is_quiet(const kw_holder *holder);

/* Whether the operator may see a file that a member answered with: a quiet one a certificate of
 * after it rejoined, and nothing else. */
bool kw_holder_may_take(const kw_holder *holder, kw_span file);

/* Asks all others for their newest certificate, when it is time to. */
void kw_holder_ask_quietly(kw_holder *holder);

/* kw_courier_options.on_answer; `ctx` is the holder. */
void kw_holder_take_answer(void *ctx, const kw_courier_answer *answer);

#endif /* KW_THRESHOLD_HOLDER_INNER_H */
