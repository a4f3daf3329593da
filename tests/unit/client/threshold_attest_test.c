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

/* A member that shows that file, whatever it is asked for. */
static void show(uint16_t index, const kw_buf *file)
{
    client_desk_start(&desk, index, &(tls_peer_script){{CLIENT_DESK_OK}, 1});
    tls_peer_append(desk.peers[index - 1], 0, kw_buf_view(file));
}

/* It gave a good part, and names an epoch. */
static void name(uint16_t index, uint64_t epoch)
{
    members[index - 1] = (kw_client_member){.standing = KW_CLIENT_GOOD, .attested_epoch = epoch};
}

static kw_unix_s beginning_of(const desk_epoch *epoch)
{
    return (kw_unix_s)epoch->certificate.candidate.fields.timestamp;
}

static kw_status find_in(const char *cluster_file, kw_unix_s time, uint64_t newest)
{
    client_desk_call(&desk, cluster_file, 0);
    kw_error err = {0};
    const kw_client_moment moment = {time, newest, members};
    kw_status st = kw_client_attested_find(&got, &desk.cluster, desk.calls, &moment, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status find(kw_unix_s time)
{
    return find_in("pinned.json", time, 2);
}

static void expect_epoch(const desk_epoch *epoch)
{
    const kw_certificate *certificate = &epoch->certificate;
    assert_int_equal(got.epoch, certificate->candidate.fields.epoch);
    assert_memory_equal(&got.certificate, &certificate->hash, sizeof certificate->hash);
}

static void find__takes_the_newest_of_a_time(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.first_file);
    show(2, &desk.second_file);
    name(1, 2);
    EXPECT_OK(find(beginning_of(&desk.second)));
    expect_epoch(&desk.second);
    assert_int_equal(tls_peer_requests_count(desk.peers[1]), 1); /* no later one is looked for */
}

static void find__takes_none_that_began_later(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.first_file);
    show(2, &desk.second_file);
    name(1, 1);
    EXPECT_OK(find(beginning_of(&desk.second) - 1));
    expect_epoch(&desk.first);
}

/* Names are hints, so an honest operator that names nothing is no lack, and a liar no harm. */
static void find__believes_no_name(void **state)
{
    KW_UNUSED(state);
    static const uint64_t names[] = {0, 1, 2, 3, UINT64_MAX};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        if (i > 0) {
            assert_int_equal(drop(NULL) + make(NULL), 0);
        }
        show(1, &desk.first_file);
        show(2, &desk.second_file);
        name(3, names[i]);
        const desk_epoch *wanted = i % 2 == 0 ? &desk.second : &desk.first;
        EXPECT_OK(find(beginning_of(&desk.second) - (kw_unix_s)(i % 2)));
        expect_epoch(wanted);
    }
}

/* It was certified while the parts were given: what they are of is the newest that counts. */
static void find__looks_at_none_after_the_newest(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.first_file);
    show(2, &desk.second_file);
    name(2, 2);
    EXPECT_OK(find_in("pinned.json", beginning_of(&desk.second), 1));
    expect_epoch(&desk.first);
}

static void find__knows_when_there_was_none(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.first_file);
    show(2, &desk.second_file);
    name(2, 2);
    EXPECT_STATUS(find(beginning_of(&desk.first) - 1), KW_NOT_FOUND);
    assert_int_equal(got.epoch, 0);
}

static void find__needs_who_shows_it(void **state)
{
    KW_UNUSED(state);
    show(2, &desk.second_file);
    name(2, 1);
    EXPECT_STATUS(find(beginning_of(&desk.second) - 1), KW_UNAVAILABLE);
    assert_int_equal(got.epoch, 0);
}

static void find__believes_certificates_alone(void **state)
{
    KW_UNUSED(state);
    const kw_buf forged = {.ptr = desk.second_file.ptr, .len = desk.second_file.len - 1};
    show(1, &forged);
    show(2, &desk.first_file); /* also when it is asked for the second */
    name(1, 2);
    EXPECT_STATUS(find(beginning_of(&desk.second)), KW_UNAVAILABLE);
    assert_int_equal(got.epoch, 0);
}

/* Only whose part was good may say where to begin. */
static void find__begins_with_what_good_ones_name(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file);
    name(1, 2);
    name(2, 1);
    members[1].standing = KW_CLIENT_LYING;
    EXPECT_OK(find(beginning_of(&desk.second)));
    expect_epoch(&desk.second);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 1);
}

static void find__needs_a_pin(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file);
    EXPECT_STATUS(find_in("cluster.json", beginning_of(&desk.second), 2), KW_REFUSED);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

int main(void)
{
#define AT_A_DESK(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        AT_A_DESK(find__takes_the_newest_of_a_time),
        AT_A_DESK(find__takes_none_that_began_later),
        AT_A_DESK(find__believes_no_name),
        AT_A_DESK(find__looks_at_none_after_the_newest),
        AT_A_DESK(find__knows_when_there_was_none),
        AT_A_DESK(find__needs_who_shows_it),
        AT_A_DESK(find__believes_certificates_alone),
        AT_A_DESK(find__begins_with_what_good_ones_name),
        AT_A_DESK(find__needs_a_pin),
    };
    return cmocka_run_group_tests_name("client/threshold_attest", tests, NULL, NULL);
}
