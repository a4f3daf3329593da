/* SPDX-License-Identifier: Apache-2.0
 * Hash to field and to one group (RFC 9380 sections 3 and 5.2). Parameters: GROUP, BASE,
 * GROUP_ELEMENTS, FP_WIDE_BYTES (L of section 5.1), and the function GROUP_map, which maps `count`
 * elements, 1 or 2, to points of the curve. CT: leaks lengths only. */

#define G(name) KW_GLUE3(GROUP, _, name)

KW_TEMPLATE kw_status KW_GLUE(hash_to_, BASE)(BASE *u, size_t count, const kw_h2c_hash *hash,
                                              kw_span msg, kw_span dst)
{
    uint8_t bytes[2 * GROUP_ELEMENTS * FP_WIDE_BYTES];
    if (count != 1 && count != 2) {
        return KW_ARG;
    }
    size_t len = count * GROUP_ELEMENTS * FP_WIDE_BYTES;
    KW_TRY(kw_h2c_expand((kw_mspan){bytes, len}, hash, msg, dst));
    fp *elements = (fp *)u;
    for (size_t i = 0; i < count * GROUP_ELEMENTS; i++) {
        fp_of_wide_bytes(&elements[i], bytes + i * FP_WIDE_BYTES, FP_WIDE_BYTES);
    }
    kw_wipe(bytes, sizeof bytes);
    return KW_OK;
}

/* hash_to_curve: two elements, for the distribution of a random oracle. */
KW_TEMPLATE kw_status KW_GLUE(hash_to_, GROUP)(GROUP *out, const kw_h2c_hash *hash, kw_span msg,
                                               kw_span dst)
{
    BASE u[2];
    GROUP points[2];
    KW_TRY(KW_GLUE(hash_to_, BASE)(u, 2, hash, msg, dst));
    G(map)(points, u, 2);
    G(add)(&points[0], &points[0], &points[1]);
    G(times_cofactor)(out, &points[0]);
    kw_wipe(u, sizeof u);
    kw_wipe(points, sizeof points);
    return KW_OK;
}

/* encode_to_curve: one element, nonuniform. */
KW_TEMPLATE kw_status KW_GLUE(encode_to_, GROUP)(GROUP *out, const kw_h2c_hash *hash, kw_span msg,
                                                 kw_span dst)
{
    BASE u;
    GROUP point;
    KW_TRY(KW_GLUE(hash_to_, BASE)(&u, 1, hash, msg, dst));
    G(map)(&point, &u, 1);
    G(times_cofactor)(out, &point);
    kw_wipe(&u, sizeof u);
    kw_wipe(&point, sizeof point);
    return KW_OK;
}

/* One field element to the group, as the precompiles of EIP-2537 map it. */
KW_TEMPLATE void KW_GLUE(map_to_, GROUP)(GROUP *out, const BASE *u)
{
    GROUP point;
    G(map)(&point, u, 1);
    G(times_cofactor)(out, &point);
    kw_wipe(&point, sizeof point);
}

#undef G
