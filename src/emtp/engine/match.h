/* SPDX-License-Identifier: Apache-2.0
 * The registry's matcher (emtp.md section 11): rows of tokens by participant and NURL go in, for
 * each row the NURLs that match it come out, whenever that set changes. Two ways, one result: a
 * full join of everything (match_join.h), and one row at a time. */
#ifndef KW_EMTP_ENGINE_MATCH_H
#define KW_EMTP_ENGINE_MATCH_H

#include "base/buf.h"
#include "emtp/engine/pairs.h"

enum {
    KW_MATCH_ROLES_MAX = 8
};

/* Who sees whose rows: bit s of sees[v] when a viewer of role v sees rows of role s. */
typedef struct kw_match_roles {
    uint8_t sees[KW_MATCH_ROLES_MAX];
} kw_match_roles;

typedef enum kw_match_role {
    KW_MATCH_PAYER,    /* sees hubs */
    KW_MATCH_PROVIDER, /* sees payers */
    KW_MATCH_HUB,      /* sees payers */
} kw_match_role;

/* The table of emtp.md section 11. */
extern const kw_match_roles kw_match_roles_default;

typedef struct kw_match_options {
    kw_match_roles roles;
    size_t bucket_max; /* a token in more rows than this is skipped; at least 2 */
    size_t rows_max;   /* at most UINT32_MAX - 1 */
    size_t pairs_max;  /* of matching rows, and of shared tokens in a full join */
    uint64_t seed;     /* of the token hash: secret from participants, else they may collide it */
} kw_match_options;

/* Whose row it is. */
typedef struct kw_match_owner {
    uint32_t participant;
    uint8_t role; /* below KW_MATCH_ROLES_MAX */
} kw_match_owner;

typedef struct kw_match kw_match;

/* NO_MEMORY. */
KW_MUST_USE kw_status kw_match_new(kw_match **out, const kw_match_options *options);
void kw_match_free(kw_match *match); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_match);

/* Adds a row or replaces its tokens and joins it at once: rows that it affects wait as changes.
 * `tokens` are sorted, each once (kw_emtp_tokens_parse). A participant keeps its role while it has
 * rows. BAD_STATE: rows were loaded and not joined yet. LIMIT: too many rows or pairs; NO_MEMORY:
 * after these two only kw_match_free is allowed; build anew from the rows. */
KW_MUST_USE kw_status kw_match_put(kw_match *match, kw_match_owner owner, kw_str nurl,
                                   const kw_hash32 *tokens, size_t tokens_count);

/* Takes a row out; nothing happens when there is none. Failures as kw_match_put. */
KW_MUST_USE kw_status kw_match_remove(kw_match *match, uint32_t participant, kw_str nurl);

/* The same as kw_match_put without joining: for filling before a full join. BAD_STATE: a single
 * row was put or removed before. */
KW_MUST_USE kw_status kw_match_load(kw_match *match, kw_match_owner owner, kw_str nurl,
                                    const kw_hash32 *tokens, size_t tokens_count);

/* A row that matches another. */
typedef struct kw_match_peer {
    kw_str nurl;
    uint32_t participant;
    uint32_t shared; /* tokens in common, for audit */
} kw_match_peer;

/* The new set of one row; texts are valid until the next call on the matcher. */
typedef struct kw_match_change {
    uint32_t participant;
    kw_str nurl;
    const kw_match_peer *peers; /* sorted by NURL, then participant; none: write a `-` row */
    size_t peers_count;
} kw_match_change;

/* The next row whose set differs from what was taken before. END: none is waiting. Order: rows of
 * lower participants first, then by NURL, within all that wait when the first is taken.
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_match_take_change(kw_match *match, kw_match_change *out);

typedef struct kw_match_stats {
    size_t rows;
    size_t tokens;         /* of all rows */
    size_t pairs;          /* ordered pairs (viewer, seen) that match */
    size_t tokens_skipped; /* distinct tokens in more than bucket_max rows */
} kw_match_stats;

kw_match_stats kw_match_stats_of(const kw_match *match);

#endif /* KW_EMTP_ENGINE_MATCH_H */
