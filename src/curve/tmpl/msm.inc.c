/* SPDX-License-Identifier: Apache-2.0
 * Sums of many products, of public scalars and points: Straus's method for few, Pippenger's for
 * many. Parameters: those of group_mul.inc.c, and PART_BITS. Variable time.
 *
 * Scalars are split as for one product, or stay whole when they are said to be small; digits are
 * signed, buckets affine. The items of a pass are sorted by bucket, then neighbours in a bucket are
 * added in rounds until each has one point left: sums of a round do not depend on each other, so
 * they share inversions, and equal digits, equal and opposite points cost no more than others. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

/* Everything lies in the caller's scratch. */
typedef struct G(buckets) {
    msm_plan plan;
    RAW *points; /* of each product: E^i(p) for all its parts i */
    uint64_t (*biased)[PART_WORDS];
    uint32_t *order; /* 2 entry + (1 for minus), sorted by key */
    uint32_t *start; /* of each key in `order`, later in `sums`; one more for the end */
    RAW *sums;
    G(affine_sums) * waiting;
} G(buckets);

/* A bucket of m items leaves (m + 1) / 2 to the first round. */
KW_TEMPLATE size_t G(buckets_sums)(const msm_plan *plan)
{
    return (plan->items + plan->keys) / 2;
}

KW_TEMPLATE size_t G(msm_scratch)(size_t n)
{
    if (n > MSM_MAX) {
        return SIZE_MAX;
    }
    if (n < MSM_STRAUS_BELOW) {
        return n * sizeof(G(straus_row));
    }
    msm_plan plan = msm_plan_of(n, PARTS, PART_BITS);
    return plan.entries * (sizeof(RAW) + PART_WORDS * sizeof(uint64_t)) +
           (plan.items + plan.keys + 1) * sizeof(uint32_t) + G(buckets_sums)(&plan) * sizeof(RAW) +
           sizeof(G(affine_sums)) + 2 * sizeof(uint64_t);
}

KW_TEMPLATE void G(buckets_carve)(G(buckets) * b, kw_mspan scratch)
{
    const msm_plan *plan = &b->plan;
    b->points = scratch_take(&scratch, plan->entries * sizeof *b->points);
    b->biased = scratch_take(&scratch, plan->entries * sizeof *b->biased);
    b->order = scratch_take(&scratch, plan->items * sizeof *b->order);
    b->start = scratch_take(&scratch, (plan->keys + 1) * sizeof *b->start);
    b->sums = scratch_take(&scratch, G(buckets_sums)(plan) * sizeof *b->sums);
    b->waiting = scratch_take(&scratch, sizeof *b->waiting);
    b->waiting->count = 0;
}

/* The parts of a scalar: one when it stays whole. */
KW_TEMPLATE void G(buckets_split)(const G(buckets) * b, uint64_t (*parts)[PART_WORDS], const fr *k)
{
    if (b->plan.parts == PARTS) {
        G(split)(parts, k);
        return;
    }
    uint64_t words[4];
    fr_to_words(words, k);
    memcpy(parts[0], words, sizeof parts[0]);
}

KW_TEMPLATE void G(buckets_fill)(G(buckets) * b, const GROUP *points, const fr *scalars, size_t n)
{
    G(batch_to_raw)(b->points, points, n);
    for (size_t i = n; i-- > 0;) {
        RAW point = b->points[i]; /* its place is taken by those of i / parts */
        uint64_t parts[PARTS][PART_WORDS];
        G(buckets_split)(b, parts, &scalars[i]);
        for (size_t part = 0; part < b->plan.parts; part++) {
            size_t entry = b->plan.parts * i + part;
            b->points[entry] = point;
            part_bias(b->biased[entry], parts[part], b->plan.width, b->plan.windows);
            G(raw_endo)(&point, &point);
        }
    }
}

/* The digit of an entry in a window; 0 for infinity, which no bucket takes. */
KW_TEMPLATE_HOT int32_t G(buckets_digit)(const G(buckets) * b, int window, size_t entry)
{
    int32_t digit = biased_digit(b->biased[entry], b->plan.width, window);
    return digit != 0 && G(raw_is_infinity)(&b->points[entry]) == 0 ? digit : 0;
}

KW_TEMPLATE_HOT size_t G(buckets_key)(const G(buckets) * b, int slot, int32_t digit)
{
    return ((size_t)slot << (b->plan.width - 1)) + (size_t)(digit < 0 ? -digit : digit) - 1;
}

/* Counting sort of the items of windows first..first+count-1. */
KW_TEMPLATE void G(buckets_sort)(G(buckets) * b, int first, int count)
{
    memset(b->start, 0, (b->plan.keys + 1) * sizeof *b->start);
    for (int slot = 0; slot < count; slot++) {
        for (size_t entry = 0; entry < b->plan.entries; entry++) {
            int32_t digit = G(buckets_digit)(b, first + slot, entry);
            if (digit != 0) {
                b->start[G(buckets_key)(b, slot, digit)]++;
            }
        }
    }
    uint32_t sum = 0;
    for (size_t key = 0; key <= b->plan.keys; key++) {
        sum += b->start[key];
        b->start[key] = sum; /* the end of the key; filling moves it to the start */
    }
    for (int slot = 0; slot < count; slot++) {
        for (size_t entry = 0; entry < b->plan.entries; entry++) {
            int32_t digit = G(buckets_digit)(b, first + slot, entry);
            if (digit != 0) {
                uint32_t at = --b->start[G(buckets_key)(b, slot, digit)];
                b->order[at] = (uint32_t)(2 * entry) + (digit < 0 ? 1 : 0);
            }
        }
    }
}

