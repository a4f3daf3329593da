/* SPDX-License-Identifier: Apache-2.0
 * Local join of two token files: which rows of A share tokens with which rows of B. */
#ifndef KW_EMTP_ENGINE_JOIN_H
#define KW_EMTP_ENGINE_JOIN_H

#include "emtp/engine/emtk.h"
#include "emtp/engine/pairs.h"

/* Rows of both files that may share one token; a token in more rows is a placeholder (a test date
 * of birth, a switchboard) and says nothing. */
enum {
    KW_EMTP_BUCKET_MAX = 64
};

typedef struct kw_emtk_join {
    kw_emtp_pairs pairs;     /* one for each shared token until summed */
    uint64_t tokens_shared;  /* tokens that stand in both files */
    uint64_t tokens_skipped; /* of these: in too many rows */
} kw_emtk_join;

void kw_emtk_join_drop(kw_emtk_join *join);

/* Joins a part of A with the part of B of the same index (kw_emtk_part), both in order. The tier of
 * a shared token is the higher of its two, since a match is as sure as its less sure side. LIMIT:
 * more pairs than join->pairs.count_max; NO_MEMORY. */
KW_MUST_USE kw_status kw_emtk_join_part(kw_emtk_join *join, const kw_emtk *a, const kw_emtk *b,
                                        size_t bucket_max);

#endif /* KW_EMTP_ENGINE_JOIN_H */
