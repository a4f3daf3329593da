/* SPDX-License-Identifier: Apache-2.0
 * Sessions with members that are down and messages that are lost. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/random_source.h"
#include "support/session_world.h"
#include "support/toy_group.h"
#include "threshold/engine/session/session_parts.h"

/* As many members down as are tolerated. */
static void run_with_dead(session_world_options options, uint32_t dead)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(w, &options);
    for (size_t i = 0; i < w->members_count; i++) {
        if ((dead >> i & 1) == 0) {
            session_world_start(w, i);
        }
    }
    session_world_run(w, session_world_at(30));
    expect_epoch(w, ((1U << w->members_count) - 1) & ~dead);
    expect_no_evidence(w);
    session_world_drop(w);
    kw_heap_free(w);
}

static void session__completes_with_f_members_down(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        for (uint32_t at = 0; at < 4; at++) {
            run_with_dead(
                (session_world_options){
                    .group = &toy_group, .suite = suite, .n_new = 4, .seed = 7 + at},
                1U << at);
        }
        run_with_dead(
            (session_world_options){.group = &toy_group, .suite = suite, .n_new = 7, .seed = 3},
            1U << 2 | 1U << 5);
        run_with_dead(
            (session_world_options){.group = &toy_group, .suite = suite, .n_new = 10, .seed = 4},
            1U << 0 | 1U << 1 | 1U << 9);
    }
}

static void reshare__needs_t_old_dealers_and_a_quorum_of_new_members(void **state)
{
    (void)state;
    /* t_old of 4 is 3: one old member may be down, and one of the four new ones. */
    const session_world_options options = {
        .group = &toy_group, .suite = 1, .n_old = 4, .n_new = 4, .shared = 0, .seed = 5};
    run_with_dead(options, 1U << 0 | 1U << 7);
    run_with_dead(options, 1U << 3);
    /* n = 3 tolerates no fault when it is made, but replaces a dead member. */
    run_with_dead(
        (session_world_options){
            .group = &toy_group, .suite = 1, .n_old = 3, .n_new = 3, .shared = 2, .seed = 6},
        1U << 0);
}

static void session__that_cannot_finish_aborts_and_says_so_once(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 1});
    session_world_start(w, 0);
    session_world_start(w, 1);
    session_world_run(w, session_world_at(39));
    assert_false(w->members[0].has_aborted);
    session_world_run(w, session_world_at(41));
    for (size_t i = 0; i < 2; i++) {
        session_member *m = &w->members[i];
        assert_true(m->has_aborted);
        assert_int_equal(m->session->phase, KW_SESSION_ENDED);
        assert_null(kw_session_share(m->session));
        assert_int_equal(kw_session_wake_at(m->session), KW_SESSION_NEVER);
        kw_session_action action;
        kw_session_next(m->session, &action, session_world_at(50));
        assert_int_equal(action.act, KW_SESSION_IDLE);
    }
    session_world_drop(w);
    kw_heap_free(w);
}

/* ---- losses ---- */
typedef struct losses {
    random_source random;
    uint32_t percent;
    uint64_t until_ms;
    kw_message_type only; /* 0: of any type */
} losses;

static bool lose(session_world *w, session_parcel *parcel)
{
    losses *l = w->gate_ctx;
    uint8_t type = parcel->message.payload.ptr[4];
    bool is_at_risk = w->now < l->until_ms && (l->only == 0 || l->only == type);
    return !is_at_risk || random_below(&l->random, 100) >= l->percent;
}

static void run_with_losses(const session_world_options *options, losses *l)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(w, options);
    w->gate = lose;
    w->gate_ctx = l;
    session_world_start_all(w);
    session_world_run(w, session_world_at(39));
    expect_epoch(w, 0);
    expect_no_evidence(w);
    session_world_drop(w);
    kw_heap_free(w);
}

static void messages__of_any_type_that_are_lost_are_got_from_others(void **state)
{
    (void)state;
    for (unsigned type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_COMMIT; type++) {
        for (uint64_t seed = 0; seed < 6; seed++) {
            losses l = {.random = {.state = seed},
                        .percent =
                            type == KW_MESSAGE_HELLO ? 10 : 30, /* who misses one cannot deal */
                        .until_ms = session_world_at(20),
                        .only = (kw_message_type)type};
            const session_world_options options = {
                .group = &toy_group, .suite = 2, .n_new = 5, .seed = 1 + seed};
            run_with_losses(&options, &l);
        }
    }
}

/* No vote arrives, so nobody comes further; counts the HELLOs that one shows another again. */
static bool count_hellos(session_world *w, session_parcel *parcel)
{
    unsigned *count = w->gate_ctx;
    uint8_t type = parcel->message.payload.ptr[4];
    *count += type == KW_MESSAGE_HELLO && parcel->from == 1 && parcel->to == 2 &&
              w->now >= session_world_at(7);
    return type != KW_MESSAGE_PREVOTE;
}

static void session__that_waits_asks_less_and_less_often(void **state)
{
    (void)state;
    unsigned count = 0;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 1, .n_new = 4, .seed = 1});
    w->gate = count_hellos;
    w->gate_ctx = &count;
    session_world_start_all(w);
    session_world_run(w, session_world_at(39));
    assert_in_range(count, 2, 3); /* at most each 16 Delta, in the end */
    session_world_drop(w);
    kw_heap_free(w);
}

static void messages__that_are_lost_all_the_time_only_cost_time(void **state)
{
    (void)state;
    random_source seeds = random_new("losses");
    for (unsigned run = 0; run < 24; run++) {
        losses l = {.random = {.state = random_u64(&seeds)},
                    .percent = 10,
                    .until_ms = session_world_at(30)};
        const session_world_options options = {.group = &toy_group,
                                               .suite = (uint8_t)(1 + run % 2),
                                               .n_new = (uint16_t)(4 + run % 5),
                                               .seed = 1 + run};
        run_with_losses(&options, &l);
    }
}

/* The first member's EXTRACT reaches nobody, so that its dealing is opened. */
static bool lose_extract(session_world *w, session_parcel *parcel)
{
    (void)w;
    return parcel->from != 1 || parcel->message.payload.ptr[4] != KW_MESSAGE_EXTRACT;
}

/* A member crashes at that step; false: so many there are not. */
static bool run_opening_with_crash(unsigned step)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 9});
    w->gate = lose_extract;
    w->crash_at = step;
    w->resume_at = session_world_at(0);
    session_world_start_all(w);
    session_world_run(w, session_world_at(30));
    bool has_crashed = w->steps >= step;
    expect_epoch(w, 0);
    expect_no_evidence(w);
    session_world_drop(w);
    kw_heap_free(w);
    return has_crashed;
}

/* The pitfall: a member whose record knew of the opening, but had to pull the dealer set again,
 * wanted to be woken at once, for ever. */
static void restart__while_dealers_are_opened_waits_for_the_set(void **state)
{
    (void)state;
    unsigned step = 1;
    while (run_opening_with_crash(step)) {
        step++;
    }
    assert_in_range(step, 40, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session__completes_with_f_members_down),
        cmocka_unit_test(reshare__needs_t_old_dealers_and_a_quorum_of_new_members),
        cmocka_unit_test(session__that_cannot_finish_aborts_and_says_so_once),
        cmocka_unit_test(messages__of_any_type_that_are_lost_are_got_from_others),
        cmocka_unit_test(session__that_waits_asks_less_and_less_often),
        cmocka_unit_test(messages__that_are_lost_all_the_time_only_cost_time),
        cmocka_unit_test(restart__while_dealers_are_opened_waits_for_the_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
