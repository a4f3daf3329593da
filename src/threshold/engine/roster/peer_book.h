/* SPDX-License-Identifier: Apache-2.0
 * What makes signatures of the same operators quicker to check: the lines of the pairings of their
 * BN254 keys, computed once and not at each message. A tenth of a small session's time. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_PEER_BOOK_H
#define KW_THRESHOLD_ENGINE_ROSTER_PEER_BOOK_H

#include "curve/bn_pair.h"
#include "threshold/engine/roster/peer.h"

enum {
    KW_PEER_BOOK_MAX = 2 * KW_THRESHOLD_MEMBERS_MAX, /* keys, of two rosters; 11 KB each */
    KW_PEER_BOOK_SLOTS = 2 * KW_PEER_BOOK_MAX,
};

typedef struct kw_peer_page {
    kw_bn_g2 key;
    kw_bn_lines lines;
} kw_peer_page;

/* Owned. A full book begins anew with the next claims: rosters change, and who left stays in it.
 * One thread at a time. */
struct kw_peer_book {
    kw_rng rng;                              /* of weights */
    kw_peer_page *pages[KW_PEER_BOOK_SLOTS]; /* by key, to the next free slot; NULL: free */
    size_t count;
};

void kw_peer_book_init(kw_peer_book *out, const kw_rng *rng);
void kw_peer_book_drop(kw_peer_book *book);

/* Verdicts as of kw_peer_verifier_of, with the lines of every key it meets; borrows the book. */
kw_peer_verifier kw_peer_book_verifier(kw_peer_book *book);

/* The lines of a key, prepared when it is new. NULL: the book is full, or there is no memory; then
 * a check takes the key itself. */
const kw_bn_lines *kw_peer_book_lines(kw_peer_book *book, const kw_bn_g2 *key);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_PEER_BOOK_H */
