/* SPDX-License-Identifier: Apache-2.0
 * A group y^2 = x^3 + b in homogeneous projective coordinates (X : Y : Z), x = X/Z, y = Y/Z,
 * infinity (0 : 1 : 0). Parameters: GROUP (g1, g2), BASE (fp, fp2), RAW, and the function
 * GROUP_mul_3b. Source: Renes, Costello, Batina, ePrint 2015/1060, algorithms 7, 8 and 9 (a = 0),
 * complete on curves of odd order, which both curves and both twists have. CT: constant time. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

KW_TEMPLATE GROUP G(infinity)(void)
{
    return (GROUP){B(zero)(), B(one)(), B(zero)()};
}

KW_TEMPLATE kw_mask G(is_infinity_mask)(const GROUP *a)
{
    return B(is_zero)(&a->z);
}

KW_TEMPLATE void G(copy)(kw_mask mask, GROUP *o, const GROUP *a)
{
    B(copy)(mask, &o->x, &a->x);
    B(copy)(mask, &o->y, &a->y);
    B(copy)(mask, &o->z, &a->z);
}

KW_TEMPLATE void G(neg)(GROUP *o, const GROUP *a)
{
    o->x = a->x;
    B(neg)(&o->y, &a->y);
    o->z = a->z;
}

/* The products of coordinates that an addition starts from. */
typedef struct G(products) {
    BASE xx;
    BASE yy;
    BASE zz;
    BASE xy; /* X1 Y2 + X2 Y1, and so on */
    BASE yz;
    BASE xz;
} G(products);

/* What algorithms 7 and 8 have in common. */
KW_TEMPLATE void G(add_products)(GROUP *o, const G(products) * s)
{
    BASE xx3;
    BASE zz3b;
    BASE xz3b;
    BASE sum;
    BASE difference;
    BASE t;
    B(dbl)(&xx3, &s->xx);
    B(add)(&xx3, &xx3, &s->xx);
    G(mul_3b)(&zz3b, &s->zz);
    G(mul_3b)(&xz3b, &s->xz);
    B(add)(&sum, &s->yy, &zz3b);
    B(sub)(&difference, &s->yy, &zz3b);
    B(mul)(&o->x, &s->xy, &difference);
    B(mul)(&t, &s->yz, &xz3b);
    B(sub)(&o->x, &o->x, &t);
    B(mul)(&o->y, &sum, &difference);
    B(mul)(&t, &xz3b, &xx3);
    B(add)(&o->y, &o->y, &t);
    B(mul)(&o->z, &sum, &s->yz);
    B(mul)(&t, &xx3, &s->xy);
    B(add)(&o->z, &o->z, &t);
}

/* o = (a1 + a2)(b1 + b2) - p1 - p2 = a1 b2 + a2 b1. */
KW_TEMPLATE void G(cross)(BASE *o, const BASE *const a[2], const BASE *const b[2], const BASE *p1,
                          const BASE *p2)
{
    BASE sum_a;
    BASE sum_b;
    B(add)(&sum_a, a[0], a[1]);
    B(add)(&sum_b, b[0], b[1]);
    B(mul)(o, &sum_a, &sum_b);
    B(sub)(o, o, p1);
    B(sub)(o, o, p2);
}

/* Algorithm 7: 12 multiplications. */
KW_TEMPLATE void G(add)(GROUP *o, const GROUP *a, const GROUP *b)
{
    G(products) s;
    B(mul)(&s.xx, &a->x, &b->x);
    B(mul)(&s.yy, &a->y, &b->y);
    B(mul)(&s.zz, &a->z, &b->z);
    G(cross)
    (&s.xy, (const BASE *const[]){&a->x, &a->y}, (const BASE *const[]){&b->x, &b->y}, &s.xx, &s.yy);
    G(cross)
    (&s.yz, (const BASE *const[]){&a->y, &a->z}, (const BASE *const[]){&b->y, &b->z}, &s.yy, &s.zz);
    G(cross)
    (&s.xz, (const BASE *const[]){&a->x, &a->z}, (const BASE *const[]){&b->x, &b->z}, &s.xx, &s.zz);
    G(add_products)(o, &s);
}

/* Algorithm 8: 11 multiplications. `b` is affine and not infinity. */
KW_TEMPLATE void G(add_affine)(GROUP *o, const GROUP *a, const RAW *b)
{
    G(products) s;
    B(mul)(&s.xx, &a->x, &b->x);
    B(mul)(&s.yy, &a->y, &b->y);
    s.zz = a->z;
    G(cross)
    (&s.xy, (const BASE *const[]){&a->x, &a->y}, (const BASE *const[]){&b->x, &b->y}, &s.xx, &s.yy);
    B(mul)(&s.yz, &b->y, &a->z);
    B(add)(&s.yz, &s.yz, &a->y);
    B(mul)(&s.xz, &b->x, &a->z);
    B(add)(&s.xz, &s.xz, &a->x);
    G(add_products)(o, &s);
}

