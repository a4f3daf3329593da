/* SPDX-License-Identifier: Apache-2.0
 * What a caller may allow when points come in. The zero is the closed choice. */
#ifndef KW_CURVE_FLAGS_H
#define KW_CURVE_FLAGS_H

typedef enum kw_point_flags {
    KW_POINT_STRICT = 0,
    KW_ALLOW_INFINITY = 1, /* infinity is accepted; else it is INFINITY */
} kw_point_flags;

#endif /* KW_CURVE_FLAGS_H */
