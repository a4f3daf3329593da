/* SPDX-License-Identifier: Apache-2.0
 * A key in shares, dealt by one dealer whom the tests trust. */
#ifndef KW_TESTS_SUPPORT_THRESHOLD_KEY_H
#define KW_TESTS_SUPPORT_THRESHOLD_KEY_H

#include "threshold/engine/use/partial.h"

enum {
    THRESHOLD_KEY_MEMBERS_MAX = 128,
};

typedef struct threshold_key {
    const kw_group *group;
    uint32_t n;
    uint32_t t;
    uint64_t epoch;
    kw_group_secret secret; /* f(0) */
    kw_group_g2 master;
    kw_group_secret shares[THRESHOLD_KEY_MEMBERS_MAX]; /* f(j) at j - 1 */
    kw_group_g2 keys[THRESHOLD_KEY_MEMBERS_MAX];
} threshold_key;

/* Shares of a polynomial that follows from `seed`; epoch 1. */
void threshold_key_deal(threshold_key *out, const kw_group *group, uint32_t n, uint32_t t,
                        uint64_t seed);

/* Other shares of the same secret: the next epoch. */
void threshold_key_reshare(threshold_key *out, const threshold_key *from, uint64_t seed);

static inline kw_share_keys threshold_key_keys(const threshold_key *key)
{
    return (kw_share_keys){
        .group = key->group, .epoch = key->epoch, .keys = key->keys, .n = key->n};
}

/* The partial of member j = 1..n. */
kw_partial threshold_key_sign(const threshold_key *key, uint32_t member, const kw_purposed *what);

/* kw_partials_combine with an arena of its own, the result to be looked at. */
KW_MUST_USE kw_status threshold_key_combine(kw_group_g1 *out, const kw_partials *in,
                                            const kw_group_g2 *master);

/* What the undivided key would sign. */
kw_group_g1 threshold_key_whole(const threshold_key *key, const kw_purposed *what);

#endif /* KW_TESTS_SUPPORT_THRESHOLD_KEY_H */
