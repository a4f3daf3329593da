/* SPDX-License-Identifier: Apache-2.0
 * How a sum of many products is taken apart, whatever the group; public data, variable time. */

enum {
    MSM_MAX = 1 << 22,
    MSM_STRAUS_BELOW = 16, /* products; from here on buckets cost less */
    MSM_WIDTH_LEAST = 3,
    MSM_WIDTH_MOST = 15,
    MSM_PASS_ITEMS = 1 << 13, /* summed at once, so that few inversions are for few sums */
};

/* Pippenger's method on `entries` points with digits of `width` bits. */
typedef struct msm_plan {
    size_t entries; /* points times parts */
    int width;
    int windows;
    int per_pass; /* windows that are summed at once */
    size_t keys;  /* buckets of a pass */
    size_t items; /* digits of a pass */
} msm_plan;

/* An addition among affine points is about 6 multiplications with its share of an inversion; a
 * bucket takes a mixed and a full addition, 23. */
KW_TEMPLATE msm_plan msm_plan_of(size_t n, size_t parts, int part_bits)
{
    msm_plan plan = {.entries = n * parts};
    size_t least = SIZE_MAX;
    for (int width = MSM_WIDTH_LEAST; width <= MSM_WIDTH_MOST; width++) {
        size_t windows = (size_t)((part_bits + width - 1) / width);
        size_t cost = windows * (6 * plan.entries + ((size_t)23 << (width - 1)));
        if (cost < least) {
            least = cost;
            plan.width = width;
            plan.windows = (int)windows;
        }
    }
    size_t fit = KW_MAX(MSM_PASS_ITEMS / plan.entries, (size_t)1);
    plan.per_pass = (int)KW_MIN(fit, (size_t)plan.windows);
    plan.keys = (size_t)plan.per_pass << (plan.width - 1);
    plan.items = (size_t)plan.per_pass * plan.entries;
    return plan;
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