/* Item `at` of a round: of the first from the points, else from the sums. */
KW_TEMPLATE_HOT RAW G(buckets_item)(const G(buckets) * b, bool is_first, size_t at)
{
    if (!is_first) {
        return b->sums[at];
    }
    RAW point = b->points[b->order[at] / 2];
    if (b->order[at] % 2 != 0) {
        B(neg)(&point.y, &point.y);
    }
    return point;
}

/* Adds neighbours in each bucket; whether some bucket still has more than one. Results go at or
 * before the place of what they are made of, which was copied, so one array does. */
KW_TEMPLATE bool G(buckets_round)(G(buckets) * b, bool is_first)
{
    bool has_more = false;
    uint32_t begin = b->start[0];
    uint32_t to = 0;
    for (size_t key = 0; key < b->plan.keys; key++) {
        uint32_t end = b->start[key + 1];
        b->start[key] = to;
        has_more |= end - begin > 2;
        for (; end - begin >= 2; begin += 2) {
            RAW left = G(buckets_item)(b, is_first, begin);
            RAW right = G(buckets_item)(b, is_first, begin + 1);
            G(affine_sums_add)(b->waiting, &b->sums[to++], &left, &right);
        }
        if (begin < end) {
            b->sums[to++] = G(buckets_item)(b, is_first, begin++);
        }
    }
    b->start[b->plan.keys] = to;
    G(affine_sums_flush)(b->waiting);
    return has_more;
}

/* sum j bucket[j] of one window, by sums of sums from the top. */
KW_TEMPLATE void G(buckets_window)(const G(buckets) * b, GROUP *o, int slot)
{
    GROUP run = G(infinity)();
    GROUP sum = G(infinity)();
    size_t lowest = (size_t)slot << (b->plan.width - 1);
    for (size_t key = lowest + ((size_t)1 << (b->plan.width - 1)); key-- > lowest;) {
        const RAW *point = &b->sums[b->start[key]];
        if (b->start[key] != b->start[key + 1] && G(raw_is_infinity)(point) == 0) {
            G(add_affine)(&run, &run, point);
        }
        G(add)(&sum, &sum, &run);
    }
    *o = sum;
}

/* The same for the windows of a pass, in affine coordinates: all go down together, and each sum
 * takes the run of the step before, so that one inversion serves two sums of each window. */
KW_TEMPLATE void G(buckets_windows)(const G(buckets) * b, RAW *sums, int count)
{
    RAW runs[MSM_WINDOWS_MOST];
    memset(sums, 0, (size_t)count * sizeof *sums);
    memset(runs, 0, (size_t)count * sizeof *runs);
    for (size_t at = (size_t)1 << (b->plan.width - 1); at-- > 0;) {
        for (int slot = 0; slot < count; slot++) {
            size_t key = ((size_t)slot << (b->plan.width - 1)) + at;
            G(affine_sums_add)(b->waiting, &sums[slot], &sums[slot], &runs[slot]);
            if (b->start[key] != b->start[key + 1]) {
                const RAW *point = &b->sums[b->start[key]];
                G(affine_sums_add)(b->waiting, &runs[slot], &runs[slot], point);
            }
        }
        G(affine_sums_flush)(b->waiting);
    }
    for (int slot = 0; slot < count; slot++) {
        G(affine_sums_add)(b->waiting, &sums[slot], &sums[slot], &runs[slot]);
    }
    G(affine_sums_flush)(b->waiting);
}

/* io = 2^(width count) io + the windows of a pass. */
KW_TEMPLATE void G(buckets_collect)(const G(buckets) * b, GROUP *io, int count)
{
    RAW together[MSM_WINDOWS_MOST];
    bool is_together = count >= MSM_TOGETHER;
    if (is_together) {
        G(buckets_windows)(b, together, count);
    }
    for (int slot = count - 1; slot >= 0; slot--) {
        for (int bit = 0; bit < b->plan.width; bit++) {
            G(dbl)(io, io);
        }
        if (!is_together) {
            GROUP window;
            G(buckets_window)(b, &window, slot);
            G(add)(io, io, &window);
        } else if (G(raw_is_infinity)(&together[slot]) == 0) {
            G(add_affine)(io, io, &together[slot]);
        }
    }
}

KW_TEMPLATE void G(buckets_sum)(G(buckets) * b, GROUP *out)
{
    GROUP sum = G(infinity)();
    for (int end = b->plan.windows; end > 0;) {
        int count = KW_MIN(end, b->plan.per_pass);
        int first = end - count;
        G(buckets_sort)(b, first, count);
        bool has_more = G(buckets_round)(b, true);
        while (has_more) {
            has_more = G(buckets_round)(b, false);
        }
        G(buckets_collect)(b, &sum, count);
        end = first;
    }
    *out = sum;
}

KW_TEMPLATE kw_status G(msm_var)(GROUP *out, kw_mspan scratch, const G(msm_in) * in)
{
    if (!scratch_serves(scratch, G(msm_scratch)(in->n)) ||
        !scalars_fit(in->scalars, in->n, in->bits)) {
        return KW_ARG;
    }
    if (in->n < MSM_STRAUS_BELOW) {
        G(straus_row) *rows = scratch_take(&scratch, in->n * sizeof *rows);
        for (size_t i = 0; i < in->n; i++) {
            G(straus_row_fill_var)(&rows[i], &in->points[i], &in->scalars[i]);
        }
        G(straus_var)(out, rows, in->n);
        return KW_OK;
    }
    const msm_plan split = msm_plan_of(in->n, PARTS, PART_BITS);
    G(buckets) b = {.plan = msm_plan_below(&split, in->n, in->bits)};
    G(buckets_carve)(&b, scratch);
    G(buckets_fill)(&b, in->points, in->scalars, in->n);
    G(buckets_sum)(&b, out);
    return KW_OK;
}

#undef G
#undef B
