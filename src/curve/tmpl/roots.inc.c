/* SPDX-License-Identifier: Apache-2.0
 * What callers ask about roots. Parameter: FIELD. CT: constant time in the elements. */

#define F(name) KW_GLUE3(FIELD, _, name)

KW_TEMPLATE bool F(sqrt)(FIELD *o, const FIELD *a)
{
    FIELD root;
    kw_mask is_square = F(root)(&root, a);
    F(copy)(is_square, o, &root);
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
