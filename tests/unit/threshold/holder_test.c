/* SPDX-License-Identifier: Apache-2.0
 * What an operator does on its thread; how many of them work together shows
 * tests/e2e/threshold_test.c. */
#include "threshold/holder.h"

#include "codec/hex.h"
#include "support/expect.h"
#include "support/lone_operator.h"

static lone_operator lone;

static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    return 0;
}

static bool is_key_of(const kw_holder_key *key, const kw_group_g2 *master)
{
    /* Alone: t = 1, so that the share is the logarithm of the master key. */
    const kw_group *group = &kw_group_bls12_381;
    kw_group_g2 point;
    group->g2_base(&point, &key->share);
    return group->g2_equal(&point, master);
}

static void holder__makes_a_key_and_keeps_it_through_epochs_and_restarts(void **state)
{
    (void)state;
    kw_group_g2 master;
    kw_group_g2 later;
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    kw_holder_key key = lone_operator_key(&lone, &master);
    assert_true(is_key_of(&key, &master));
    lone_operator_close(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    key = lone_operator_key(&lone, &later); /* before it runs */
    assert_true(kw_group_bls12_381.g2_equal(&master, &later));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 2);
    key = lone_operator_key(&lone, &later);
    assert_int_equal(key.epoch, 2);
    assert_true(kw_group_bls12_381.g2_equal(&master, &later));
    assert_true(is_key_of(&key, &master));
    kw_group_secret_drop(&key.share);
}

static void holder__gives_certificates_by_number_and_name(void **state)
{
    (void)state;
    kw_group_g2 master;
    kw_holder *holder = kw_threshold_holder(lone.threshold);
    KW_AUTO(kw_buf) newest = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    KW_AUTO(kw_buf) first = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_STATUS(kw_holder_certificate(holder, &newest, 0, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    EXPECT_OK(kw_holder_certificate(holder, &newest, 0, NULL));
    EXPECT_OK(kw_holder_certificate(holder, &first, 1, NULL));
    assert_true(kw_span_equal_var(kw_buf_view(&newest), kw_buf_view(&first)));
    EXPECT_STATUS(kw_holder_certificate(holder, &first, 2, NULL), KW_NOT_FOUND);
    kw_holder_key key = lone_operator_key(&lone, &master);
    kw_group_secret_drop(&key.share);
    kw_holder_found found = {0};
    EXPECT_OK(kw_holder_find(holder, &found, &key.certificate, NULL));
    assert_true(found.is_file);
    assert_true(kw_span_equal_var(kw_buf_view(&newest), kw_buf_view(&found.bytes)));
    kw_buf_drop(&found.bytes);
    found = (kw_holder_found){0};
    EXPECT_STATUS(kw_holder_find(holder, &found, &(kw_hash32){{1}}, NULL), KW_NOT_FOUND);
    kw_buf_drop(&found.bytes);
}

static void holder_post__refuses_what_is_no_message_for_the_path(void **state)
{
    (void)state;
    kw_holder *holder = kw_threshold_holder(lone.threshold);
    const kw_address *self = kw_threshold_self(lone.threshold);
    kw_operator_reply reply = {0};
    kw_holder_delivery delivery = {.from = self, .path = "/dkg/hello"};
    static const char *const bad[] = {"", "[]", "{}", "[{\"payload\":\"\"}]", "null"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        delivery.json = kw_span_of_str(kw_str_of(bad[i]));
        EXPECT_STATUS(kw_holder_post(holder, &reply, &delivery, NULL), KW_BAD_INPUT);
    }
    uint8_t payload[KW_MESSAGE_HEADER_BYTES] = {'K', 'W', 'T', '1', KW_MESSAGE_ECHO, 2};
    payload[79] = 1;
    kw_authenticated message;
    EXPECT_OK(kw_authenticated_make(&message, KW_SPAN(payload), &lone.file.peers[0].signer));
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    EXPECT_OK(kw_authenticated_encode(&json, &message));
    delivery.json = kw_buf_view(&json);
    EXPECT_STATUS(kw_holder_post(holder, &reply, &delivery, NULL), KW_BAD_INPUT);
    delivery.path = "/dkg/ack"; /* it belongs there, but to no session */
    EXPECT_OK(kw_holder_post(holder, &reply, &delivery, NULL));
    assert_true(reply.st != KW_OK);
}

static void holder__knows_operators_by_their_certificates(void **state)
{
    (void)state;
    kw_address address;
    kw_holder *holder = kw_threshold_holder(lone.threshold);
    assert_true(kw_holder_knows(holder, &address, &lone.file.items[0].tls_spki));
    assert_true(kw_address_equal(&address, kw_threshold_self(lone.threshold)));
    assert_false(kw_holder_knows(holder, &address, &(kw_hash32){{1}}));
    kw_courier_state other;
    assert_int_equal(kw_holder_peers(holder, &other, 1), 1);
    kw_holder_stop(holder); /* twice is fine: free stops it again */
}

/* Randomness that is away for some calls, as a signer on a token may be. */
typedef struct shy_rng {
    kw_rng inner;
    _Atomic int refusals; /* that are left */
} shy_rng;

static kw_status fill_shyly(void *ctx, kw_mspan out)
{
    shy_rng *shy = ctx;
    if (atomic_load(&shy->refusals) > 0) {
        (void)atomic_fetch_sub(&shy->refusals, 1);
        return KW_ENTROPY_FAILURE;
    }
    return shy->inner.fill(shy->inner.ctx, out);
}

static void holder__begins_later_at_a_boundary_when_it_could_not(void **state)
{
    (void)state;
    shy_rng shy = {.inner = lone.port};
    lone_operator_close(&lone);
    lone.port = (kw_rng){.fill = fill_shyly, .ctx = &shy};
    EXPECT_OK(lone_operator_open(&lone, NULL));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    atomic_store(&shy.refusals, 2);
    lone_operator_pass(&lone, 2); /* one boundary, and the clock turns to no other */
    assert_int_equal(atomic_load(&shy.refusals), 0);
    lone_operator_close(&lone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            holder__makes_a_key_and_keeps_it_through_epochs_and_restarts, make_world, drop_world),
        cmocka_unit_test_setup_teardown(holder__gives_certificates_by_number_and_name, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(holder_post__refuses_what_is_no_message_for_the_path,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(holder__begins_later_at_a_boundary_when_it_could_not,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(holder__knows_operators_by_their_certificates, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
