/* SPDX-License-Identifier: Apache-2.0
 * The order in which roles are asked for a target: pre-order, depth first, each name once, a
 * terminating delegation cuts off what stands behind it (TUF 1.0.34 section 5.6.7). */
#ifndef KW_TUF_ENGINE_SEARCH_H
#define KW_TUF_ENGINE_SEARCH_H

#include "tuf/engine/metadata.h"
#include "tuf/engine/targets.h"

/* Owns copies of all that it needs of the files that it has seen. All-zero is over. */
typedef struct kw_tuf_search {
    kw_arena arena;
    kw_str path;
    kw_hash32 path_hash;
    size_t visited_count;
    kw_str visited[KW_TUF_ROLES_MAX];
    size_t waiting_count;
    kw_tuf_role *waiting[KW_TUF_ROLES_MAX]; /* the last one is next */
    bool has_overflown;                     /* more roles than that were waiting */
} kw_tuf_search;

void kw_tuf_search_drop(kw_tuf_search *search);

/* LIMIT: the path is longer than KW_TUF_PATH_BYTES_MAX. */
KW_MUST_USE kw_status kw_tuf_search_begin(kw_tuf_search *out, kw_str path, kw_error *err);

/* Adds what a role that does not have the target delegates. LIMIT: too much to remember. */
KW_MUST_USE kw_status kw_tuf_search_add(kw_tuf_search *search, const kw_tuf_file *targets,
                                        kw_error *err);

/* The next role, which borrows the search; NULL: there are no more. LIMIT: there are, beyond
 * KW_TUF_ROLES_MAX. */
KW_MUST_USE kw_status kw_tuf_search_next(kw_tuf_search *search, const kw_tuf_role **out,
                                         kw_error *err);

#endif /* KW_TUF_ENGINE_SEARCH_H */
