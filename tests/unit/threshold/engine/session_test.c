/* SPDX-License-Identifier: Apache-2.0
 * Whole sessions, from HELLO to a candidate. */
#include "threshold/engine/session.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"

static void run_well(const session_world_options *options)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(w, options);
    session_world_start_all(w);
    session_world_run(w, session_world_at(0.4));
    expect_epoch(w, 0);
    expect_no_evidence(w);
    session_world_drop(w);
    kw_heap_free(w);
}

static void genesis__of_feldman_makes_one_key_of_any_size(void **state)
{
    (void)state;
    for (uint16_t n = 1; n <= 10; n++) {
        run_well(&(session_world_options){.group = &toy_group, .suite = 1, .n_new = n, .seed = n});
    }
}

static void genesis__of_pedersen_makes_one_key_of_any_size(void **state)
{
    (void)state;
    for (uint16_t n = 1; n <= 10; n++) {
        run_well(&(session_world_options){.group = &toy_group, .suite = 2, .n_new = n, .seed = n});
    }
}

static void genesis__works_on_the_group_of_the_product(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        run_well(&(session_world_options){
            .group = &kw_group_bls12_381, .suite = suite, .n_new = 4, .seed = suite});
    }
}

static void reshare__keeps_the_key(void **state)
{
    (void)state;
    const session_world_options cases[] = {
        {.n_old = 4, .n_new = 4, .shared = 4},                         /* the same roster */
        {.n_old = 4, .n_new = 5, .shared = 4},                         /* one joins */
        {.n_old = 5, .n_new = 4, .shared = 4},                         /* one leaves */
        {.n_old = 4, .n_new = 7, .shared = 0},                         /* nobody stays */
        {.n_old = 7, .n_new = 4, .shared = 1, .t_old = 3, .t_new = 2}, /* other thresholds */
        {.n_old = 1, .n_new = 1, .shared = 1},                         /* alone */
        {.n_old = 1, .n_new = 4, .shared = 1},                         /* no longer alone */
        {.n_old = 3, .n_new = 2, .shared = 1},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        session_world_options options = cases[i];
        options.group = i % 4 == 3 ? &kw_group_bls12_381 : &toy_group;
        options.suite = 1;
        options.seed = i + 1;
        run_well(&options);
    }
}

/* Crashes a member at a step, and lets it come back after so many Delta. False: so many steps there
 * are not. */
static bool run_with_crash(const session_world_options *options, unsigned step, double down,
                           bool is_unsent)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(w, options);
    w->crash_at = step;
    w->crashes_unsent = is_unsent;
    w->resume_at = session_world_at(down);
    session_world_start_all(w);
    session_world_run(w, session_world_at(30));
    bool has_crashed = w->steps >= step;
    if (has_crashed) {
        uint32_t others = ((1U << w->members_count) - 1) & ~(1U << w->crashed);
        expect_epoch(w, others);
        expect_no_evidence(w);
        kw_candidate candidate;
        const session_member *m = &w->members[w->crashed];
        assert_true(kw_session_candidate(m->session, &candidate));
    }
    session_world_drop(w);
    kw_heap_free(w);
    return has_crashed;
}

static void session__never_signs_twice_wherever_it_restarts(void **state)
{
    (void)state;
    const session_world_options cases[] = {
        {.group = &toy_group, .suite = 1, .n_new = 4, .seed = 1},
        {.group = &toy_group, .suite = 2, .n_new = 4, .seed = 2},
        {.group = &toy_group, .suite = 1, .n_old = 4, .n_new = 4, .shared = 3, .seed = 3},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        for (unsigned mode = 0; mode < 6; mode++) {
            unsigned step = 1;
            while (run_with_crash(&cases[i], step, (double)(mode / 2) * 2.2, mode % 2 != 0)) {
                step++;
            }
            assert_in_range(step, 20, 60);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__of_feldman_makes_one_key_of_any_size),
        cmocka_unit_test(genesis__of_pedersen_makes_one_key_of_any_size),
        cmocka_unit_test(genesis__works_on_the_group_of_the_product),
        cmocka_unit_test(reshare__keeps_the_key),
        cmocka_unit_test(session__never_signs_twice_wherever_it_restarts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
