/* SPDX-License-Identifier: Apache-2.0
 * The members of a committee, sorted by address; a member's index is its rank, from 1. Source:
 * threshold.md section 1. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_ROSTER_H
#define KW_THRESHOLD_ENGINE_ROSTER_ROSTER_H

#include "base/arena.h"
#include "codec/reader.h"
#include "codec/writer.h"
#include "threshold/engine/roster/peer.h"

typedef struct kw_member {
    kw_address address;
    uint8_t key_bytes[KW_PEER_KEY_BYTES_MAX]; /* scheme->key_bytes of them */
    const kw_peer_scheme *scheme;
    kw_peer_key key;
} kw_member;

/* All-zero is the roster before genesis: nobody, and a hash of zeros. Members live in an arena. */
typedef struct kw_roster {
    const kw_member *members;
    uint16_t n;
    kw_hash32 hash;
} kw_roster;

/* A member as a file or a chain names it; borrows. */
typedef struct kw_roster_entry {
    kw_address address;
    uint8_t curve;
    kw_span key;
    kw_span possession; /* signature of kw_possession_digest; empty where a chain has checked one */
} kw_roster_entry;

typedef struct kw_roster_source {
    const kw_roster_entry *entries; /* in any order */
    size_t count;
    const kw_peer_schemes *schemes; /* that are accepted */
    bool needs_possession;
} kw_roster_source;

/* LIMIT: nobody, more than KW_THRESHOLD_MEMBERS_MAX, or the arena is full. REFUSED: a curve that is
 * not accepted. CONFLICT: two members share an address or a key. UNAUTHENTICATED: a member does not
 * possess its key. Else what the scheme says of a key; the error names the address. */
KW_MUST_USE kw_status kw_roster_make(kw_roster *out, kw_arena *arena,
                                     const kw_roster_source *source, kw_error *err);

/* What a member signs to show that it holds its key. */
void kw_possession_digest(kw_hash32 *out, const kw_roster_entry *entry);

/* Wire form: u16 n | n times (20 address | u8 curve | u16 length | key), by address. */
void kw_roster_write(kw_writer *w, const kw_roster *roster);

/* Reads the wire form at the cursor; u16 0 gives the empty roster. BAD_INPUT: short; LENGTH: more
 * members than any roster has; ENCODING: not sorted; LIMIT: the arena is full; else as
 * kw_roster_make. Proofs of possession are not in it. */
KW_MUST_USE kw_status kw_roster_decode(kw_roster *out, kw_arena *arena, kw_reader *r,
                                       const kw_peer_schemes *schemes);

/* 1..n; 0: not a member. */
uint16_t kw_roster_index(const kw_roster *roster, const kw_address *address);

/* `index` 1..n. */
const kw_member *kw_roster_at(const kw_roster *roster, uint16_t index);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_ROSTER_H */
