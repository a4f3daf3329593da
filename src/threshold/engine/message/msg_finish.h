/* SPDX-License-Identifier: Apache-2.0
 * EXTRACT, RECONSTRUCT, COMMIT and SEAL. Bodies:
 *
 *   EXTRACT      u16 t | A[t] | c | z_a | z_b
 *   RECONSTRUCT  u16 count | u16 i | f_i(j) | f'_i(j), by i
 *   COMMIT       32 digest | share, or in a session of kind 3: 32 digest | c z
 *   SEAL         32 digest | share
 *
 * Statuses as in msg_deal.h. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_MSG_FINISH_H
#define KW_THRESHOLD_ENGINE_MESSAGE_MSG_FINISH_H

#include "base/arena.h"
#include "threshold/engine/message/fields.h"
#include "threshold/engine/roster/scope.h"

typedef struct kw_extract {
    const kw_group_g2 *a; /* t points */
    uint16_t t;
    kw_span wire; /* as in kw_commitments */
    kw_extraction_proof proof;
} kw_extract;

/* A share that its member opens to everyone. */
typedef struct kw_opened_share {
    uint16_t dealer;
    kw_group_scalar f;
    kw_group_scalar f2; /* of the blinding polynomial */
} kw_opened_share;

typedef struct kw_reconstruct {
    const kw_opened_share *shares; /* by dealer, ascending */
    uint16_t count;
} kw_reconstruct;

/* A COMMIT or a SEAL. */
typedef struct kw_commit {
    kw_hash32 digest;
    kw_group_g1 share; /* s_j H1(digest) */
    kw_proof proof;    /* instead of a share: COMMIT of kind 3, KW_POK_SHARE */
} kw_commit;

KW_MUST_USE kw_status kw_extract_read(kw_extract *out, kw_reader *r, const kw_message_scope *scope,
                                      kw_arena *arena);
KW_MUST_USE kw_status kw_reconstruct_read(kw_reconstruct *out, kw_reader *r,
                                          const kw_message_scope *scope, kw_arena *arena);
KW_MUST_USE kw_status kw_commit_read(kw_commit *out, kw_reader *r, const kw_message_scope *scope);
KW_MUST_USE kw_status kw_seal_read(kw_commit *out, kw_reader *r, const kw_message_scope *scope);
void kw_extract_write(kw_writer *w, const kw_extract *extract, const kw_message_scope *scope);
void kw_reconstruct_write(kw_writer *w, const kw_reconstruct *reconstruct,
                          const kw_message_scope *scope);
void kw_commit_write(kw_writer *w, const kw_commit *commit, const kw_message_scope *scope);
void kw_seal_write(kw_writer *w, const kw_commit *seal, const kw_message_scope *scope);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_MSG_FINISH_H */
