/* SPDX-License-Identifier: Apache-2.0
 * Operators as processes make a key that none of them has, and pass it on. */
#include "support/committee.h"
#include "support/expect.h"
#include "support/peer_post.h"

#include <stdio.h>

/* The master key that an operator names. */
static void master_of(committee *c, uint32_t at, char out[193])
{
    static const char name[] = "\"masterPublicKey\":\"";
    process_result result = {0};
    assert_int_equal(committee_get(c, at, "/pubkey", &result), 200);
    EXPECT_OK(kw_buf_append_byte(&result.out, '\0'));
    const char *found = strstr((const char *)result.out.ptr, name);
    assert_non_null(found);
    memcpy(out, found + strlen(name), 192);
    out[192] = '\0';
    process_result_drop(&result);
}

static void expect_one_master(committee *c, uint32_t from, uint32_t to)
{
    char first[193];
    char other[193];
    master_of(c, from, first);
    for (uint32_t i = from + 1; i < to; i++) {
        master_of(c, i, other);
        assert_string_equal(first, other);
    }
}

/* Whether an operator lets another in at its peer listener: what it posts is no message. */
static bool lets_in(committee *c, uint32_t at, uint32_t from)
{
    int http = peer_post(c->houses[at], c->houses[from], "peer", "/reshare/hello",
                         kw_span_of_str(KW_STR("[]")));
    assert_true(http == 400 || http == 401);
    return http == 400;
}

static void operators__make_a_key_and_reshape_it(void **state)
{
    (void)state;
    committee_plan plan = {.count = 5, .genesis = 4, .suite = 2, .interval_s = 4};
    committee *c = committee_make(&plan);
    for (uint32_t i = 0; i < plan.count; i++) {
        committee_start(c, i);
    }
    committee_list(c, 0xf);
    for (uint32_t i = 0; i < plan.genesis; i++) {
        (void)committee_wait_epoch(c, i, 1);
    }
    char master[193];
    char later[193];
    expect_one_master(c, 0, 4);
    master_of(c, 0, master);
    committee_list(c, 0x1e); /* the first leaves, the fifth joins */
    (void)committee_wait_epoch(c, 4, 2);
    expect_one_master(c, 1, 5);
    master_of(c, 4, later);
    assert_string_equal(master, later);
    (void)committee_wait_epoch(c, 1, 5);
    assert_false(lets_in(c, 1, 0)); /* though it was there at genesis */
    assert_true(lets_in(c, 1, 4));
    committee_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators__make_a_key_and_reshape_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
