/* SPDX-License-Identifier: Apache-2.0
 * Epochs of a time, where operators show them, or other things. */
#include "client/threshold_attest.h"

#include "support/client_desk.h"
#include "support/expect.h"

static client_desk desk;
static kw_client_member members[CLIENT_DESK_MEMBERS];
static kw_client_attested got;

static int make(void **state)
{
    KW_UNUSED(state);
    memset(members, 0, sizeof members);
    got = (kw_client_attested){0};
    client_desk_open(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* A member that gave a good part, names an epoch, and shows that file. */
static void show(uint16_t index, uint64_t epoch, const kw_buf *file)
{
    client_desk_start(&desk, index, &(tls_peer_script){{CLIENT_DESK_OK}, 1});
    tls_peer_append(desk.peers[index - 1], 0, kw_buf_view(file));
    members[index - 1] = (kw_client_member){.standing = KW_CLIENT_GOOD, .attested_epoch = epoch};
}

/* When the second epoch began. */
static kw_unix_s second_began(void)
{
    return (kw_unix_s)desk.second.certificate.candidate.fields.timestamp;
}

static kw_status find(const char *cluster_file, kw_unix_s time)
{
    client_desk_call(&desk, cluster_file, 0);
    kw_error err = {0};
    kw_status st = kw_client_attested_find(&got, &desk.cluster, desk.calls, members, time, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void expect_epoch(const desk_epoch *epoch)
{
    const kw_certificate *certificate = &epoch->certificate;
    assert_int_equal(got.epoch, certificate->candidate.fields.epoch);
    assert_memory_equal(&got.certificate, &certificate->hash, sizeof certificate->hash);
}

static void find__takes_the_highest_that_is_shown(void **state)
{
    KW_UNUSED(state);
    show(1, 1, &desk.first_file);
    show(2, 2, &desk.second_file);
    show(3, 1, &desk.first_file);
    EXPECT_OK(find("pinned.json", second_began()));
    expect_epoch(&desk.second);
}

/* It began a second later: who names it is wrong, or its clock is. */
static void find__takes_none_that_began_later(void **state)
{
    KW_UNUSED(state);
    show(1, 1, &desk.first_file);
    show(2, 2, &desk.second_file);
    EXPECT_OK(find("pinned.json", second_began() - 1));
    expect_epoch(&desk.first);
}

static void find__believes_certificates_alone(void **state)
{
    KW_UNUSED(state);
    const kw_buf forged = {.ptr = desk.second_file.ptr, .len = desk.second_file.len - 1};
    show(1, 9, &desk.second_file); /* shows another than it names */
    show(2, 2, &forged);
    show(3, 1, &desk.first_file);
    members[3] = (kw_client_member){.standing = KW_CLIENT_GOOD, .attested_epoch = 7}; /* away */
    EXPECT_OK(find("pinned.json", second_began()));
    expect_epoch(&desk.first);
}

/* Whose part was not good, or who names no epoch, is not asked. */
static void find__asks_who_helped(void **state)
{
    KW_UNUSED(state);
    show(1, 2, &desk.second_file);
    show(2, 0, &desk.second_file);
    members[0].standing = KW_CLIENT_LYING;
    EXPECT_STATUS(find("pinned.json", second_began()), KW_UNAVAILABLE);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
    assert_int_equal(tls_peer_requests_count(desk.peers[1]), 0);
    assert_int_equal(got.epoch, 0);
}

static void find__needs_a_pin(void **state)
{
    KW_UNUSED(state);
    show(1, 2, &desk.second_file);
    EXPECT_STATUS(find("cluster.json", second_began()), KW_REFUSED);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(find__takes_the_highest_that_is_shown, make, drop),
        cmocka_unit_test_setup_teardown(find__takes_none_that_began_later, make, drop),
        cmocka_unit_test_setup_teardown(find__believes_certificates_alone, make, drop),
        cmocka_unit_test_setup_teardown(find__asks_who_helped, make, drop),
        cmocka_unit_test_setup_teardown(find__needs_a_pin, make, drop),
    };
    return cmocka_run_group_tests_name("client/threshold_attest", tests, NULL, NULL);
}
