/* SPDX-License-Identifier: Apache-2.0
 * Members of JSON objects whose names come from elsewhere: keyids, paths, files. */
#ifndef KW_TUF_ENGINE_FIND_H
#define KW_TUF_ENGINE_FIND_H

#include "codec/json.h"

/* The member with that name; NULL when absent and for other kinds than an object. */
const kw_json *kw_tuf_find(const kw_json *object, kw_str name);

/* True for an integer from `min` to 2^53 - 1; else `out` is untouched. */
KW_MUST_USE bool kw_tuf_number(uint64_t *out, const kw_json *value, uint64_t min);

#endif /* KW_TUF_ENGINE_FIND_H */
