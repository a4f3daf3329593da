/* SPDX-License-Identifier: Apache-2.0
 * BLS signatures: draft-irtf-cfrg-bls-signature-05. Both schemes are one template. Secret inputs:
 * the key of _sign. */
#include "curve/bls_sign.h"

#include "curve/bls_batch.h"
#include "curve/bls_hash.h"
#include "curve/bls_pair.h"
#include "curve/tmpl/glue.inc.h"

enum {
    EACH_BLOCK = 31, /* messages under one final power; one more pair fills its block */
    RANGES_MAX = 64, /* halves that wait, more than the bits of a count */
};

/* The multiplier of number i. */
static kw_bls_fr multiplier(kw_span multipliers, size_t i)
{
    uint8_t wide[48] = {0}; /* as kw_bls_fr_from_wide takes them */
    kw_bls_fr k = {{0}};
    memcpy(wide + sizeof wide - KW_BLS_MULTIPLIER_BYTES,
           multipliers.ptr + i * KW_BLS_MULTIPLIER_BYTES, KW_BLS_MULTIPLIER_BYTES);
    kw_status st = kw_bls_fr_from_wide(&k, KW_SPAN(wide));
    KW_ASSERT(st == KW_OK);
    return k;
}

static kw_status multipliers_check(kw_span multipliers, size_t n)
{
    if (n == 0 || multipliers.len / KW_BLS_MULTIPLIER_BYTES != n ||
        multipliers.len % KW_BLS_MULTIPLIER_BYTES != 0) {
        return KW_ARG;
    }
    for (size_t i = 0; i < n; i++) {
        kw_bls_fr k = multiplier(multipliers, i);
        if (kw_bls_fr_is_zero(&k)) {
            return KW_ARG;
        }
    }
    return KW_OK;
}

/* Whether all of first..first+count-1 are valid. */
typedef struct range {
    size_t first;
    size_t count;
    bool is_bad;  /* known without a check: the other half was not to blame */
    bool is_left; /* of two halves, the right one is next */
} range;

typedef bool range_check(const void *data, size_t first, size_t count);

/* ok[i] for all of 0..n-1, n > 0, by halves. */
static void bisect(uint8_t *ok, size_t n, range_check *check, const void *data)
{
    range waiting[RANGES_MAX];
    size_t count = 0;
    waiting[count++] = (range){.count = n};
    while (count > 0) {
        range at = waiting[--count];
        bool is_valid = !at.is_bad && check(data, at.first, at.count);
        if (is_valid || at.count == 1) {
            memset(ok + at.first, is_valid ? 1 : 0, at.count);
            if (is_valid && at.is_left) {
                waiting[count - 1].is_bad = true;
            }
            continue;
        }
        size_t half = at.count / 2;
        waiting[count++] = (range){.first = at.first + half, .count = at.count - half};
        waiting[count++] = (range){.first = at.first, .count = half, .is_left = true};
    }
}

size_t kw_bls_verify_same_scratch(size_t n)
{
    size_t sums = KW_MAX(kw_bls_g1_msm_scratch(n), kw_bls_g2_msm_scratch(n));
    return sums == SIZE_MAX ? SIZE_MAX : sums + n * sizeof(kw_bls_fr);
}

#define SCHEME    min_pk
#define KEY       g1
#define SIGN      g2
#define KEY_SIDE  p
#define SIGN_SIDE q
#define IN_G1     keys
#include "curve/tmpl/sign.inc.c"
#undef SCHEME
#undef KEY
#undef SIGN
#undef KEY_SIDE
#undef SIGN_SIDE
#undef IN_G1

#define SCHEME    min_sig
#define KEY       g2
#define SIGN      g1
#define KEY_SIDE  q
#define SIGN_SIDE p
#define IN_G1     hashes
#include "curve/tmpl/sign.inc.c"
