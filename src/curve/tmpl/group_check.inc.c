/* SPDX-License-Identifier: Apache-2.0
 * From raw coordinates to points of the group. Parameters: those of group.inc.c. Variable time in
 * the verdicts alone. */

#define G(name) KW_GLUE3(GROUP, _, name)

/* To a point of the curve, in the group or not. */
KW_TEMPLATE kw_status G(of_raw_checked)(GROUP *out, const RAW *in)
{
    kw_mask is_point = G(raw_is_on_curve)(in) | G(raw_is_infinity)(in);
    if (!kw_declassify_mask(is_point, "a point off the curve is refused")) {
        return KW_NOT_ON_CURVE;
    }
    G(of_raw)(out, in);
    return KW_OK;
}

KW_TEMPLATE kw_status G(check)(GROUP *out, const RAW *in)
{
    GROUP point;
    KW_TRY(G(of_raw_checked)(&point, in));
    if (!G(is_in_subgroup)(&point)) {
        return KW_NOT_IN_SUBGROUP;
    }
    *out = point;
    return KW_OK;
}

KW_TEMPLATE kw_status G(clear_cofactor)(GROUP *out, const RAW *in)
{
    GROUP point;
    KW_TRY(G(of_raw_checked)(&point, in));
    G(times_cofactor)(out, &point);
    return KW_OK;
}

#undef G
