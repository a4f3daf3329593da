/* SPDX-License-Identifier: Apache-2.0
 * Whole sessions, from HELLO to a candidate. */
#include "threshold/engine/session/session.h"

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
    static const double downtimes[] = {0, 2.2, 4.4};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        for (unsigned mode = 0; mode < 2 * KW_COUNT(downtimes); mode++) {
            unsigned step = 1;
            while (run_with_crash(&cases[i], step, downtimes[mode / 2], mode % 2 != 0)) {
                step++;
            }
            assert_in_range(step, 20, 60);
        }
    }
}

/* ---- edges ---- */
static void session_begin__refuses_a_setup_that_contradicts_itself(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 1});
    const kw_session_setup good = w->members[0].setup;
    kw_group_secret source = {0};
    kw_session_setup bad[9];
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        bad[i] = good;
    }
    bad[0].fields.kind = KW_SESSION_TOKEN_KEY;
    bad[1].fields.kind = KW_SESSION_RESHARE;
    bad[2].fields.suite = KW_SUITE_TOKEN;
    bad[3].fields.t_new = 2;
    bad[4].fields.roster_new.bytes[0] ^= 1;
    bad[5].source = &source;
    bad[6].self.bytes[0] ^= 1;
    bad[7].quorum.n = 5;
    bad[8].delta_ms = 7;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_session *session = NULL;
        kw_status wanted = i == 0 ? KW_REFUSED : KW_ARG; /* there are no token keys yet */
        EXPECT_STATUS(kw_session_begin(&session, &bad[i], w->now), wanted);
        assert_null(session);
    }
    session_world_drop(w);
    kw_heap_free(w);
}

static void session_begin__tells_failing_randomness_from_a_full_arena(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 1});
    session_member *m = &w->members[0];
    kw_session *session = NULL;
    m->rng.fail_after = 1;
    EXPECT_STATUS(kw_session_begin(&session, &m->setup, w->now), KW_ENTROPY_FAILURE);
    assert_null(session);
    m->rng.fail_after = 0;
    kw_arena small = kw_arena_init(1024);
    m->setup.memory.lasting = &small;
    EXPECT_STATUS(kw_session_begin(&session, &m->setup, w->now), KW_LIMIT);
    assert_null(session);
    kw_arena_drop(&small);
    session_world_drop(w);
    kw_heap_free(w);
}

static void session__takes_only_what_is_addressed_to_it(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 1});
    session_world_start_all(w);
    kw_session *session = w->members[0].session;
    kw_message_header good = {.type = KW_MESSAGE_HELLO,
                              .suite = 2,
                              .cluster_id = w->cluster_id,
                              .epoch = w->fields.epoch,
                              .timestamp = w->fields.timestamp,
                              .sender = w->members[1].peer.address};
    kw_sid(&good.sid, &w->cluster_id, &w->fields);
    assert_true(kw_session_is_addressed(session, &good));
    kw_message_header bad[6];
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        bad[i] = good;
    }
    bad[0].sid.bytes[31] ^= 1;
    bad[1].epoch++;
    bad[2].timestamp--;
    bad[3].attempt = 1;
    bad[4].cluster_id.bytes[0] ^= 1;
    bad[5].type = KW_MESSAGE_SEAL;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        assert_false(kw_session_is_addressed(session, &bad[i]));
    }
    kw_message_header open = good;
    kw_open_id(&open.sid, &good.sid);
    assert_false(kw_session_is_addressed(session, &open));
    open.type = KW_MESSAGE_PREVOTE;
    assert_true(kw_session_is_addressed(session, &open));
    session_world_drop(w);
    kw_heap_free(w);
}

static void session__that_aborted_takes_nothing_more(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 1, .n_new = 2, .seed = 1});
    session_world_start_all(w);
    kw_session *session = w->members[0].session;
    kw_session_action action;
    kw_session_next(session, &action, w->now);
    assert_int_equal(action.act, KW_SESSION_SEND);
    const kw_authenticated hello = action.letters[0]->message;
    uint64_t late = w->members[0].setup.give_up_ms + 1;
    do {
        kw_session_next(session, &action, late);
    } while (action.act != KW_SESSION_ABORTED && action.act != KW_SESSION_IDLE);
    assert_int_equal(action.act, KW_SESSION_ABORTED);
    kw_session_next(session, &action, late);
    assert_int_equal(action.act, KW_SESSION_IDLE);
    EXPECT_STATUS(kw_session_take(session, &hello, 0, late), KW_NOT_FOUND);
    session_world_drop(w);
    kw_heap_free(w);
}

static void session_resume__refuses_a_record_that_is_not_its_own(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 1});
    session_world_start_all(w);
    session_world_run(w, session_world_at(0.1));
    session_member *m = &w->members[0];
    session_world_crash(w, 0);
    const kw_authenticated_list own = {m->own, m->own_count};
    const kw_authenticated_list others = {w->members[1].own, w->members[1].own_count};
    kw_secret_span record = kw_secret_bytes_view(&m->record);
    kw_session *session = NULL;
    for (size_t len = 0; len < record.len; len += 1 + len / 16) {
        kw_secret_span part = kw_secret_span_part(record, 0, len);
        EXPECT_STATUS(kw_session_resume(&session, &m->setup, part, own, w->now), KW_BAD_INPUT);
        kw_arena_reset(&m->lasting);
    }
    EXPECT_STATUS(kw_session_resume(&session, &m->setup, record, others, w->now), KW_BAD_INPUT);
    kw_arena_reset(&m->lasting);
    const kw_authenticated_list nothing = {0};
    EXPECT_STATUS(kw_session_resume(&session, &m->setup, record, nothing, w->now), KW_BAD_INPUT);
    kw_arena_reset(&m->lasting);
    m->setup.fields.attempt++;
    EXPECT_STATUS(kw_session_resume(&session, &m->setup, record, own, w->now), KW_BAD_INPUT);
    session_world_drop(w);
    kw_heap_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__of_feldman_makes_one_key_of_any_size),
        cmocka_unit_test(genesis__of_pedersen_makes_one_key_of_any_size),
        cmocka_unit_test(genesis__works_on_the_group_of_the_product),
        cmocka_unit_test(reshare__keeps_the_key),
        cmocka_unit_test(session__never_signs_twice_wherever_it_restarts),
        cmocka_unit_test(session_begin__refuses_a_setup_that_contradicts_itself),
        cmocka_unit_test(session_begin__tells_failing_randomness_from_a_full_arena),
        cmocka_unit_test(session__takes_only_what_is_addressed_to_it),
        cmocka_unit_test(session__that_aborted_takes_nothing_more),
        cmocka_unit_test(session_resume__refuses_a_record_that_is_not_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
