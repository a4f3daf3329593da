/* SPDX-License-Identifier: Apache-2.0
 * An operator that rejoined, alone; how it comes back shows tests/e2e/node_rejoin_test.c. */
#include "threshold/holder_inner.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/lone_operator.h"
#include "threshold/slots_file.h"
#include "threshold/vault_rejoin.h"

static lone_operator lone;
static kw_buf first; /* certificates of two epochs, from before */
static kw_buf second;
static uint64_t first_at;

/* An operator that made two epochs; then its vault is emptied, at the boundary of the first. */
static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    kw_holder *holder = kw_threshold_holder(lone.threshold);
    kw_holder_state now;
    first = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    second = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    lone_operator_pass(&lone, 1);
    kw_holder_look(holder, &now);
    first_at = now.epoch_timestamp;
    lone_operator_pass(&lone, 2);
    EXPECT_OK(kw_holder_certificate(holder, &first, 1, NULL));
    EXPECT_OK(kw_holder_certificate(holder, &second, 2, NULL));
    lone_operator_close(&lone);
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    kw_buf_drop(&first);
    kw_buf_drop(&second);
    return 0;
}

static void rejoin(void)
{
    KW_AUTO_PTR(kw_slots) slots = NULL;
    EXPECT_OK(kw_slots_open(&slots, lone.slots.text, &lone.port, NULL));
    EXPECT_OK(kw_vault_rejoin(lone.store, slots, first_at, NULL));
}

/* Writes the key of the epochs into the cluster file. */
static void pin(void)
{
    static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_rows rows = {0};
    kw_certificate certificate;
    kw_group_g2_bytes wire;
    EXPECT_OK(kw_certificate_decode(&certificate, &arena, kw_buf_view(&first), &form));
    kw_group_bls12_381.g2_encode(&wire, &certificate.candidate.polynomial[0]);
    EXPECT_OK(kw_file_read(&json, lone.cluster.text, NULL));
    EXPECT_OK(kw_json_decode(&rows, &arena, &kw_cluster_rows_schema, kw_buf_view(&json), NULL));
    rows.master_key = kw_group_g2_view(&kw_group_bls12_381, &wire);
    kw_buf_clear(&json);
    EXPECT_OK(kw_json_encode(&json, &kw_cluster_rows_schema, &rows, KW_JSON_PLAIN));
    EXPECT_OK(kw_file_write_atomic(lone.cluster.text, kw_buf_view(&json), 0600, NULL));
}

static void quiet__needs_a_pin(void **state)
{
    (void)state;
    rejoin();
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_CONFIG);
    pin();
    EXPECT_OK(lone_operator_open(&lone, NULL));
}

static void quiet__says_and_takes_nothing(void **state)
{
    (void)state;
    rejoin();
    pin();
    EXPECT_OK(lone_operator_open(&lone, NULL));
    kw_holder *holder = kw_threshold_holder(lone.threshold);
    assert_true(kw_holder_is_quiet(holder));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    kw_holder_state now = {0};
    while (now.boundary == 0) { /* the one that has come is begun at once */
        kw_holder_look(holder, &now);
    }
    kw_operator_reply reply = {0};
    uint8_t payload[KW_MESSAGE_HEADER_BYTES] = {'K', 'W', 'T', '1', KW_MESSAGE_HELLO, 2};
    kw_authenticated message;
    payload[79] = 1;
    EXPECT_OK(kw_authenticated_make(&message, KW_SPAN(payload), &lone.file.peers[0].signer));
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    EXPECT_OK(kw_authenticated_encode(&json, &message));
    kw_holder_delivery delivery = {.from = kw_threshold_self(lone.threshold),
                                   .path = "/dkg/hello",
                                   .json = kw_buf_view(&json)};
    EXPECT_STATUS(kw_holder_post(holder, &reply, &delivery, NULL), KW_UNAVAILABLE);
    uint32_t attempt = 0;
    uint64_t later = now.boundary + LONE_INTERVAL_S;
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, later, NULL), KW_UNAVAILABLE);
    kw_holder_stop(holder);
    kw_holder_look(holder, &now);
    assert_int_equal(now.epoch, 0); /* alone it would have made one */
    assert_false(now.has_share);
}

static void quiet__ends_with_a_newer_certificate(void **state)
{
    (void)state;
    rejoin();
    pin();
    EXPECT_OK(lone_operator_open(&lone, NULL));
    kw_holder *holder = kw_threshold_holder(lone.threshold);
    kw_http_result result = {.media_type = "application/octet-stream", .body = first};
    kw_courier_answer answer = {.from = *kw_threshold_self(lone.threshold),
                                .kind = KW_CARGO_ASK,
                                .st = KW_OK,
                                .result = &result};
    assert_false(kw_holder_may_take(holder, kw_buf_view(&first)));
    kw_holder_take_answer(holder, &answer); /* of the moment itself: not newer */
    assert_true(kw_holder_is_quiet(holder));
    second.ptr[second.len - 1] ^= 1;
    result.body = second;
    kw_holder_take_answer(holder, &answer);
    assert_true(kw_holder_is_quiet(holder));
    second.ptr[second.len - 1] ^= 1;
    kw_holder_take_answer(holder, &answer);
    assert_false(kw_holder_is_quiet(holder));
    assert_true(kw_holder_may_take(holder, kw_buf_view(&first))); /* the engine judges again */
    lone_operator_close(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL)); /* and it stays so */
    assert_false(kw_holder_is_quiet(kw_threshold_holder(lone.threshold)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quiet__needs_a_pin, make_world, drop_world),
        cmocka_unit_test_setup_teardown(quiet__says_and_takes_nothing, make_world, drop_world),
        cmocka_unit_test_setup_teardown(quiet__ends_with_a_newer_certificate, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
