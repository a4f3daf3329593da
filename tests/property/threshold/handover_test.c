/* SPDX-License-Identifier: Apache-2.0
 * Handovers under random weather, with crashes, f faulty voters, new members that look on, and up
 * to three sessions of one epoch that all ended: one certificate, and everybody gets it. */
#include "support/expect.h"
#include "support/handover_world.h"

enum {
    RUNS = 40,
};

static epoch_desk desk;
static desk_epoch genesis[3]; /* three attempts at the first epoch */
static desk_epoch second[3];  /* to the same members, to others, to nobody that was there */
static desk_epoch large;
static desk_epoch large_next[2];
static desk_epoch alone;
static desk_epoch alone_next;

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    for (uint32_t k = 0; k < 3; k++) {
        epoch_desk_make(&desk, &genesis[k], NULL, (desk_plan){1, 4, k});
    }
    epoch_desk_make(&desk, &second[0], &genesis[0], (desk_plan){1, 4, 0});
    epoch_desk_make(&desk, &second[1], &genesis[0], (desk_plan){2, 5, 1});
    epoch_desk_make(&desk, &second[2], &genesis[0], (desk_plan){20, 4, 2});
    epoch_desk_make(&desk, &large, NULL, (desk_plan){30, 7, 0});
    epoch_desk_make(&desk, &large_next[0], &large, (desk_plan){31, 7, 0});
    epoch_desk_make(&desk, &large_next[1], &large, (desk_plan){33, 4, 1});
    epoch_desk_make(&desk, &alone, NULL, (desk_plan){40, 1, 0});
    epoch_desk_make(&desk, &alone_next, &alone, (desk_plan){41, 2, 0});
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    epoch_desk_close(&desk);
    return 0;
}

static void run_all(const handover_world_options *options, const char *name)
{
    random_source random = random_new(name);
    uint32_t evidence = 0;
    uint32_t adopted = 0;
    for (uint32_t run = 0; run < RUNS; run++) {
        uint64_t seed = random.state;
        handover_world_outcome got = handover_world_run(options, seed);
        if (got.violation != NULL) {
            fail_msg("%s: KW_TEST_SEED=%llu", got.violation, (unsigned long long)seed);
        }
        evidence += got.evidence;
        adopted += got.adopted;
        (void)random_u64(&random);
    }
    print_message("%u equivocations reported, %u certificates fetched\n", evidence, adopted);
}

static void calm__everybody_certifies_by_itself(void **state)
{
    (void)state;
    const desk_epoch *all[] = {&genesis[0],    &second[0], &second[1], &second[2],
                               &large_next[0], &alone,     &alone_next};
    static const uint16_t members[] = {4, 4, 6, 8, 8, 1, 3};
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        const handover_world_options options = {
            .desk = &desk, .candidates = {all[i]}, .candidates_count = 1, .is_calm = true};
        handover_world_outcome got = handover_world_run(&options, i);
        if (got.violation != NULL) {
            fail_msg("%zu: %s", i, got.violation);
        }
        assert_int_equal(got.certified, members[i]);
        assert_int_equal(got.adopted, 0);
        assert_int_equal(got.evidence, 0);
        assert_memory_equal(got.hash.bytes, all[i]->certificate.hash.bytes, sizeof got.hash);
    }
}

static void genesis__two_sessions_that_both_end_give_one_certificate(void **state)
{
    (void)state;
    const handover_world_options options = {.desk = &desk,
                                            .candidates = {&genesis[0], &genesis[1], &genesis[2]},
                                            .candidates_count = 3};
    run_all(&options, "handover of genesis");
}

static void reshare__two_sessions_across_a_boundary_give_one_certificate(void **state)
{
    (void)state;
    const handover_world_options options = {
        .desk = &desk, .candidates = {&second[0], &second[1], &second[2]}, .candidates_count = 3};
    run_all(&options, "handover of reshare");
}

static void reshare__of_seven_with_two_faulty(void **state)
{
    (void)state;
    const handover_world_options options = {
        .desk = &desk, .candidates = {&large_next[0], &large_next[1]}, .candidates_count = 2};
    run_all(&options, "handover of seven");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calm__everybody_certifies_by_itself),
        cmocka_unit_test(genesis__two_sessions_that_both_end_give_one_certificate),
        cmocka_unit_test(reshare__two_sessions_across_a_boundary_give_one_certificate),
        cmocka_unit_test(reshare__of_seven_with_two_faulty),
    };
    return cmocka_run_group_tests_name("threshold/handover", tests, open_desk, close_desk);
}
