/* SPDX-License-Identifier: Apache-2.0
 * Where a test finds files: the project's own vectors, and data beside the project. */
#ifndef KW_TESTS_SUPPORT_TREE_H
#define KW_TESTS_SUPPORT_TREE_H

#include "base/buf.h"

/* Reads a file below the project's root, such as "tests/vectors/emtp/names.json". Fails the test
 * when it is not there. `out` is empty before and owned by the caller. */
void tree_read(kw_buf *out, const char *relative);

/* Reads a file below the vectors folder that may lie beside the project
 * ("emtp/emtp_v1_vectors.json"); false when the folder is absent: the test then calls skip(). */
bool tree_read_shared(kw_buf *out, const char *relative);

#endif /* KW_TESTS_SUPPORT_TREE_H */
