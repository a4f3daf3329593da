/* SPDX-License-Identifier: Apache-2.0
 * What is measured of a curve: a row is one operation on inputs that differ from call to call. */
#ifndef KW_BENCH_CURVE_BENCH_ROW_H
#define KW_BENCH_CURVE_BENCH_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CURVE_INPUTS = 64, /* of each kind; call i takes those at i modulo this */
    CURVE_MSM_MAX = 16384,
};

typedef struct curve_row {
    const char *name; /* subject/operation/parameters */
    void (*run)(const void *ops, size_t i);
    size_t items; /* times and counts are per item: a product of 32 pairings is 32 */
} curve_row;

/* Calls of the word layer. Each Fp2 product is one complex_mul; wide ones are not reduced. */
typedef struct curve_counts {
    uint64_t mul;
    uint64_t sqr;
    uint64_t complex_mul;
    uint64_t mul_wide;
    uint64_t redc;
} curve_counts;

/* A curve and its back-ends, the tables of src/curve/<curve>_ops.h. */
typedef struct curve_suite {
    const curve_row *rows;
    size_t rows_count;
    const void *portable;
    const void *adx;
    const void *counted;  /* portable, and it counts */
    curve_counts *counts; /* over the limbs of Fp */
    void (*prepare)(void);
} curve_suite;

extern const curve_suite curve_suite_bls;
extern const curve_suite curve_suite_bn;

#endif /* KW_BENCH_CURVE_BENCH_ROW_H */
