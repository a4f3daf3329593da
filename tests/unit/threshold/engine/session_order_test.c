/* SPDX-License-Identifier: Apache-2.0
 * Sessions in which one member sees messages in an order that a liar would choose. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"
#include "threshold/engine/session_parts.h"

enum {
    VICTIM = 0, /* places in members */
    LIAR = 1,
    LATE = 3,
};

static session_world *open_world(uint8_t suite)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = suite, .n_new = 4, .seed = 5});
    return w;
}

static void close_world(session_world *w)
{
    session_world_drop(w);
    kw_heap_free(w);
}

/* ---- a HELLO that comes when nobody asks for it ---- */
static bool hide_hello(session_world *w, session_parcel *parcel)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, parcel->message.payload));
    return parcel->to != VICTIM + 1 || header.type != KW_MESSAGE_HELLO ||
           !kw_address_equal(&header.sender, &w->members[LIAR].peer.address);
}

static void dealings__that_wait_for_a_hello_are_judged_when_it_comes_unasked(void **state)
{
    (void)state;
    session_world *w = open_world(1);
    w->gate = hide_hello;
    session_world_start_all(w);
    session_world_run(w, session_world_at(4.5));
    kw_session *s = w->members[VICTIM].session;
    const session_deal *deal = session_single_deal(s, w->members[LIAR].new_index);
    assert_non_null(deal);
    assert_int_equal(deal->state, SESSION_DEAL_PROVEN);
    kw_wants_drop_all(&s->wants); /* as at the end of the phase, with the answer under way */
    EXPECT_OK(kw_session_take(s, &w->members[LIAR].own[0], 0, w->now));
    assert_int_equal(deal->state, SESSION_DEAL_SOUND);
    session_world_run(w, session_world_at(30));
    expect_epoch(w, 0);
    close_world(w);
}

/* ---- coverage ---- */
/* The liar deals before the HELLO of one member comes, which is early enough all the same. */
static void run_with_early_deal(session_world *w, double until)
{
    for (size_t i = 0; i < LATE; i++) {
        session_world_start(w, i);
    }
    session_world_run(w, session_world_at(0.1));
    kw_session *liar = w->members[LIAR].session;
    liar->phase = KW_SESSION_DEALINGS;
    session_deal_out(liar, w->now);
    session_world_run(w, session_world_at(0.3));
    session_world_start(w, LATE);
    session_world_run(w, session_world_at(until));
}

static void dealing__that_came_before_an_early_hello_is_not_ok(void **state)
{
    (void)state;
    session_world *w = open_world(1);
    run_with_early_deal(w, 30);
    for (size_t i = 0; i < w->members_count; i++) {
        const kw_session *s = w->members[i].session;
        const kw_letter *letter = session_letter(s, s->self, KW_MESSAGE_ECHO);
        assert_non_null(letter);
        const session_echo *echo = letter->read;
        kw_echo_verdict verdict = echo->echo.entries[w->members[LIAR].new_index - 1].verdict;
        assert_true(i == LIAR || verdict == KW_ECHO_MISSING);
    }
    expect_epoch(w, 0);
    close_world(w);
}

static void hellos__that_were_early_are_known_after_a_restart(void **state)
{
    (void)state;
    session_world *w = open_world(2);
    run_with_early_deal(w, 0.9);
    session_world_crash(w, VICTIM);
    session_world_resume(w, VICTIM);
    const kw_session *s = w->members[VICTIM].session;
    for (uint16_t j = 1; j <= 4; j++) {
        assert_true(s->is_early[session_rank_of(s, j) - 1]);
    }
    session_world_run(w, session_world_at(30));
    expect_epoch(w, 0);
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealings__that_wait_for_a_hello_are_judged_when_it_comes_unasked),
        cmocka_unit_test(dealing__that_came_before_an_early_hello_is_not_ok),
        cmocka_unit_test(hellos__that_were_early_are_known_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
