/* SPDX-License-Identifier: Apache-2.0
 * The closed set of constant-time words. Whatever handles a secret is built from these; nothing
 * else compares, selects or moves one. CT: time and addresses depend on lengths alone. */
#ifndef KW_BASE_CT_H
#define KW_BASE_CT_H

#include "base/span.h"

/* All ones or all zeros; a type of its own name, so that a mask is never taken for a count. */
typedef uint64_t kw_mask;

/* Hides a value from the optimiser, which could else turn masks back into branches. MSan cannot
 * follow a value through assembler, so for it the value goes through memory. */
static inline uint64_t kw_ct_barrier(uint64_t value)
{
#ifdef KW_CT_MSAN
    volatile uint64_t hidden = value;
    return hidden;
#else
    __asm__ volatile("" : "+r"(value));
    return value;
#endif
}

/* All ones when value != 0. */
static inline kw_mask kw_ct_nonzero(uint64_t value)
{
    uint64_t bit = (value | ((uint64_t)0 - value)) >> 63;
    return (kw_mask)0 - kw_ct_barrier(bit);
}

static inline kw_mask kw_ct_eq(uint64_t a, uint64_t b)
{
    return ~kw_ct_nonzero(a ^ b);
}

/* All ones when a < b. */
static inline kw_mask kw_ct_lt(uint64_t a, uint64_t b)
{
    uint64_t x = kw_ct_barrier(a);
    uint64_t borrow = (x ^ ((x ^ b) | ((x - b) ^ b))) >> 63;
    return (kw_mask)0 - kw_ct_barrier(borrow);
}

/* `yes` under a mask of ones, else `no`. */
static inline uint64_t kw_ct_select(kw_mask mask, uint64_t yes, uint64_t no)
{
    uint64_t m = kw_ct_barrier(mask);
    return (yes & m) | (no & ~m);
}

/* Copies under a mask of ones; else rewrites `out` with itself. */
void kw_ct_copy(kw_mask mask, uint8_t *out, const uint8_t *in, size_t len);

/* Exchanges two regions under a mask of ones. */
void kw_ct_swap(kw_mask mask, uint8_t *a, uint8_t *b, size_t len);

/* All ones when the `len` bytes are equal. */
KW_MUST_USE kw_mask kw_ct_equal(const uint8_t *a, const uint8_t *b, size_t len);

/* Equality of two spans as a verdict; the lengths are public. */
KW_MUST_USE bool kw_ct_span_equal(kw_span a, kw_span b);

/* A verdict about secrets that may become public; `reason` says why, for those who review. */
bool kw_declassify_mask(kw_mask verdict, const char *reason);

/* Only for functions named kw_declassify_*: under make ct, tells valgrind or MSan that these bytes,
 * which depend on secrets, are public from here on. Elsewhere nothing. */
void kw_ct_mark_public(const void *ptr, size_t len);

/* Overwrites with zeros; the compiler may not drop it. */
void kw_wipe(void *ptr, size_t len);

#endif /* KW_BASE_CT_H */
