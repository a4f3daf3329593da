/* SPDX-License-Identifier: Apache-2.0
 * JSON trees in tests: vectors come as JSON, and so does much of what is tested. */
#ifndef KW_TESTS_SUPPORT_JSON_TREE_H
#define KW_TESTS_SUPPORT_JSON_TREE_H

#include "base/buf.h"
#include "codec/json.h"

/* Parses a text that must be JSON; free the root. */
kw_json *json_tree_parse(kw_str text);

/* Same kind, same values, same members in any order. */
bool json_tree_equal(const kw_json *a, const kw_json *b);

/* Appends the value as compact JSON; members keep their order. Fails on real numbers. */
void json_tree_print(kw_buf *out, const kw_json *value);

/* Member of an object, which must be there. */
const kw_json *json_tree_at(const kw_json *object, const char *name);

/* Text of a member that must be a string, number of one that must be an integer. */
kw_str json_tree_text(const kw_json *object, const char *name);
int64_t json_tree_integer(const kw_json *object, const char *name);

/* True when the member is there and true. */
bool json_tree_is_true(const kw_json *object, const char *name);

#endif /* KW_TESTS_SUPPORT_JSON_TREE_H */
