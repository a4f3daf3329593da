/* SPDX-License-Identifier: Apache-2.0
 * Every allocation under a verdict fails once: there is then no verdict, and never another one. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/toy_group.h"

enum {
    TRIES_MAX = 100,
};

static const kw_candidate_form form = {&toy_group, &kw_peer_schemes_all};
static fraud_desk genesis;
static fraud_desk reshare;

static int set_up(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&genesis, &toy_group, KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
    fraud_desk_open(&reshare, &toy_group, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    fraud_desk_close(&genesis);
    fraud_desk_close(&reshare);
    return 0;
}

static kw_status judge(kw_fraud_reason *out, kw_span wire)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_file file;
    kw_fraud_verdict verdict;
    kw_error err = {.status = KW_OK};
    KW_TRY(kw_fraud_file_decode(&file, &arena, wire, form.schemes, &err));
    KW_TRY(kw_fraud_judge(&verdict, &arena, &file, &form));
    *out = verdict.reason;
    return KW_OK;
}

static void expect_no_other_verdict(const kw_fraud_file *file, kw_fraud_reason wanted)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, file);
    kw_status st = KW_LIMIT;
    size_t failures = 0;
    for (size_t k = 1; k < TRIES_MAX && st != KW_OK; k++) {
        kw_fraud_reason reason = KW_FRAUD_UNDECIDED;
        kw_heap_fail_at(k);
        st = judge(&reason, kw_buf_view(&wire));
        kw_heap_fail_at(0);
        if (st == KW_OK) {
            assert_int_equal(reason, wanted);
        } else {
            EXPECT_STATUS(st, KW_LIMIT);
            failures++;
        }
    }
    EXPECT_OK(st);
    assert_in_range(failures, 1, TRIES_MAX);
}

static void judge__gives_one_verdict_or_none(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_complain(&genesis, KW_FRAUD_COMPLAINT);
    expect_no_other_verdict(&file, KW_FRAUD_COMPLAINT_FALSE);
    file.kind = KW_FRAUD_SHARE;
    expect_no_other_verdict(&file, KW_FRAUD_SHARE_GOOD);
    file = fraud_desk_vote_twice(&genesis);
    expect_no_other_verdict(&file, KW_FRAUD_TWO_BODIES);
    file = fraud_desk_extract(&genesis, true);
    expect_no_other_verdict(&file, KW_FRAUD_EXTRACT_GOOD);
    file = fraud_desk_extract(&genesis, false);
    expect_no_other_verdict(&file, KW_FRAUD_EXTRACT_BAD);
    file = fraud_desk_source(&reshare, true);
    expect_no_other_verdict(&file, KW_FRAUD_SOURCE_RIGHT);
    file = fraud_desk_source(&reshare, false);
    expect_no_other_verdict(&file, KW_FRAUD_SOURCE_WRONG);
}

static void prove__files_all_or_fails(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_source(&reshare, false);
    KW_AUTO(kw_buf) wanted = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wanted, &file);
    kw_status st = KW_NO_MEMORY;
    size_t failures = 0;
    for (size_t k = 1; k < TRIES_MAX && st != KW_OK; k++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
        KW_AUTO(kw_buf) out = kw_buf_init(FRAUD_DESK_ROOM);
        kw_heap_fail_at(k);
        st = kw_fraud_prove(&out, &arena, &file, &form);
        kw_heap_fail_at(0);
        if (st == KW_OK) {
            EXPECT_SPAN(kw_buf_view(&out), kw_buf_view(&wanted));
        } else {
            assert_true(st == KW_LIMIT || st == KW_NO_MEMORY);
            failures++;
        }
    }
    EXPECT_OK(st);
    assert_in_range(failures, 2, TRIES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judge__gives_one_verdict_or_none),
        cmocka_unit_test(prove__files_all_or_fails),
    };
    return cmocka_run_group_tests_name("fault/threshold/fraud", tests, set_up, tear_down);
}
