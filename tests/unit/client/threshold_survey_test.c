/* SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_survey.h"

#include "support/client_desk.h"
#include "support/expect.h"

#define NONE_YET "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n"

static client_desk desk;
static kw_client_survey found;

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    kw_client_survey_drop(&found);
    client_desk_close(&desk);
    return 0;
}

/* Starts a member that shows a file. */
static void show(uint16_t index, kw_span file)
{
    client_desk_start(&desk, index, &(tls_peer_script){{CLIENT_DESK_OK}, 1});
    tls_peer_append(desk.peers[index - 1], 0, file);
}

static void survey(const char *cluster_file, uint64_t epoch)
{
    kw_client_survey_drop(&found);
    found = (kw_client_survey){.is_split = false};
    client_desk_call(&desk, cluster_file, 0);
    EXPECT_OK(kw_client_survey_run(&found, &desk.cluster, desk.calls, epoch, NULL));
}

static void expect_member(uint16_t index, kw_client_standing standing, kw_status st, uint64_t epoch)
{
    const kw_client_member *member = &found.members[index - 1];
    assert_int_equal(member->standing, standing);
    EXPECT_STATUS(member->st, st);
    assert_int_equal(member->epoch, epoch);
}

static void survey__keeps_the_newest_and_tells_who_did_what(void **state)
{
    KW_UNUSED(state);
    kw_span forged = {desk.second_file.ptr, desk.second_file.len - 1};
    show(1, kw_buf_view(&desk.first_file));
    show(2, kw_buf_view(&desk.second_file));
    show(3, forged);
    survey("pinned.json", 0);
    expect_member(1, KW_CLIENT_GOOD, KW_OK, 1);
    expect_member(2, KW_CLIENT_GOOD, KW_OK, 2);
    expect_member(3, KW_CLIENT_LYING, KW_BAD_INPUT, 0);
    expect_member(4, KW_CLIENT_DOWN, KW_NETWORK, 0);
    EXPECT_SPAN(found.newest.file, kw_buf_view(&desk.second_file));
    assert_int_equal(found.newest.trust, KW_CLIENT_TRUST_PIN);
    assert_false(found.is_split);
}

static void survey__asks_for_one_epoch_and_takes_no_other(void **state)
{
    KW_UNUSED(state);
    show(1, kw_buf_view(&desk.first_file));
    show(2, kw_buf_view(&desk.second_file));
    client_desk_start(&desk, 3, &(tls_peer_script){{NONE_YET}, 1});
    survey("pinned.json", 1);
    expect_member(1, KW_CLIENT_GOOD, KW_OK, 1);
    expect_member(2, KW_CLIENT_LYING, KW_REFUSED, 0);
    expect_member(3, KW_CLIENT_REFUSING, KW_NOT_FOUND, 0);
    EXPECT_SPAN(found.newest.file, kw_buf_view(&desk.first_file));
    kw_str sent = tls_peer_requests(desk.peers[0]);
    assert_true(kw_str_starts_with(sent, KW_STR("GET /epoch/1 HTTP/1.1\r\n")));
}

/* Another key of the same operators: under no pin, nobody can tell which is right. */
static void survey__sees_that_operators_name_different_keys(void **state)
{
    KW_UNUSED(state);
    static epoch_desk other;
    static desk_epoch epoch;
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    epoch_desk_open(&other, &kw_group_bls12_381, KW_PEER_ECDSA);
    other.cluster_id = desk.epochs.cluster_id;
    other.seeded.seed = 99;
    epoch_desk_make(&other, &epoch, NULL, (desk_plan){1, CLIENT_DESK_MEMBERS, 0});
    EXPECT_OK(kw_certificate_encode(&file, &epoch.certificate, &kw_group_bls12_381));
    show(1, kw_buf_view(&desk.first_file));
    show(2, kw_buf_view(&file));
    survey("cluster.json", 0);
    expect_member(1, KW_CLIENT_GOOD, KW_OK, 1);
    expect_member(2, KW_CLIENT_GOOD, KW_OK, 1);
    assert_true(found.is_split);
    survey("pinned.json", 0);
    expect_member(2, KW_CLIENT_LYING, KW_REFUSED, 0);
    assert_false(found.is_split);
    epoch_desk_close(&other);
}

static void survey__is_empty_where_nobody_answers(void **state)
{
    KW_UNUSED(state);
    client_desk_start(&desk, 1, &(tls_peer_script){{NULL}, 1});
    survey("pinned.json", 0);
    assert_int_equal(found.newest.file.len, 0);
    for (uint16_t i = 1; i <= CLIENT_DESK_MEMBERS; i++) {
        expect_member(i, KW_CLIENT_DOWN, KW_NETWORK, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(survey__keeps_the_newest_and_tells_who_did_what, make,
                                        drop),
        cmocka_unit_test_setup_teardown(survey__asks_for_one_epoch_and_takes_no_other, make, drop),
        cmocka_unit_test_setup_teardown(survey__sees_that_operators_name_different_keys, make,
                                        drop),
        cmocka_unit_test_setup_teardown(survey__is_empty_where_nobody_answers, make, drop),
    };
    return cmocka_run_group_tests_name("client/threshold_survey", tests, NULL, NULL);
}
