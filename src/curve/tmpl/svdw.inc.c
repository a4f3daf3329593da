/* SPDX-License-Identifier: Apache-2.0
 * The map of Shallue and van de Woestijne, RFC 9380 appendix F.1, with its names. Parameters:
 * GROUP, BASE, and the functions GROUP_svdw_is_square and _finish. CT: constant time. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

/* One of the three candidates: its g(x), a root of it or of its norm, and whether it is square. */
typedef struct G(candidate) {
    BASE x;
    BASE g;
    fp root;
    kw_mask is_square;
} G(candidate);

KW_TEMPLATE void G(svdw_try)(G(candidate) * c, const BASE *x)
{
    c->x = *x;
    B(sqr)(&c->g, x);
    B(mul)(&c->g, &c->g, x);
    B(add)(&c->g, &c->g, &G(b));
    c->is_square = G(svdw_is_square)(&c->root, &c->g);
}

KW_TEMPLATE void G(svdw_choose)(kw_mask mask, G(candidate) * o, const G(candidate) * c)
{
    B(copy)(mask, &o->x, &c->x);
    B(copy)(mask, &o->g, &c->g);
    fp_copy(mask, &o->root, &c->root);
}

KW_TEMPLATE void G(svdw)(GROUP *o, const BASE *u)
{
    const BASE one = B(one)();
    BASE tv1;
    BASE tv2;
    BASE tv3;
    BASE tv4;
    B(sqr)(&tv1, u);
    B(mul)(&tv1, &tv1, &G(svdw_c1));
    B(add)(&tv2, &one, &tv1);
    B(sub)(&tv1, &one, &tv1);
    B(mul)(&tv3, &tv1, &tv2);
    B(inv)(&tv3, &tv3);
    B(mul)(&tv4, u, &tv1);
    B(mul)(&tv4, &tv4, &tv3);
    B(mul)(&tv4, &tv4, &G(svdw_c3));
    BASE x1;
    BASE x2;
    BASE x3;
    B(sub)(&x1, &G(svdw_c2), &tv4);
    B(add)(&x2, &G(svdw_c2), &tv4);
    B(sqr)(&x3, &tv2);
    B(mul)(&x3, &x3, &tv3);
    B(sqr)(&x3, &x3);
    B(mul)(&x3, &x3, &G(svdw_c4));
    B(add)(&x3, &x3, &G(svdw_z));
    G(candidate) first;
    G(candidate) second;
    G(candidate) chosen;
    G(svdw_try)(&first, &x1);
    G(svdw_try)(&second, &x2);
    G(svdw_try)(&chosen, &x3);
    G(svdw_choose)(second.is_square, &chosen, &second);
    G(svdw_choose)(first.is_square, &chosen, &first);
    o->x = chosen.x;
    G(svdw_finish)(&o->y, &chosen.g, &chosen.root);
    B(neg_if)(kw_ct_nonzero(B(sgn0)(&o->y) ^ B(sgn0)(u)), &o->y, &o->y);
    o->z = one;
}

KW_TEMPLATE void G(map)(GROUP *points, const BASE *u, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        G(svdw)(&points[i], &u[i]);
    }
}

#undef G
#undef B
