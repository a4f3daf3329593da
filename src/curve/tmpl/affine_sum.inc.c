/* SPDX-License-Identifier: Apache-2.0
 * Sums of affine points, many at once for one inversion: 5 multiplications and a squaring each.
 * Parameters: those of group.inc.c. Variable time. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

typedef struct G(affine_sum) {
    RAW a;
    BASE b_x;
    BASE rise; /* the slope is rise / run */
    RAW *out;
} G(affine_sum);

/* Sums that wait for their inversion. */
typedef struct G(affine_sums) {
    G(affine_sum) sums[B(BATCH)];
    BASE runs[B(BATCH)];
    size_t count;
} G(affine_sums);

KW_TEMPLATE void G(affine_sums_flush)(G(affine_sums) * s)
{
    B(batch_inv_var)(s->runs, s->count);
    for (size_t i = 0; i < s->count; i++) {
        const G(affine_sum) *sum = &s->sums[i];
        BASE slope;
        RAW out;
        B(mul)(&slope, &sum->rise, &s->runs[i]);
        B(sqr)(&out.x, &slope);
        B(sub)(&out.x, &out.x, &sum->a.x);
        B(sub)(&out.x, &out.x, &sum->b_x);
        B(sub)(&out.y, &sum->a.x, &out.x);
        B(mul)(&out.y, &out.y, &slope);
        B(sub)(&out.y, &out.y, &sum->a.y);
        *sum->out = out;
    }
    s->count = 0;
}

/* *out = a + b, at the latest after a flush. The order is odd, so no y is 0 but infinity's. */
KW_TEMPLATE void G(affine_sums_add)(G(affine_sums) * s, RAW *out, const RAW *a, const RAW *b)
{
    if ((G(raw_is_infinity)(a) | G(raw_is_infinity)(b)) != 0) {
        *out = G(raw_is_infinity)(a) != 0 ? *b : *a;
        return;
    }
    G(affine_sum) *sum = &s->sums[s->count];
    BASE *run = &s->runs[s->count];
    B(sub)(run, &b->x, &a->x);
    B(sub)(&sum->rise, &b->y, &a->y);
    if (B(is_zero)(run) != 0) {
        if (B(is_zero)(&sum->rise) == 0) {
            *out = (RAW){0};
            return;
        }
        B(sqr)(&sum->rise, &a->x);
        B(dbl)(run, &sum->rise);
        B(add)(&sum->rise, &sum->rise, run);
        B(dbl)(run, &a->y);
    }
    sum->a = *a;
    sum->b_x = b->x;
    sum->out = out;
    if (++s->count == B(BATCH)) {
        G(affine_sums_flush)(s);
    }
}

#undef G
#undef B
