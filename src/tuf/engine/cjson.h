/* SPDX-License-Identifier: Apache-2.0
 * Canonical JSON as TUF's implementations sign it, which is not RFC 8785: members in the order of
 * the bytes of their names, no white space, whole numbers only, text as it is but for `\` and `"`,
 * which get a `\`. Source: TUF 1.0.34 section 4.2.1; securesystemslib, tuf-js. */
#ifndef KW_TUF_ENGINE_CJSON_H
#define KW_TUF_ENGINE_CJSON_H

#include "codec/json.h"

/* Appends the canonical form of a value. BAD_INPUT: a number that is no integer, or one beyond
 * +-(2^53 - 1). LIMIT: deeper than KW_TUF_DEPTH_MAX, or `out` is full. NO_MEMORY. */
KW_MUST_USE kw_status kw_tuf_cjson_write(kw_buf *out, const kw_json *value, kw_error *err);

#endif /* KW_TUF_ENGINE_CJSON_H */
