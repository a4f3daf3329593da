/* SPDX-License-Identifier: Apache-2.0
 * The words of a third back-end: the portable ones, and they count. The including file defines
 * FP_COUNTED, the limbs of Fp; over those of Fr nothing counts. */
#ifndef KW_BENCH_CURVE_BENCH_COUNTED_INC_H
#define KW_BENCH_CURVE_BENCH_COUNTED_INC_H

#include "curve_bench/row.h"

#define mont portable
#include "curve/tmpl/words_c.inc.c"
#undef mont

static curve_counts counts;

/* Functions that count, then those that only pass on. */
#define COUNTED_WORDS(n)                                                                        \
    static inline void mont##n##_mul(uint64_t *o, const uint64_t *a, const uint64_t *b,         \
                                     const uint64_t *p, uint64_t n0)                            \
    {                                                                                           \
        counts.mul += (n) == FP_COUNTED;                                                        \
        portable##n##_mul(o, a, b, p, n0);                                                      \
    }                                                                                           \
    static inline void mont##n##_sqr(uint64_t *o, const uint64_t *a, const uint64_t *p,         \
                                     uint64_t n0)                                               \
    {                                                                                           \
        counts.sqr += (n) == FP_COUNTED;                                                        \
        portable##n##_sqr(o, a, p, n0);                                                         \
    }                                                                                           \
    static inline void mont##n##_mul_loose(uint64_t *o, const uint64_t *a, const uint64_t *b,   \
                                           const uint64_t *p, uint64_t n0)                      \
    {                                                                                           \
        counts.mul += (n) == FP_COUNTED;                                                        \
        portable##n##_mul_loose(o, a, b, p, n0);                                                \
    }                                                                                           \
    static inline void mont##n##_sqr_loose(uint64_t *o, const uint64_t *a, const uint64_t *p,   \
                                           uint64_t n0)                                         \
    {                                                                                           \
        counts.sqr += (n) == FP_COUNTED;                                                        \
        portable##n##_sqr_loose(o, a, p, n0);                                                   \
    }                                                                                           \
    static inline void mont##n##_complex_mul(uint64_t *o, const uint64_t *a, const uint64_t *b, \
                                             const uint64_t *p, uint64_t n0)                    \
    {                                                                                           \
        counts.complex_mul += (n) == FP_COUNTED;                                                \
        portable##n##_complex_mul(o, a, b, p, n0);                                              \
    }                                                                                           \
    static inline void mont##n##_mul_wide(uint64_t *o, const uint64_t *a, const uint64_t *b)    \
    {                                                                                           \
        counts.mul_wide += (n) == FP_COUNTED;                                                   \
        portable##n##_mul_wide(o, a, b);                                                        \
    }                                                                                           \
    static inline void mont##n##_redc(uint64_t *o, const uint64_t *t, const uint64_t *p,        \
                                      uint64_t n0)                                              \
    {                                                                                           \
        counts.redc += (n) == FP_COUNTED;                                                       \
        portable##n##_redc(o, t, p, n0);                                                        \
    }

COUNTED_WORDS(4)
COUNTED_WORDS(6)

#define mont4_add_words    portable4_add_words
#define mont4_reduce_once  portable4_reduce_once
#define mont4_sub_words    portable4_sub_words
#define mont4_add          portable4_add
#define mont4_sub          portable4_sub
#define mont4_sub_wide     portable4_sub_wide
#define mont4_sub_wide_mod portable4_sub_wide_mod
#define mont4_add_wide_mod portable4_add_wide_mod
#define mont6_add_words    portable6_add_words
#define mont6_reduce_once  portable6_reduce_once
#define mont6_sub_words    portable6_sub_words
#define mont6_add          portable6_add
#define mont6_sub          portable6_sub
#define mont6_sub_wide     portable6_sub_wide
#define mont6_sub_wide_mod portable6_sub_wide_mod
#define mont6_add_wide_mod portable6_add_wide_mod

#endif /* KW_BENCH_CURVE_BENCH_COUNTED_INC_H */
