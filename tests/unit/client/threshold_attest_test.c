/* SPDX-License-Identifier: Apache-2.0
 * Epochs of a time, where operators show them, or other things. */
#include "client/threshold_attest.h"

#include "support/client_desk.h"
#include "support/expect.h"

typedef struct fixture {
    client_desk desk;
    kw_client_cluster cluster;
    kw_client_credential credential;
    kw_client_calls *calls;
    kw_client_member members[CLIENT_DESK_MEMBERS];
    kw_client_attested got;
} fixture;

static fixture f;

static int make(void **state)
{
    KW_UNUSED(state);
    f = (fixture){.calls = NULL};
    client_desk_open(&f.desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    kw_client_calls_free(f.calls);
    kw_client_cluster_drop(&f.cluster);
    client_desk_close(&f.desk);
    return 0;
}

/* A member that gave a good part, names an epoch, and shows that file. */
static void show(uint16_t index, uint64_t epoch, const kw_buf *file)
{
    client_desk_start(&f.desk, index, &(tls_peer_script){{CLIENT_DESK_OK}, 1});
    tls_peer_append(f.desk.peers[index - 1], 0, kw_buf_view(file));
    f.members[index - 1] = (kw_client_member){.standing = KW_CLIENT_GOOD, .attested_epoch = epoch};
}

/* When the second epoch began. */
static kw_unix_s second_began(void)
{
    return (kw_unix_s)f.desk.second.certificate.candidate.fields.timestamp;
}

static kw_status find(const char *cluster_file, kw_unix_s time)
{
    client_desk_write(&f.desk);
    tempdir_path path = client_desk_path(&f.desk, cluster_file);
    tempdir_path ca = client_desk_path(&f.desk, "ca.pem");
    const kw_client_cluster_options files = {.cluster_file = path.text};
    const kw_client_calls_options options = {
        .cluster = &f.cluster, .credential = &f.credential, .ca_file = ca.text};
    kw_error err = {0};
    EXPECT_OK(kw_client_cluster_load(&f.cluster, &files, NULL));
    EXPECT_OK(kw_client_calls_open(&f.calls, &options, NULL));
    kw_status st = kw_client_attested_find(&f.got, &f.cluster, f.calls, f.members, time, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void expect_epoch(const desk_epoch *epoch)
{
    const kw_certificate *certificate = &epoch->certificate;
    assert_int_equal(f.got.epoch, certificate->candidate.fields.epoch);
    assert_memory_equal(&f.got.certificate, &certificate->hash, sizeof certificate->hash);
}

static void find__takes_the_highest_that_is_shown(void **state)
{
    KW_UNUSED(state);
    show(1, 1, &f.desk.first_file);
    show(2, 2, &f.desk.second_file);
    show(3, 1, &f.desk.first_file);
    EXPECT_OK(find("pinned.json", second_began()));
    expect_epoch(&f.desk.second);
}

/* It began a second later: who names it is wrong, or its clock is. */
static void find__takes_none_that_began_later(void **state)
{
    KW_UNUSED(state);
    show(1, 1, &f.desk.first_file);
    show(2, 2, &f.desk.second_file);
    EXPECT_OK(find("pinned.json", second_began() - 1));
    expect_epoch(&f.desk.first);
}

static void find__believes_certificates_alone(void **state)
{
    KW_UNUSED(state);
    const kw_buf forged = {.ptr = f.desk.second_file.ptr, .len = f.desk.second_file.len - 1};
    show(1, 9, &f.desk.second_file); /* shows another than it names */
    show(2, 2, &forged);
    show(3, 1, &f.desk.first_file);
    f.members[3] = (kw_client_member){.standing = KW_CLIENT_GOOD, .attested_epoch = 7}; /* away */
    EXPECT_OK(find("pinned.json", second_began()));
    expect_epoch(&f.desk.first);
}

/* Whose part was not good, or who names no epoch, is not asked. */
static void find__asks_who_helped(void **state)
{
    KW_UNUSED(state);
    show(1, 2, &f.desk.second_file);
    show(2, 0, &f.desk.second_file);
    f.members[0].standing = KW_CLIENT_LYING;
    EXPECT_STATUS(find("pinned.json", second_began()), KW_UNAVAILABLE);
    assert_int_equal(tls_peer_requests_count(f.desk.peers[0]), 0);
    assert_int_equal(tls_peer_requests_count(f.desk.peers[1]), 0);
    assert_int_equal(f.got.epoch, 0);
}

static void find__needs_a_pin(void **state)
{
    KW_UNUSED(state);
    show(1, 2, &f.desk.second_file);
    EXPECT_STATUS(find("cluster.json", second_began()), KW_REFUSED);
    assert_int_equal(tls_peer_requests_count(f.desk.peers[0]), 0);
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
