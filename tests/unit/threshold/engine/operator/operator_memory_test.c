/* SPDX-License-Identifier: Apache-2.0
 * Sums of maxima; what operators really take is measured in tests/sim/budget_test.c. */
#include "threshold/engine/operator/operator_memory.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/toy_group.h"

enum {
    MIB = 1 << 20,
    EPOCH_S = 1800000000,
    INTERVAL_S = 240,
};

static kw_operator_memory memory_of(uint16_t n)
{
    kw_quorum quorum;
    kw_operator_memory memory;
    EXPECT_OK(kw_quorum_of(&quorum, n, KW_THRESHOLD_RATIO_DEFAULT));
    kw_operator_memory_of(&memory, &quorum);
    return memory;
}

/* A cluster of seven takes what fits a small machine, and one member of it little of that. */
static void memory__of_a_small_cluster_is_small(void **state)
{
    (void)state;
    const kw_operator_memory seven = memory_of(7);
    assert_in_range(seven.all, MIB, 340 * MIB);
    assert_in_range(seven.member, MIB, 15 * MIB);
}

static void memory__grows_with_rosters(void **state)
{
    (void)state;
    kw_operator_memory less = memory_of(1);
    for (uint16_t n = 2; n <= KW_THRESHOLD_MEMBERS_MAX; n *= 2) {
        const kw_operator_memory more = memory_of(n);
        assert_true(more.session > less.session && more.handover > less.handover);
        assert_true(more.member > less.member && more.all > less.all);
        assert_int_equal(more.work, less.work);
        assert_int_equal(more.epochs, less.epochs);
        less = more;
    }
}

/* All members together cause less than what a session and a handover may take. */
static void memory__has_room_for_every_member(void **state)
{
    (void)state;
    for (uint16_t n = 1; n <= KW_THRESHOLD_MEMBERS_MAX; n *= 2) {
        const kw_operator_memory m = memory_of(n);
        assert_true(n * m.member <= KW_OPERATOR_SESSIONS_MAX * m.session + m.handover);
    }
}

/* Two rosters of 512, and an operator that has nothing but the certificate of the first. */
typedef struct desk {
    kw_arena arena;
    peer *peers;
    kw_roster rosters[2];
    seeded_rng seeded;
    kw_rng rng;
    kw_operator *op;
} desk;

static void open_desk(desk *d)
{
    const uint16_t n = KW_THRESHOLD_MEMBERS_MAX;
    *d = (desk){.arena = kw_arena_init(8 * MIB), .seeded = {.seed = 7}};
    d->peers = kw_arena_new(&d->arena, 2 * (size_t)n, sizeof *d->peers);
    d->op = kw_heap_new(1, sizeof *d->op);
    assert_true(d->peers != NULL && d->op != NULL);
    for (uint16_t i = 0; i < 2 * n; i++) {
        peer_make(&d->peers[i], i, PEER_ED25519);
    }
    d->rosters[0] = peers_roster(d->peers, n, &d->arena);
    d->rosters[1] = peers_roster(&d->peers[n], n, &d->arena);
    d->rng = seeded_rng_port(&d->seeded);
    const kw_operator_setup setup = {
        .group = &toy_group,
        .schemes = &peer_schemes_test,
        .config = {.suite = KW_SUITE_PEDERSEN,
                   .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                   .interval_s = INTERVAL_S,
                   .reshare_every = 1,
                   .delta_ms = 1000,
                   .genesis_roster = d->rosters[0].hash},
        .self = d->peers[n].address,
        .keys = {{peer_own_key(&d->peers[n], d->peers[n].signer)}},
        .rng = &d->rng,
        .verifier = kw_peer_verifier_of(&d->rng),
    };
    EXPECT_OK(kw_operator_init(d->op, &setup));
}

static void know_epoch(desk *d, const kw_group_g2 *polynomial, uint16_t t)
{
    kw_operator *op = d->op;
    op->epochs.rows[op->epochs.count++] = (kw_epoch_row){.epoch = 1, .state = KW_EPOCH_ACTIVE};
    op->eras[op->eras_count++] = (kw_operator_era){
        .certificate.candidate.fields.timestamp = EPOCH_S,
        .head = {.cluster_id = op->cluster_id,
                 .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                 .epoch = 1,
                 .roster = &d->rosters[0],
                 .t = t,
                 .polynomial = polynomial},
    };
}

/* Both rosters, and the polynomial, are copied before the session's own arena is measured. */
static void begin__has_room_for_the_largest_rosters(void **state)
{
    (void)state;
    static const kw_group_g2 polynomial[KW_THRESHOLD_MEMBERS_MAX];
    kw_quorum quorum;
    EXPECT_OK(kw_quorum_of(&quorum, KW_THRESHOLD_MEMBERS_MAX, KW_THRESHOLD_RATIO_DEFAULT));
    desk d;
    open_desk(&d);
    know_epoch(&d, polynomial, quorum.t);
    const kw_operator_boundary next = {.timestamp = EPOCH_S + INTERVAL_S, .roster = &d.rosters[1]};
    EXPECT_OK(kw_operator_begin(d.op, &next, UINT64_C(1000) * next.timestamp));
    assert_non_null(d.op->slots[0].session);
    kw_operator_drop(d.op);
    kw_heap_free(d.op);
    kw_arena_drop(&d.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__of_a_small_cluster_is_small),
        cmocka_unit_test(memory__grows_with_rosters),
        cmocka_unit_test(memory__has_room_for_every_member),
        cmocka_unit_test(begin__has_room_for_the_largest_rosters),
    };
    return cmocka_run_group_tests_name("threshold/engine/operator_memory", tests, NULL, NULL);
}