/* Algorithm 9, times 4, with products that squares already hold taken from them: 3 multiplications
 * and 5 squarings. E = 3 b Z^2: X = 2 XY (Y^2 - 3 E), Y = (Y^2 + 3 E)^2 - 12 E^2, Z = 8 Y^3 Z. */
KW_TEMPLATE void G(dbl)(GROUP *o, const GROUP *a)
{
    BASE yy;
    BASE zz;
    BASE yz2;
    BASE xy2;
    BASE e;
    BASE e2;
    BASE e3;
    B(sqr)(&yy, &a->y);
    B(sqr)(&zz, &a->z);
    B(add)(&yz2, &a->y, &a->z);
    B(sqr)(&yz2, &yz2);
    B(sub)(&yz2, &yz2, &yy);
    B(sub)(&yz2, &yz2, &zz);
    B(mul)(&xy2, &a->x, &a->y);
    B(dbl)(&xy2, &xy2);
    G(mul_3b)(&e, &zz);
    B(dbl)(&e2, &e);
    B(add)(&e3, &e2, &e);
    BASE difference;
    B(sub)(&difference, &yy, &e3);
    B(mul)(&o->x, &xy2, &difference);
    B(mul)(&o->z, &yy, &yz2);
    B(dbl)(&o->z, &o->z);
    B(dbl)(&o->z, &o->z);
    B(add)(&yy, &yy, &e3);
    B(sqr)(&o->y, &yy);
    B(sqr)(&e, &e2); /* 4 E^2, then 12 E^2 */
    B(dbl)(&e2, &e);
    B(add)(&e2, &e2, &e);
    B(sub)(&o->y, &o->y, &e2);
}

KW_TEMPLATE void G(sub)(GROUP *o, const GROUP *a, const GROUP *b)
{
    GROUP negated;
    G(neg)(&negated, b);
    G(add)(o, a, &negated);
}

/* Cross products agree; infinity, whose X and Z are 0, equals itself alone since its Y is not 0. */
KW_TEMPLATE kw_mask G(equal_mask)(const GROUP *a, const GROUP *b)
{
    BASE left;
    BASE right;
    B(mul)(&left, &a->x, &b->z);
    B(mul)(&right, &b->x, &a->z);
    kw_mask same = B(equal)(&left, &right);
    B(mul)(&left, &a->y, &b->z);
    B(mul)(&right, &b->y, &a->z);
    same &= B(equal)(&left, &right);
    return same & ~(G(is_infinity_mask)(a) ^ G(is_infinity_mask)(b));
}

KW_TEMPLATE bool G(equal)(const GROUP *a, const GROUP *b)
{
    return G(equal_mask)(a, b) != 0;
}

KW_TEMPLATE bool G(is_infinity)(const GROUP *a)
{
    return G(is_infinity_mask)(a) != 0;
}

/* Affine coordinates; infinity gives all-zero, for the inverse of 0 is 0. */
KW_TEMPLATE void G(to_raw)(RAW *o, const GROUP *a)
{
    BASE inverse;
    B(inv)(&inverse, &a->z);
    B(mul)(&o->x, &a->x, &inverse);
    B(mul)(&o->y, &a->y, &inverse);
    kw_wipe(&inverse, sizeof inverse);
}

/* As to_raw for each of n points, with one inversion for a block of them. */
KW_TEMPLATE void G(batch_to_raw)(RAW *o, const GROUP *a, size_t n)
{
    BASE inverses[B(BATCH)];
    for (size_t done = 0; done < n; done += B(BATCH)) {
        size_t count = KW_MIN(n - done, (size_t)B(BATCH));
        for (size_t i = 0; i < count; i++) {
            inverses[i] = a[done + i].z;
        }
        B(batch_inv)(inverses, count);
        for (size_t i = 0; i < count; i++) {
            B(mul)(&o[done + i].x, &a[done + i].x, &inverses[i]);
            B(mul)(&o[done + i].y, &a[done + i].y, &inverses[i]);
        }
    }
    kw_wipe(inverses, KW_MIN(n, KW_COUNT(inverses)) * sizeof *inverses);
}

KW_TEMPLATE kw_mask G(raw_is_infinity)(const RAW *a)
{
    return B(is_zero)(&a->x) & B(is_zero)(&a->y);
}

/* All-zero gives infinity. */
KW_TEMPLATE void G(of_raw)(GROUP *o, const RAW *a)
{
    kw_mask is_infinity = G(raw_is_infinity)(a);
    GROUP infinity = G(infinity)();
    GROUP point = {a->x, a->y, B(one)()};
    G(copy)(is_infinity, &point, &infinity);
    *o = point;
}

/* All ones when y^2 = x^3 + b; infinity is not asked here. */
KW_TEMPLATE kw_mask G(raw_is_on_curve)(const RAW *a)
{
    BASE left;
    BASE right;
    B(sqr)(&left, &a->y);
    B(sqr)(&right, &a->x);
    B(mul)(&right, &right, &a->x);
    B(add)(&right, &right, &G(b));
    return B(equal)(&left, &right);
}

#undef G
#undef B
