/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/group/generator.h"

#include "support/expect.h"
#include "support/toy_group.h"

static void pedersen_generator__follows_cluster_and_coin(void **state)
{
    (void)state;
    const kw_group *const groups[] = {&kw_group_bls12_381, &toy_group};
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        const kw_group *g = groups[i];
        kw_hash32 cluster = {{1}};
        kw_hash32 coin = {{0}};
        kw_group_g1 first;
        kw_group_g1 other;
        kw_group_g1 base = g->g1_generator();
        kw_pedersen_generator(&first, g, &cluster, &coin);
        assert_false(g->g1_is_infinity(&first));
        assert_false(g->g1_equal(&first, &base));
        coin.bytes[31] = 1;
        kw_pedersen_generator(&other, g, &cluster, &coin);
        assert_false(g->g1_equal(&first, &other));
        coin.bytes[31] = 0;
        cluster.bytes[0] = 2;
        kw_pedersen_generator(&other, g, &cluster, &coin);
        assert_false(g->g1_equal(&first, &other));
        cluster.bytes[0] = 1;
        kw_pedersen_generator(&other, g, &cluster, &coin);
        assert_true(g->g1_equal(&first, &other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pedersen_generator__follows_cluster_and_coin),
    };
    return cmocka_run_group_tests_name("threshold/engine/generator", tests, NULL, NULL);
}
