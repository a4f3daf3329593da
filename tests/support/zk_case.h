/* SPDX-License-Identifier: Apache-2.0
 * Files of a small ceremony (tests/vectors/params), as what checks of them take. */
#ifndef KW_TESTS_SUPPORT_ZK_CASE_H
#define KW_TESTS_SUPPORT_ZK_CASE_H

#include "base/buf.h"
#include "params/engine/zk/work.h"

/* Bytes of a file, to be spoilt, and a source over them. Does not move. */
typedef struct zk_case {
    kw_buf bytes;
    kw_span span;
    kw_zk_source source;
    kw_zk_fault fault;
    kw_error err;
} zk_case;

/* A file of tests/vectors/params, such as "bn254.ptau"; fails the test when it is not there. */
void zk_case_open(zk_case *c, const char *name);
void zk_case_drop(zk_case *c);

/* Multipliers are the same in each run. */
kw_zk_job zk_case_job(const zk_case *c, kw_zk_level level);

/* The bytes became others, or more, or less. */
void zk_case_changed(zk_case *c);

/* Swaps `len` bytes at both places. */
void zk_case_swap(zk_case *c, uint64_t a, uint64_t b, size_t len);

/* The last refusal was of that section, index and cause, and its text names the place. */
void zk_case_expect(const zk_case *c, uint32_t section, uint64_t index, kw_status cause);

#endif /* KW_TESTS_SUPPORT_ZK_CASE_H */
