/* SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_member.h"

#include "support/expect.h"

static void member_of__tells_who_is_down_from_who_refuses(void **state)
{
    KW_UNUSED(state);
    static const struct {
        kw_status st;
        kw_client_standing standing;
    } rows[] = {
        {KW_OK, KW_CLIENT_GOOD},
        {KW_NETWORK, KW_CLIENT_DOWN},
        {KW_TIMED_OUT, KW_CLIENT_DOWN},
        {KW_PEER_REFUSED, KW_CLIENT_DOWN},
        {KW_FORBIDDEN, KW_CLIENT_REFUSING},
        {KW_NOT_FOUND, KW_CLIENT_REFUSING},
        {KW_UNAVAILABLE, KW_CLIENT_REFUSING},
        {KW_LIMIT, KW_CLIENT_REFUSING},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_client_answer answer = {.st = rows[i].st, .took_ms = 7};
        kw_client_member member = kw_client_member_of(&answer);
        assert_int_equal(member.standing, rows[i].standing);
        EXPECT_STATUS(member.st, rows[i].st);
        assert_int_equal(member.took_ms, 7);
    }
}

#define GOOD                       \
    {                              \
        .standing = KW_CLIENT_GOOD \
    }
#define SLOW                       \
    {                              \
        .standing = KW_CLIENT_SLOW \
    }
#define DOWN                                         \
    {                                                \
        .standing = KW_CLIENT_DOWN, .st = KW_NETWORK \
    }
#define FORBIDDEN                                          \
    {                                                      \
        .standing = KW_CLIENT_REFUSING, .st = KW_FORBIDDEN \
    }
#define UNKNOWN                                            \
    {                                                      \
        .standing = KW_CLIENT_REFUSING, .st = KW_NOT_FOUND \
    }
#define LYING                                           \
    {                                                   \
        .standing = KW_CLIENT_LYING, .st = KW_BAD_INPUT \
    }
#define BEHIND                                         \
    {                                                  \
        .standing = KW_CLIENT_BEHIND, .st = KW_REFUSED \
    }

static void members_fail__says_what_most_say(void **state)
{
    KW_UNUSED(state);
    static const struct {
        kw_client_member members[4];
        kw_status wanted;
    } rows[] = {
        {{FORBIDDEN, FORBIDDEN, DOWN, GOOD}, KW_FORBIDDEN},
        {{UNKNOWN, DOWN, DOWN, GOOD}, KW_UNAVAILABLE},
        {{UNKNOWN, FORBIDDEN, UNKNOWN, LYING}, KW_NOT_FOUND},
        {{LYING, LYING, FORBIDDEN, GOOD}, KW_UNAVAILABLE},
        {{BEHIND, BEHIND, FORBIDDEN, GOOD}, KW_REFUSED},
        {{SLOW, SLOW, SLOW, FORBIDDEN}, KW_FORBIDDEN},
        {{GOOD, GOOD, SLOW, SLOW}, KW_UNAVAILABLE},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_error err = {0};
        EXPECT_STATUS(kw_client_members_fail(rows[i].members, 4, 1, &err), rows[i].wanted);
        assert_int_equal(err.status, rows[i].wanted);
        assert_non_null(strstr(err.text, "their part of the key: 1 of 4"));
    }
}

static void members_fail__says_what_to_look_at(void **state)
{
    KW_UNUSED(state);
    static const struct {
        kw_client_member member;
        const char *wanted;
    } rows[] = {
        {BEHIND, "1 of 1; others are behind: a later epoch than theirs was seen before"},
        {UNKNOWN, "1 of 1; they do not know the application"},
        {FORBIDDEN, "1 of 1; the application's policy does not give it to this caller"},
        {{.standing = KW_CLIENT_REFUSING, .st = KW_REFUSED},
         "1 of 1; the application's uses are spent"},
        {{.standing = KW_CLIENT_REFUSING, .st = KW_UNAVAILABLE},
         "1 of 1; they have no share yet: wait for the next epoch, see `keyward cluster status`"},
        {{.standing = KW_CLIENT_REFUSING, .st = KW_BUSY}, "1 of 1; they are overloaded: try again"},
        {{.standing = KW_CLIENT_LYING, .st = KW_REFUSED}, "their part of the key: 1 of 1"},
        {DOWN, "their part of the key: 1 of 1"},
        {{.standing = KW_CLIENT_DOWN, .st = KW_PEER_REFUSED},
         "1 of 1; their certificates are of no authority that we were given, or they are none"},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_error err = {0};
        EXPECT_STATUS(kw_client_members_fail(&rows[i].member, 1, 1, &err),
                      rows[i].member.standing == KW_CLIENT_REFUSING ||
                              rows[i].member.standing == KW_CLIENT_BEHIND
                          ? rows[i].member.st
                          : KW_UNAVAILABLE);
        assert_true(kw_str_ends_with(kw_str_of(err.text), kw_str_of(rows[i].wanted)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(member_of__tells_who_is_down_from_who_refuses),
        cmocka_unit_test(members_fail__says_what_most_say),
        cmocka_unit_test(members_fail__says_what_to_look_at),
    };
    return cmocka_run_group_tests_name("client/threshold_member", tests, NULL, NULL);
}
