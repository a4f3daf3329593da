/* SPDX-License-Identifier: Apache-2.0
 * The work of one member in a session, and what the others sent it. What each other member sends
 * is the same work, so the messages of one stand for those of all. */
#ifndef KW_BENCH_THRESHOLD_DKG_BENCH_WORK_H
#define KW_BENCH_THRESHOLD_DKG_BENCH_WORK_H

#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/threshold_key.h"
#include "threshold/engine/dealing/dealing.h"
#include "threshold/engine/message/message.h"
#include "threshold/engine/roster/peer_book.h"

enum {
    DKG_MEMBERS_MAX = 128,
    DKG_OTHER = 1, /* index of who stands for the others; the own one is n - 1 */
};

/* What f members do. */
typedef enum dkg_faults {
    DKG_ALL_UP,
    DKG_CRASHED, /* say nothing */
    DKG_OPENED,  /* deal, and say nothing from then on, so that their polynomials are opened */
} dkg_faults;

typedef struct dkg_session {
    const char *name;
    uint8_t suite;
    bool is_reshare;
    dkg_faults faults;
} dkg_session;

/* One payload as it arrives. */
typedef struct dkg_letter {
    uint8_t bytes[KW_THRESHOLD_PAYLOAD_BYTES_MAX];
    size_t len;
} dkg_letter;

typedef struct dkg_work {
    const dkg_session *session;
    const kw_group *group;
    kw_hash32 digest; /* of anything that is hashed */
    kw_purposed epoch;
    kw_quorum quorum;
    kw_message_scope scope;
    uint16_t self;
    uint16_t dealers; /* others that deal */
    uint16_t others;  /* that say everything else */
    seeded_rng source;
    kw_rng rng;
    kw_arena arena; /* lasting */
    kw_arena round; /* emptied often */
    kw_group_secret ek;
    kw_receiver receivers[DKG_MEMBERS_MAX];
    kw_echo_entry oks[DKG_MEMBERS_MAX];
    dkg_letter hello; /* of the other, and those below */
    dkg_letter deal;
    dkg_letter shares;
    dkg_letter echo;
    dkg_letter extract;
    dkg_letter opened[DKG_MEMBERS_MAX]; /* RECONSTRUCT of each member */
    dkg_letter made;                    /* own ones */
    dkg_letter made_shares;
    kw_dealing_place place; /* of the other */
    kw_dealer_secrets secrets;
    kw_commitments c;
    const kw_group_g2 *points; /* its commitments in G2 */
    threshold_key key;
    kw_partial partials[DKG_MEMBERS_MAX];
    peer peers[DKG_MEMBERS_MAX];
    kw_peer_signature signatures[DKG_MEMBERS_MAX];
    kw_peer_claim claims[DKG_MEMBERS_MAX];
    kw_peer_book book; /* of the roster, which outlives sessions */
} dkg_work;

/* Ends the program: a bench does not go on after a failure. */
void dkg_must(kw_status st);

void dkg_work_make(dkg_work *out, const dkg_session *session, uint16_t n);
void dkg_work_drop(dkg_work *w);

/* ---- letters.c ---- */
kw_group_secret dkg_drawn(dkg_work *w);
kw_message dkg_message_of(const dkg_work *w, kw_message_type type);
void dkg_write(dkg_letter *out, const kw_message *message, const dkg_work *w);
void dkg_read(kw_message *out, dkg_work *w, const dkg_letter *in);
void dkg_make_hello(dkg_work *w, dkg_letter *out);
/* Into `made` and `made_shares`. */
void dkg_make_deal(dkg_work *w, kw_dealer_secrets *out, kw_commitments *out_c, kw_arena *arena);
void dkg_make_extract(dkg_work *w, kw_arena *arena);
void dkg_make_opened(dkg_work *w, dkg_letter *out, uint16_t member);

/* Messages that a member signs, the PROPOSE of one view apart. */
size_t dkg_messages(const dkg_session *session);

/* Bytes of them as JSON, to each other member; where members are down, all HELLOs too, at the
 * middle of that phase. Without HTTP and TLS, votes relayed, things asked for. */
size_t dkg_bytes_sent(dkg_work *w);

/* ---- phases.c ---- */
typedef struct dkg_phase {
    const char *name;
    void (*run)(dkg_work *w);
} dkg_phase;

enum {
    DKG_PHASES = 9,
};

extern const dkg_phase dkg_phases[DKG_PHASES];

/* Whether the session has the phase. */
bool dkg_has(const dkg_session *session, const dkg_phase *phase);

#endif /* KW_BENCH_THRESHOLD_DKG_BENCH_WORK_H */
