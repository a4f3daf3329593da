/* SPDX-License-Identifier: Apache-2.0
 * Lagrange bases in the exponent. */
#include "params/engine/zk/lagrange.h"

enum {
    POWERS = KW_ZK_POWER_MAX + 2 /* 2^0 to 2^(max + 1) */
};

/* One equation over the bases of powers of two [low, high]. */
typedef struct equation {
    const kw_zk_lagrange *in;
    unsigned low;
    unsigned high;
    kw_zk_scalar z;
    kw_zk_scalar weights[POWERS];
    kw_zk_scalar z_to_index; /* of the next power of tau */
    kw_zk_point left;        /* over bases */
    kw_zk_point right;       /* over powers of tau */
} equation;

static kw_zk_scalar power_of(const kw_zk_curve *curve, const kw_zk_scalar *base, uint64_t exponent)
{
    kw_zk_scalar result = curve->scalar_of_u64(1);
    for (unsigned at = 64; at-- > 0;) {
        curve->scalar_mul(&result, &result, &result);
        if ((exponent >> at & 1) == 1) {
            curve->scalar_mul(&result, &result, base);
        }
    }
    return result;
}

void kw_zk_evaluate(kw_zk_scalar *out, const kw_zk_curve *curve, const kw_zk_evaluations *in,
                    uint64_t first, size_t n)
{
    const kw_zk_scalar one = curve->scalar_of_u64(1);
    kw_zk_scalar factor = power_of(curve, &in->z, UINT64_C(1) << in->power);
    kw_zk_scalar root;
    curve->scalar_sub(&factor, &factor, &one);
    curve->scalar_mul(&factor, &factor, &in->weight);
    kw_zk_root_of_unity(curve, &root, in->root_base, in->power);
    kw_zk_scalar at = power_of(curve, &root, first);
    curve->scalar_mul(&at, &at, &in->z);
    for (size_t i = 0; i < n; i++) {
        curve->scalar_sub(&out[i], &at, &one);
        curve->scalar_mul(&at, &at, &root);
    }
    curve->scalar_batch_inv(out, n);
    for (size_t i = 0; i < n; i++) {
        curve->scalar_mul(&out[i], &out[i], &factor);
    }
}

/* Which power of two a base belongs to; its bases begin at 2^power - 1. */
static unsigned power_at(uint64_t index)
{
    return 63U - (unsigned)__builtin_clzll(index + 1);
}

static kw_status see_bases(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(err);
    equation *e = user;
    const uint64_t skipped = (UINT64_C(1) << e->low) - 1;
    for (size_t done = 0; done < n;) {
        uint64_t index = skipped + first + done;
        unsigned power = power_at(index);
        uint64_t begin = (UINT64_C(1) << power) - 1;
        size_t left = (size_t)KW_MIN(2 * begin + 1 - index, (uint64_t)(n - done));
        const kw_zk_evaluations in = {e->z, e->weights[power], KW_ZK_ROOT_BASE_SNARKJS, power};
        kw_zk_evaluate(w->scalars + done, w->curve, &in, index - begin, left);
        done += left;
    }
    const kw_zk_slots all = {.first = 1, .n = n};
    kw_zk_add_terms(&e->left, w, e->in->bases.group, &all);
    return KW_OK;
}

/* The weight of tau^index: all powers of two above index have it. */
static kw_zk_scalar weight_at(const equation *e, const kw_zk_curve *curve, uint64_t index)
{
    kw_zk_scalar sum = curve->scalar_of_u64(0);
    for (unsigned k = e->low; k <= e->high; k++) {
        if (UINT64_C(1) << k > index) {
            curve->scalar_add(&sum, &sum, &e->weights[k]);
        }
    }
    return sum;
}

static kw_status see_powers(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(err);
    equation *e = user;
    kw_zk_scalar weight = {.bn = {{0}}};
    for (size_t i = 0; i < n; i++) {
        uint64_t index = first + i;
        if (i == 0 || (index & (index - 1)) == 0) {
            weight = weight_at(e, w->curve, index);
        }
        w->curve->scalar_mul(&w->scalars[i], &weight, &e->z_to_index);
        w->curve->scalar_mul(&e->z_to_index, &e->z_to_index, &e->z);
    }
    const kw_zk_slots all = {.first = 1, .n = n};
    kw_zk_add_terms(&e->right, w, e->in->powers.group, &all);
    return KW_OK;
}

/* Does the equation over powers of two [low, high] hold? */
static kw_status judge(bool *out, kw_zk_work *w, const kw_zk_lagrange *in, unsigned low,
                       unsigned high, kw_error *err)
{
    equation e = {.in = in,
                  .low = low,
                  .high = high,
                  .z = kw_zk_random_scalar(w),
                  .z_to_index = w->curve->scalar_of_u64(1),
                  .left = in->bases.group->infinity(),
                  .right = in->bases.group->infinity()};
    const kw_zk_visitor bases_visitor = {see_bases, &e};
    const kw_zk_visitor powers_visitor = {see_powers, &e};
    kw_zk_run bases = in->bases;
    kw_zk_run powers = in->powers;
    kw_zk_multipliers(w, high - low + 1);
    memcpy(e.weights + low, w->scalars, (high - low + 1) * sizeof *w->scalars);
    bases.place.offset += ((UINT64_C(1) << low) - 1) * bases.group->wire_bytes;
    bases.count = (UINT64_C(2) << high) - (UINT64_C(1) << low);
    powers.count = KW_MIN(powers.count, UINT64_C(1) << high);
    KW_TRY(kw_zk_walk(w, &bases, &bases_visitor, err));
    KW_TRY(kw_zk_walk(w, &powers, &powers_visitor, err));
    *out = bases.group->equal(&e.left, &e.right);
    return KW_OK;
}

kw_status kw_zk_lagrange_check(kw_zk_work *w, const kw_zk_lagrange *in, kw_error *err)
{
    bool holds = false;
    if (w->job->level < KW_ZK_FULL) {
        return kw_zk_walk(w, &in->bases, NULL, err);
    }
    KW_TRY(judge(&holds, w, in, 0, in->power, err));
    for (unsigned k = 0; !holds && k <= in->power; k++) {
        bool is_fine = false;
        KW_TRY(judge(&is_fine, w, in, k, k, err));
        if (!is_fine) {
            kw_zk_place place = kw_zk_run_place(&in->bases, (UINT64_C(1) << k) - 1);
            return kw_zk_refuse(w->fault, &place, KW_REFUSED,
                                "no Lagrange base of its power of two, or one after it", err);
        }
    }
    return holds ? KW_OK
                 : kw_zk_refuse(w->fault, &in->bases.place, KW_REFUSED,
                                "the points are no Lagrange bases", err);
}
