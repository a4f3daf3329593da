/* SPDX-License-Identifier: Apache-2.0
 * A member that was cut off, among others that have all started again, and one that is gone. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"
#include "threshold/engine/session/session_parts.h"

enum {
    MEMBERS = 4,
    GONE = 2, /* its messages are with the others only */
    CUT_OFF = 3,
    BACK_AT = 20, /* in Delta */
    END_AT = 60,
};

/* All HELLOs arrive, and then nothing of it and nothing for it. */
static bool cut_off(session_world *w, session_parcel *parcel)
{
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, parcel->message.payload));
    bool is_concerned = parcel->from == CUT_OFF + 1 || parcel->to == CUT_OFF + 1;
    return !is_concerned || header.type == KW_MESSAGE_HELLO || w->now >= session_world_at(BACK_AT);
}

static session_world *open_world(uint8_t suite)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    assert_non_null(w);
    const session_world_options genesis = {
        .group = &toy_group, .suite = suite, .n_new = MEMBERS, .seed = 31};
    const session_world_options reshare = {.group = &toy_group,
                                           .suite = KW_SUITE_FELDMAN,
                                           .n_old = MEMBERS,
                                           .n_new = MEMBERS,
                                           .shared = MEMBERS,
                                           .seed = 32};
    session_world_open(w, suite == 0 ? &reshare : &genesis);
    w->gate = cut_off;
    for (size_t i = 0; i < w->members_count; i++) {
        w->members[i].setup.give_up_ms = KW_SESSION_NEVER;
    }
    session_world_start_all(w);
    session_world_run(w, session_world_at(BACK_AT) - 1);
    expect_epoch(w, (1U << CUT_OFF) - 1);
    assert_null(kw_session_share(w->members[CUT_OFF].session));
    return w;
}

static void close_world(session_world *w)
{
    session_world_drop(w);
    kw_heap_free(w);
}

static void start_again(session_world *w)
{
    for (size_t i = 0; i < CUT_OFF; i++) {
        session_world_crash(w, i);
        if (i != GONE) {
            session_world_resume(w, i);
        }
    }
    w->now = session_world_at(BACK_AT);
    session_world_run(w, session_world_at(END_AT));
}

/* Suites, and 0 for a reshare. */
static void share__is_had_long_after_from_members_that_started_again(void **state)
{
    (void)state;
    for (uint8_t suite = 0; suite <= 2; suite++) {
        session_world *w = open_world(suite);
        start_again(w);
        assert_non_null(kw_session_share(w->members[CUT_OFF].session));
        expect_epoch(w, 1U << 0 | 1U << 1 | 1U << CUT_OFF);
        expect_no_evidence(w);
        close_world(w);
    }
}

/* What the others kept of the one that is gone is what it takes. */
static void share__is_not_had_when_they_kept_nothing(void **state)
{
    (void)state;
    session_world *w = open_world(KW_SUITE_PEDERSEN);
    for (size_t i = 0; i < CUT_OFF; i++) {
        w->members[i].kept_count = 0;
    }
    start_again(w);
    assert_null(kw_session_share(w->members[CUT_OFF].session));
    close_world(w);
}

static size_t count_kept(const session_member *m, kw_message_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < m->kept_count; i++) {
        kw_message_header header;
        EXPECT_OK(kw_message_header_decode(&header, m->kept[i].payload));
        assert_false(kw_address_equal(&header.sender, &m->setup.self));
        count += header.type == type ? 1 : 0;
    }
    return count;
}

/* Once, and of D alone; after a restart no more. */
static void keep__has_what_the_others_said_once(void **state)
{
    (void)state;
    session_world *w = open_world(KW_SUITE_PEDERSEN);
    for (size_t i = 0; i < CUT_OFF; i++) {
        const session_member *m = &w->members[i];
        assert_int_equal(count_kept(m, KW_MESSAGE_HELLO), MEMBERS - 1);
        assert_int_equal(count_kept(m, KW_MESSAGE_DEAL), 2);
        assert_int_equal(count_kept(m, KW_MESSAGE_SHARES), 2);
        assert_int_equal(count_kept(m, KW_MESSAGE_ECHO), 2);
        assert_int_equal(count_kept(m, KW_MESSAGE_EXTRACT), 2);
        assert_int_equal(m->kept_count, MEMBERS - 1 + 8);
    }
    session_member *m = &w->members[0];
    assert_true(kw_session_has_no_secrets(m->session));
    kw_secret_bytes_drop(&m->record);
    m->record = kw_secret_bytes_init(1 << 20);
    EXPECT_OK(kw_session_save(m->session, &m->record));
    session_world_crash(w, 0);
    session_world_resume(w, 0);
    session_world_run(w, session_world_at(BACK_AT) - 1);
    assert_int_equal(m->kept_count, MEMBERS - 1 + 8);
    assert_int_equal(m->session->phase, KW_SESSION_COMMITS);
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share__is_had_long_after_from_members_that_started_again),
        cmocka_unit_test(share__is_not_had_when_they_kept_nothing),
        cmocka_unit_test(keep__has_what_the_others_said_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
