/* SPDX-License-Identifier: Apache-2.0
 * How a sum of many products is taken apart, whatever the group; public data, variable time. */

enum {
    MSM_MAX = 1 << 22,
    MSM_STRAUS_BELOW = 16, /* products; from here on buckets cost less */
    MSM_WIDTH_LEAST = 3,
    MSM_WIDTH_MOST = 15,
    MSM_PASS_ITEMS = 1 << 13, /* summed at once, so that few inversions are for few sums */
    MSM_TOGETHER = 8,         /* windows of a pass; from here on their buckets share inversions */
    MSM_WINDOWS_MOST = 64 * PART_WORDS / MSM_WIDTH_LEAST,
    MSM_WHOLE_MOST = 64 * PART_WORDS - 2 - MSM_WIDTH_MOST, /* bits of scalars that stay whole */
};

/* Pippenger's method on `entries` points with digits of `width` bits. */
typedef struct msm_plan {
    size_t parts;   /* of a scalar */
    size_t entries; /* points times parts */
    int width;
    int windows;
    int per_pass; /* windows that are summed at once */
    size_t keys;  /* buckets of a pass */
    size_t items; /* digits of a pass */
    size_t cost;  /* of msm_cost */
} msm_plan;

KW_TEMPLATE size_t msm_windows(int part_bits, int width)
{
    return (size_t)((part_bits + width - 1) / width);
}

/* In multiplications. An addition among affine points is about 6 with its share of an inversion; a
 * bucket takes two with larger shares, 15, or a mixed and a full addition, 23; a doubling 8. */
KW_TEMPLATE size_t msm_cost(size_t entries, int part_bits, int width)
{
    size_t of_a_bucket = entries <= MSM_PASS_ITEMS / MSM_TOGETHER ? 15 : 23;
    size_t of_a_window = 6 * entries + (of_a_bucket << (width - 1)) + 8 * (size_t)width;
    return msm_windows(part_bits, width) * of_a_window;
}

KW_TEMPLATE int msm_best_width(size_t entries, int part_bits)
{
    int best = MSM_WIDTH_LEAST;
    for (int width = MSM_WIDTH_LEAST + 1; width <= MSM_WIDTH_MOST; width++) {
        if (msm_cost(entries, part_bits, width) < msm_cost(entries, part_bits, best)) {
            best = width;
        }
    }
    return best;
}

KW_TEMPLATE void msm_plan_passes(msm_plan *plan, size_t windows_most)
{
    plan->per_pass = (int)KW_MIN(windows_most, (size_t)plan->windows);
    plan->keys = (size_t)plan->per_pass << (plan->width - 1);
    plan->items = (size_t)plan->per_pass * plan->entries;
}

/* n scalars in `parts` parts, numbers of `part_bits` bits with their sign. */
KW_TEMPLATE msm_plan msm_plan_of(size_t n, size_t parts, int part_bits)
{
    msm_plan plan = {.parts = parts, .entries = n * parts};
    plan.width = msm_best_width(plan.entries, part_bits);
    plan.windows = (int)msm_windows(part_bits, plan.width);
    plan.cost = msm_cost(plan.entries, part_bits, plan.width);
    msm_plan_passes(&plan, KW_MAX(MSM_PASS_ITEMS / plan.entries, (size_t)1));
    return plan;
}

/* n scalars below 2^bits: whole, when that costs less than `split` and fits in its room. Signed
 * digits reach at least 3/7 of the power above them, so two bits more do. */
KW_TEMPLATE msm_plan msm_plan_below(const msm_plan *split, size_t n, unsigned bits)
{
    if (bits == 0 || bits > MSM_WHOLE_MOST) {
        return *split;
    }
    msm_plan plan = msm_plan_of(n, 1, (int)bits + 2);
    size_t fit = KW_MIN(split->items / plan.entries, split->keys >> (plan.width - 1));
    if (fit == 0 || plan.cost >= split->cost) {
        return *split;
    }
    msm_plan_passes(&plan, fit);
    return plan;
}

/* All scalars are below 2^bits, or bits is 0. */
KW_TEMPLATE bool scalars_fit(const fr *scalars, size_t n, unsigned bits)
{
    if (bits == 0 || bits >= 256) {
        return true;
    }
    uint64_t above = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t words[4];
        fr_to_words(words, &scalars[i]);
        above |= words[bits / 64] >> (bits % 64);
        for (unsigned j = bits / 64 + 1; j < 4; j++) {
            above |= words[j];
        }
    }
    return above == 0;
}

/* The next `size` bytes of scratch, rounded up to whole words. */
KW_TEMPLATE void *scratch_take(kw_mspan *rest, size_t size)
{
    size_t rounded = (size + 7) & ~(size_t)7;
    void *taken = rest->ptr;
    rest->ptr += rounded;
    rest->len -= rounded;
    return taken;
}

KW_TEMPLATE bool scratch_serves(kw_mspan scratch, size_t needed)
{
    return scratch.len >= needed && (uintptr_t)scratch.ptr % 8 == 0;
}
