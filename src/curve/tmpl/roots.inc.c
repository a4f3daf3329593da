/* SPDX-License-Identifier: Apache-2.0
 * What callers ask about roots. Parameter: FIELD. CT: constant time in the elements. */

#define F(name) KW_GLUE3(FIELD, _, name)

KW_TEMPLATE bool F(sqrt)(FIELD *o, const FIELD *a)
{
    FIELD root;
    kw_mask is_square = F(root)(&root, a);
    for (size_t i = 0; i < KW_COUNT(o->w); i++) {
        o->w[i] = kw_ct_select(is_square, root.w[i], o->w[i]);
    }
    kw_wipe(&root, sizeof root);
    return is_square != 0;
}

KW_TEMPLATE bool F(is_square)(const FIELD *a)
{
    FIELD root;
    kw_mask is_square = F(root)(&root, a);
    kw_wipe(&root, sizeof root);
    return is_square != 0;
}

#undef F
