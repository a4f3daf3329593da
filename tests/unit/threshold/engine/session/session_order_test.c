/* SPDX-License-Identifier: Apache-2.0
 * Sessions in which one member sees messages in an order that a liar would choose. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"
#include "threshold/engine/session/session_parts.h"

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

/* ---- third bodies ---- */
/* A body of that type, which cannot be read, or one that the liar has signed with another end. */
static kw_authenticated sign_junk(session_world *w, kw_span good, kw_message_type type,
                                  unsigned number)
{
    KW_AUTO(kw_buf) payload = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append(&payload, good));
    payload.ptr[4] = (uint8_t)type;
    payload.ptr[payload.len - 1] ^= (uint8_t)(1 + number);
    payload.ptr[payload.len - 2] ^= (uint8_t)(number >> 8);
    kw_span copy;
    kw_authenticated message;
    EXPECT_OK(kw_arena_copy_span(&w->arena, &copy, kw_buf_view(&payload)));
    EXPECT_OK(kw_authenticated_make(&message, copy, &w->members[LIAR].setup.signer));
    return message;
}

static uint16_t rank_in(const kw_session *s, const session_world *w, size_t at)
{
    return kw_audience_rank(&s->audience, &w->members[at].peer.address);
}

/* Lists of what is wanted may name anything: also large bodies that nobody can read. */
static void bodies__that_a_liar_names_use_up_what_is_his(void **state)
{
    (void)state;
    enum {
        BODIES = 2000,
        BODY_BYTES = 16384,
    };
    session_world *w = open_world(1);
    session_world_start_all(w);
    kw_session *s = w->members[VICTIM].session;
    uint8_t body[BODY_BYTES] = {0};
    kw_span head = w->members[LIAR].session->mailbox.first[KW_MESSAGE_HELLO]->message.payload;
    memcpy(body, head.ptr, KW_MESSAGE_HEADER_BYTES);
    size_t before = w->members[VICTIM].lasting.used;
    size_t refused = 0;
    for (unsigned i = 0; i < BODIES; i++) {
        const kw_authenticated junk = sign_junk(w, KW_SPAN(body), KW_MESSAGE_ECHO, i);
        session_want(s, &junk.hash, KW_MESSAGE_ECHO, rank_in(s, w, LIAR), w->now);
        kw_status st = kw_session_take(s, &junk, 0, w->now);
        refused += st == KW_LIMIT || st == KW_REFUSED ? 1 : 0;
    }
    assert_in_range(refused, BODIES / 2, BODIES);
    assert_in_range(w->members[VICTIM].lasting.used - before, 0,
                    session_sender_bytes(s) + session_named_bytes(s));
    session_world_run(w, session_world_at(30));
    expect_epoch(w, 0);
    close_world(w);
}

static void third_body__of_another_type_than_named_is_refused(void **state)
{
    (void)state;
    session_world *w = open_world(1);
    session_world_start_all(w);
    kw_session *s = w->members[VICTIM].session;
    kw_span head = w->members[LIAR].session->mailbox.first[KW_MESSAGE_HELLO]->message.payload;
    kw_authenticated junk[4];
    for (unsigned i = 0; i < KW_COUNT(junk); i++) {
        junk[i] = sign_junk(w, head, KW_MESSAGE_HAVE, i);
        kw_status st = kw_session_take(s, &junk[i], 0, w->now);
        KW_UNUSED(st);
    }
    session_want(s, &junk[2].hash, KW_MESSAGE_ECHO, rank_in(s, w, LIAR), w->now);
    session_want(s, &junk[3].hash, KW_MESSAGE_HAVE, rank_in(s, w, LIAR), w->now);
    EXPECT_STATUS(kw_session_take(s, &junk[2], 0, w->now), KW_REFUSED);
    assert_null(kw_mailbox_find(&s->mailbox, &junk[2].hash));
    EXPECT_STATUS(kw_session_take(s, &junk[3], 0, w->now), KW_LENGTH); /* nobody can read it */
    assert_non_null(kw_mailbox_find(&s->mailbox, &junk[3].hash));
    close_world(w);
}

static bool hide_extract(session_world *w, session_parcel *parcel)
{
    KW_UNUSED(w);
    return parcel->to != VICTIM + 1 || parcel->from != LIAR + 1 ||
           parcel->message.payload.ptr[4] != KW_MESSAGE_EXTRACT;
}

static void extract__that_holds_counts_after_any_number_that_do_not(void **state)
{
    (void)state;
    enum {
        VOID_ONES = 200,
    };
    session_world *w = open_world(2);
    w->gate = hide_extract;
    session_world_start_all(w);
    session_world_run(w, session_world_at(0.5));
    kw_session *s = w->members[VICTIM].session;
    assert_int_equal(s->phase, KW_SESSION_EXTRACTS);
    const kw_session *liar = w->members[LIAR].session;
    const kw_letter *good = session_letter(liar, liar->self, KW_MESSAGE_EXTRACT);
    assert_non_null(good);
    size_t used[2] = {0};
    for (unsigned i = 0; i < VOID_ONES; i++) {
        const kw_authenticated other = sign_junk(w, good->message.payload, KW_MESSAGE_EXTRACT, i);
        kw_status st = kw_session_take(s, &other, rank_in(s, w, LIAR), w->now);
        assert_true(i < 2 || st == KW_REFUSED);
        used[i >= 2] = w->members[VICTIM].lasting.used;
    }
    assert_int_equal(used[0], used[1]);
    EXPECT_STATUS(kw_session_take(s, &good->message, rank_in(s, w, LATE), w->now), KW_CONFLICT);
    assert_non_null(s->dealers[w->members[LIAR].new_index - 1].a);
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
        cmocka_unit_test(bodies__that_a_liar_names_use_up_what_is_his),
        cmocka_unit_test(third_body__of_another_type_than_named_is_refused),
        cmocka_unit_test(extract__that_holds_counts_after_any_number_that_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
