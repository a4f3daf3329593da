/* SPDX-License-Identifier: Apache-2.0
 * Vectors in JSON files: bytes as lower-case hexadecimal text. */
#ifndef KW_TESTS_SUPPORT_VECTOR_FILE_H
#define KW_TESTS_SUPPORT_VECTOR_FILE_H

#include "support/json_tree.h"

/* A file of the tree, or one of the folder beside it: absent, the test is skipped. Free it. */
kw_json *vector_file(const char *relative);
kw_json *vector_file_shared(const char *relative);

/* The same; false: it is absent. */
bool vector_file_find(kw_json **out, const char *relative);

/* The bytes of a text, which must be hexadecimal; appended, or exactly as many as `out` has. */
void vector_append(kw_buf *out, const kw_json *text);
void vector_fill(kw_mspan out, const kw_json *text);

/* Fails the test unless the bytes are those of the member. */
void expect_vector(kw_span got, const kw_json *object, const char *name);

#endif /* KW_TESTS_SUPPORT_VECTOR_FILE_H */
