/* SPDX-License-Identifier: Apache-2.0
 * A small KZG setup whose tau is known, in the forms that kzg_file.h names. */
#ifndef KW_TESTS_SUPPORT_ZK_SETUP_H
#define KW_TESTS_SUPPORT_ZK_SETUP_H

#include "base/buf.h"

typedef struct zk_setup_form {
    size_t g1_count; /* a power of two, at most 64 */
    size_t g2_count;
    uint64_t tau;
    bool is_reversed; /* the Lagrange form bit-reversed */
    bool is_json;
} zk_setup_form;

/* Appends the file. */
void zk_setup_write(kw_buf *out, const zk_setup_form *form);

#endif /* KW_TESTS_SUPPORT_ZK_SETUP_H */
