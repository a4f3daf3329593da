/* SPDX-License-Identifier: Apache-2.0
 * A candidate as bytes: how it is kept over a restart and shown to members that missed its session.
 * The digest covers all but the COMMITs, so whoever knows it needs no more. Integers are
 * big-endian:
 *
 *   "KWD1" | body | COMMITs
 *
 * body, which certificates have too = u8 kind | u8 suite | 32 cluster_id | u64 epoch |
 * u64 timestamp | u32 attempt | u16 t_old | u16 t_new | 32 previous certificate | old roster |
 * new roster | 32 hash of S | u16 |D|, each u16 dealer, 32 hash of its DEAL | P[t_new]
 *
 * with rosters as in roster.h (genesis: the old one is u16 0), COMMITs as in authenticated.h.
 * Source: threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_EPOCH_CANDIDATE_FILE_H
#define KW_THRESHOLD_ENGINE_EPOCH_CANDIDATE_FILE_H

#include "threshold/engine/epoch/candidate.h"

/* What a reader must know to read points and keys. */
typedef struct kw_candidate_form {
    const kw_group *group;
    const kw_peer_schemes *schemes;
} kw_candidate_form;

/* Reads a body, sid and digest are made from it; COMMITs are none yet. BAD_INPUT: short; LENGTH:
 * |D| is larger than the dealers' roster; REFUSED: kind 3, which has no handover, or t_new is none
 * of the new roster; LIMIT: the arena is full; what roster.h says of rosters, group.h of points. */
KW_MUST_USE kw_status kw_candidate_body_read(kw_candidate *out, kw_arena *arena, kw_reader *r,
                                             const kw_candidate_form *form);
void kw_candidate_body_write(kw_writer *w, const kw_candidate *candidate, const kw_group *group);

/* Reads a whole candidate and checks it with kw_candidate_check. BAD_INPUT: magic, short, trailing
 * bytes; else what the two say. `out` borrows from file and arena, of which
 * KW_THRESHOLD_CERTIFICATE_ARENA_MAX is enough. */
KW_MUST_USE kw_status kw_candidate_decode(kw_candidate *out, kw_arena *arena, kw_span file,
                                          const kw_candidate_form *form);

/* Appends the file. LIMIT, NO_MEMORY: as kw_buf. */
KW_MUST_USE kw_status kw_candidate_encode(kw_buf *out, const kw_candidate *candidate,
                                          const kw_group *group);

#endif /* KW_THRESHOLD_ENGINE_EPOCH_CANDIDATE_FILE_H */
