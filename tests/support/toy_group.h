/* SPDX-License-Identifier: Apache-2.0
 * A group for whole sessions in microseconds: the integers modulo 2^61 - 1 under addition, in the
 * roles of G1, G2 and the scalars; its pairing multiplies. Whoever looks has every discrete
 * logarithm, so it protects nothing; the algebra is that of a real one. Never in a program. */
#ifndef KW_TESTS_SUPPORT_TOY_GROUP_H
#define KW_TESTS_SUPPORT_TOY_GROUP_H

#include "threshold/engine/group/group.h"

#define TOY_GROUP_ORDER ((UINT64_C(1) << 61) - 1)

enum {
    TOY_GROUP_G1_BYTES = 8,
    TOY_GROUP_G2_BYTES = 16, /* the first half zeros */
};

/* Points are big-endian. ENCODING: the half that is zero is not; NOT_IN_SUBGROUP: the top bit is
 * set, so that tests have such points; RANGE, INFINITY (zero). */
extern const kw_group toy_group;

#endif /* KW_TESTS_SUPPORT_TOY_GROUP_H */
