/* SPDX-License-Identifier: Apache-2.0
 * Keys on terms: tokens, the highest epoch seen, the epoch of a time. */
#include "client/threshold_key.h"

#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"

static client_desk desk;
static kw_client_app_key got;
static const kw_purposed payroll = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payroll", 7}};

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    kw_client_app_key_drop(&got);
    client_desk_close(&desk);
    return 0;
}

/* Three who give parts of an epoch, and name one for a time. */
static void start(const desk_epoch *epoch, uint64_t attested)
{
    client_desk_part part = {.version = epoch->certificate.candidate.fields.epoch,
                             .what = &payroll,
                             .attested = attested};
    for (uint16_t member = 1; member <= 3; member++) {
        part.address_of = part.signer = member;
        client_desk_say(&desk, member, epoch, &part);
    }
}

static kw_status ask(const kw_client_terms *terms)
{
    client_desk_call(&desk, "pinned.json", 0);
    const kw_client_asker asker = {&desk.cluster, desk.calls, &desk.epochs.rng, terms};
    kw_ibe_id id;
    kw_error err = {0};
    EXPECT_OK(kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, payroll.message));
    kw_status st = kw_client_app_key_ask(&asker, &got, &id, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void write_file(const char *name, kw_str text, unsigned mode)
{
    EXPECT_OK(
        kw_file_write_atomic(client_desk_path(&desk, name).text, kw_span_of_str(text), mode, NULL));
}

static uint64_t seen_epoch(const char *path)
{
    uint64_t epoch = UINT64_MAX;
    EXPECT_OK(kw_client_seen_read(&epoch, path, &desk.cluster.file.cluster_id, NULL));
    return epoch;
}

static void ask__shows_the_token_of_a_file(void **state)
{
    KW_UNUSED(state);
    tempdir_path token = client_desk_path(&desk, "token");
    const kw_client_terms terms = {.token_file = token.text};
    start(&desk.first, 0);
    write_file("token", KW_STR("eyJh.bGc.sig\n"), 0600);
    EXPECT_OK(ask(&terms));
    kw_str sent = tls_peer_requests(desk.peers[0]);
    static const char wanted[] = "{\"appID\":\"payroll\",\"token\":\"eyJh.bGc.sig\"}";
    assert_non_null(memmem(sent.ptr, sent.len, wanted, strlen(wanted)));
    assert_int_equal(got.application.threshold, 3);
    assert_int_equal(got.attested.epoch, 0);
}

static void ask__asks_nobody_with_a_token_file_that_is_none(void **state)
{
    KW_UNUSED(state);
    tempdir_path token = client_desk_path(&desk, "token");
    const kw_client_terms terms = {.token_file = token.text};
    start(&desk.first, 0);
    EXPECT_STATUS(ask(&terms), KW_NOT_FOUND);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

static void ask__asks_nobody_with_a_token_that_others_can_read(void **state)
{
    KW_UNUSED(state);
    tempdir_path token = client_desk_path(&desk, "token");
    const kw_client_terms terms = {.token_file = token.text};
    start(&desk.first, 0);
    write_file("token", KW_STR("eyJh.bGc.sig\n"), 0644);
    EXPECT_STATUS(ask(&terms), KW_FORBIDDEN);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

static void ask__keeps_the_highest_epoch_seen(void **state)
{
    KW_UNUSED(state);
    tempdir_path seen = client_desk_path(&desk, "seen.json");
    const kw_client_terms terms = {.seen_file = seen.text};
    start(&desk.second, 0);
    EXPECT_OK(ask(&terms));
    assert_int_equal(seen_epoch(seen.text), 2);
}

static void ask__takes_no_earlier_epoch_than_the_one_seen(void **state)
{
    KW_UNUSED(state);
    tempdir_path seen = client_desk_path(&desk, "seen.json");
    const kw_client_terms terms = {.seen_file = seen.text};
    const kw_hash32 *cluster_id = &desk.epochs.cluster_id;
    start(&desk.first, 0);
    EXPECT_OK(kw_client_seen_raise(seen.text, cluster_id, 2, NULL));
    EXPECT_STATUS(ask(&terms), KW_REFUSED);
    assert_int_equal(got.application.threshold, 0);
    assert_int_equal(got.application.members[0].standing, KW_CLIENT_BEHIND);
    assert_int_equal(seen_epoch(seen.text), 2);
}

static void ask__takes_no_earlier_epoch_than_it_is_told(void **state)
{
    KW_UNUSED(state);
    const kw_client_terms terms = {.epoch_least = 2};
    start(&desk.first, 0);
    EXPECT_STATUS(ask(&terms), KW_REFUSED);
}

static void ask__asks_nobody_with_a_file_of_something_else(void **state)
{
    KW_UNUSED(state);
    tempdir_path seen = client_desk_path(&desk, "seen.json");
    const kw_client_terms terms = {.seen_file = seen.text};
    start(&desk.first, 0);
    write_file("seen.json", KW_STR("{}"), 0600);
    EXPECT_STATUS(ask(&terms), KW_CORRUPT);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

static void ask__finds_the_epoch_of_a_time(void **state)
{
    KW_UNUSED(state);
    const kw_candidate *first = &desk.first.certificate.candidate;
    const kw_client_terms terms = {.attestation_time = (kw_unix_s)first->fields.timestamp};
    start(&desk.first, 1);
    EXPECT_OK(ask(&terms));
    assert_int_equal(got.attested.epoch, 1);
    assert_memory_equal(&got.attested.certificate, &desk.first.certificate.hash, sizeof(kw_hash32));
}

/* Operators that joined later name none. */
static void ask__finds_the_epoch_of_a_time_that_nobody_names(void **state)
{
    KW_UNUSED(state);
    const kw_candidate *first = &desk.first.certificate.candidate;
    const kw_client_terms terms = {.attestation_time = (kw_unix_s)first->fields.timestamp};
    start(&desk.first, 0);
    EXPECT_OK(ask(&terms));
    assert_int_equal(got.attested.epoch, 1);
}

static void ask__finds_no_epoch_before_the_first(void **state)
{
    KW_UNUSED(state);
    const kw_client_terms terms = {.attestation_time = 1};
    start(&desk.first, 0);
    EXPECT_STATUS(ask(&terms), KW_NOT_FOUND);
}

int main(void)
{
#define AT_A_DESK(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        AT_A_DESK(ask__shows_the_token_of_a_file),
        AT_A_DESK(ask__asks_nobody_with_a_token_file_that_is_none),
        AT_A_DESK(ask__asks_nobody_with_a_token_that_others_can_read),
        AT_A_DESK(ask__keeps_the_highest_epoch_seen),
        AT_A_DESK(ask__takes_no_earlier_epoch_than_the_one_seen),
        AT_A_DESK(ask__takes_no_earlier_epoch_than_it_is_told),
        AT_A_DESK(ask__asks_nobody_with_a_file_of_something_else),
        AT_A_DESK(ask__finds_the_epoch_of_a_time),
        AT_A_DESK(ask__finds_the_epoch_of_a_time_that_nobody_names),
        AT_A_DESK(ask__finds_no_epoch_before_the_first),
    };
    return cmocka_run_group_tests_name("client/threshold_key", tests, NULL, NULL);
}
