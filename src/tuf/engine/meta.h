/* SPDX-License-Identifier: Apache-2.0
 * The bodies of timestamp.json and snapshot.json (TUF 1.0.34, sections of these names): which
 * version other files have, and perhaps their length and hashes. */
#ifndef KW_TUF_ENGINE_META_H
#define KW_TUF_ENGINE_META_H

#include "tuf/engine/content.h"

typedef struct kw_tuf_meta {
    uint64_t version; /* >= 1 */
    kw_tuf_content content;
} kw_tuf_meta;

/* BAD_INPUT: no object `meta` of files, a name that does not end in ".json", a malformed entry. */
KW_MUST_USE kw_status kw_tuf_meta_check(const kw_json *body, kw_error *err);

/* What a body that was checked says of "<role>.json"; false: nothing. */
KW_MUST_USE bool kw_tuf_meta_find(const kw_json *body, kw_tuf_meta *out, kw_str role);

/* Walks all files of a checked body in its order; `out_role` is a name without ".json". Start with
 * `at` NULL; false: there are no more. */
bool kw_tuf_meta_walk(const kw_json *body, const void **at, kw_str *out_role, kw_tuf_meta *out);

/* Whether a body is a successor of an older one: it has every file that the older one had, none in
 * a lower version. ROLLBACK: not so. */
KW_MUST_USE kw_status kw_tuf_meta_succeeds(const kw_json *body, const kw_json *older,
                                           kw_error *err);

#endif /* KW_TUF_ENGINE_META_H */
