/* SPDX-License-Identifier: Apache-2.0
 * Application keys from operators that help, lie, refuse, hang, or are elsewhere. */
#include "client/threshold_sign.h"

#include "base/heap.h"
#include "support/client_desk.h"
#include "support/expect.h"
#include "support/silent_port.h"

#define FORBIDDEN "HTTP/1.1 403 No\r\nConnection: close\r\n\r\n"

static client_desk desk;
static kw_client_application got;
static kw_error why; /* it failed */
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
    kw_client_application_drop(&got);
    client_desk_close(&desk);
    return 0;
}

/* An honest one. */
static void start_good(uint16_t member, const desk_epoch *epoch)
{
    client_desk_sign(&desk, member, epoch, &payroll);
}

/* One with a script of its own. */
static void start(uint16_t member, const char *answer)
{
    client_desk_start(&desk, member, &(tls_peer_script){{answer}, 1});
}

static kw_status ask_on_terms(const char *cluster_file, const kw_client_request *request)
{
    client_desk_call(&desk, cluster_file, 0);
    why = (kw_error){0};
    kw_status st =
        kw_client_application_ask(&got, &desk.cluster, desk.calls, request, &desk.epochs.rng, &why);
    assert_int_equal(why.status, st);
    return st;
}

static kw_status ask(const char *cluster_file, const kw_purposed *what)
{
    const kw_client_request request = {.what = *what};
    return ask_on_terms(cluster_file, &request);
}

static void expect_sent(uint16_t member, const char *text)
{
    kw_str sent = tls_peer_requests(desk.peers[member - 1]);
    assert_non_null(memmem(sent.ptr, sent.len, text, strlen(text)));
}

static void expect_member(uint16_t index, kw_client_standing standing, kw_status st)
{
    assert_int_equal(got.members[index - 1].standing, standing);
    EXPECT_STATUS(got.members[index - 1].st, st);
}

/* The key is that of the undivided secret. */
static void expect_key(const kw_purposed *what)
{
    const kw_group *group = &kw_group_bls12_381;
    kw_group_g1 hashed;
    kw_group_g1 wanted;
    kw_group_g1 key;
    EXPECT_OK(kw_purposed_hash(&hashed, group, what));
    group->g1_mul(&wanted, &hashed, &desk.first.coefficients[0]);
    kw_declassify_group_secret_g1(&key, &got.key, "a key of this test");
    assert_true(group->g1_equal(&key, &wanted));
    assert_int_equal(got.threshold, 3);
}

static void ask__is_content_with_t_of_n(void **state)
{
    KW_UNUSED(state);
    for (uint16_t member = 2; member <= 4; member++) {
        start_good(member, &desk.second);
    }
    EXPECT_OK(ask("pinned.json", &payroll));
    expect_key(&payroll);
    assert_int_equal(got.epoch, 2);
    for (uint16_t member = 2; member <= 4; member++) {
        expect_member(member, KW_CLIENT_GOOD, KW_OK);
        assert_int_equal(got.members[member - 1].epoch, 2);
    }
    kw_str sent = tls_peer_requests(desk.peers[1]);
    assert_true(kw_str_starts_with(sent, KW_STR("POST /app/sign HTTP/1.1\r\n")));
    expect_sent(2, "\r\n\r\n{\"appID\":\"payroll\"}");
}

static void ask__waits_for_nobody_who_hangs(void **state)
{
    KW_UNUSED(state);
    silent_port silent = silent_port_open();
    for (uint16_t member = 1; member <= 3; member++) {
        start_good(member, &desk.first);
    }
    desk.hung = silent.url;
    EXPECT_OK(ask("pinned.json", &payroll));
    expect_key(&payroll);
    expect_member(4, KW_CLIENT_SLOW, KW_OK);
    silent_port_close(&silent);
}

static void ask__finds_the_liar(void **state)
{
    KW_UNUSED(state);
    const client_desk_part wrong = {2, 3, 1, &payroll, 0}; /* the part of another */
    start_good(1, &desk.first);
    client_desk_say(&desk, 2, &desk.first, &wrong);
    start_good(3, &desk.first);
    start_good(4, &desk.first);
    EXPECT_OK(ask("pinned.json", &payroll));
    expect_key(&payroll);
    const kw_client_member *liar = &got.members[1];
    assert_true(liar->standing == KW_CLIENT_LYING || liar->standing == KW_CLIENT_SLOW);
}

static void ask__fails_when_the_liar_is_needed(void **state)
{
    KW_UNUSED(state);
    const client_desk_part wrong = {2, 3, 1, &payroll, 0};
    const client_desk_part other = {3, 3, 1, &payroll, 0}; /* in the name of another */
    start_good(1, &desk.first);
    client_desk_say(&desk, 2, &desk.first, &wrong);
    start_good(3, &desk.first);
    client_desk_say(&desk, 4, &desk.first, &other);
    EXPECT_STATUS(ask("pinned.json", &payroll), KW_UNAVAILABLE);
    assert_int_equal(got.threshold, 0);
    expect_member(1, KW_CLIENT_GOOD, KW_OK);
    expect_member(2, KW_CLIENT_LYING, KW_UNAUTHENTICATED);
    expect_member(3, KW_CLIENT_GOOD, KW_OK);
    expect_member(4, KW_CLIENT_LYING, KW_REFUSED);
}

/* Parts of two epochs do not go together, and nobody gives two. */
static void ask__mixes_no_epochs(void **state)
{
    KW_UNUSED(state);
    start_good(1, &desk.first);
    start_good(2, &desk.first);
    start_good(3, &desk.second);
    start_good(4, &desk.second);
    EXPECT_STATUS(ask("pinned.json", &payroll), KW_UNAVAILABLE);
    assert_int_equal(got.threshold, 0);
}

/* Three parts would be enough, were they of one epoch; who refuses is not what it failed for. */
static void ask__counts_the_parts_of_one_epoch(void **state)
{
    KW_UNUSED(state);
    start_good(1, &desk.first);
    start_good(2, &desk.second);
    start_good(3, &desk.second);
    start(4, "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n");
    EXPECT_STATUS(ask("pinned.json", &payroll), KW_UNAVAILABLE);
    assert_non_null(strstr(why.text, "in one epoch: 2 of 4, and 1 in others; try again"));
}

#define BUSY "HTTP/1.1 503 No\r\nConnection: close\r\n\r\n"

/* Asked while operators change over, it asks again. */
static void ask__comes_again_between_epochs(void **state)
{
    KW_UNUSED(state);
    char old[CLIENT_DESK_ANSWER_BYTES];
    char fresh[3][CLIENT_DESK_ANSWER_BYTES];
    const client_desk_part first = {1, 1, 1, &payroll, 0};
    client_desk_write_part(old, &desk.first, &first);
    for (uint16_t i = 0; i < 3; i++) {
        const client_desk_part part = {(uint16_t)(i + 1), (uint16_t)(i + 1), 2, &payroll, 0};
        client_desk_write_part(fresh[i], &desk.second, &part);
    }
    const char *ok = CLIENT_DESK_OK; /* and a certificate behind it */
    client_desk_start(&desk, 1, &(tls_peer_script){{old, ok, fresh[0], ok}, 4});
    client_desk_start(&desk, 2, &(tls_peer_script){{fresh[1], ok, fresh[1], ok}, 4});
    client_desk_start(&desk, 3, &(tls_peer_script){{BUSY, fresh[2], ok}, 3});
    tls_peer_append(desk.peers[0], 1, kw_buf_view(&desk.first_file));
    tls_peer_append(desk.peers[0], 3, kw_buf_view(&desk.second_file));
    tls_peer_append(desk.peers[1], 1, kw_buf_view(&desk.second_file));
    tls_peer_append(desk.peers[1], 3, kw_buf_view(&desk.second_file));
    tls_peer_append(desk.peers[2], 2, kw_buf_view(&desk.second_file));
    EXPECT_OK(ask("pinned.json", &payroll));
    expect_key(&payroll);
    assert_int_equal(got.epoch, 2);
}

/* The first that names an epoch cannot show it: another one does. */
static void ask__asks_another_for_the_certificate(void **state)
{
    KW_UNUSED(state);
    const client_desk_part right = {1, 1, 1, &payroll, 0};
    client_desk_say(&desk, 1, &desk.first, &right);
    tls_peer_on_get(desk.peers[0], CLIENT_DESK_OK, kw_buf_view(&desk.second_file)); /* no */
    for (uint16_t member = 2; member <= 4; member++) {
        start_good(member, &desk.first);
    }
    EXPECT_OK(ask("pinned.json", &payroll));
    expect_key(&payroll);
}

static void ask__believes_no_epoch_that_nobody_can_show(void **state)
{
    KW_UNUSED(state);
    const client_desk_part ahead = {1, 1, 9, &payroll, 0};
    client_desk_say(&desk, 1, &desk.first, &ahead);
    for (uint16_t member = 2; member <= 4; member++) {
        start_good(member, &desk.first);
    }
    EXPECT_OK(ask("pinned.json", &payroll));
    expect_key(&payroll);
    assert_int_equal(got.epoch, 1);
    assert_true(got.members[0].standing != KW_CLIENT_GOOD);
}

/* What it says is about itself, not about the application. */
static void ask__blames_who_does_not_know_its_own_epoch(void **state)
{
    KW_UNUSED(state);
    const client_desk_part ahead = {1, 1, 9, &payroll, 0};
    client_desk_say(&desk, 1, &desk.first, &ahead);
    tls_peer_on_get(desk.peers[0], "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n", (kw_span){0});
    start_good(2, &desk.first);
    start_good(3, &desk.first);
    EXPECT_STATUS(ask("pinned.json", &payroll), KW_UNAVAILABLE);
    expect_member(1, KW_CLIENT_LYING, KW_NOT_FOUND);
    expect_member(4, KW_CLIENT_DOWN, KW_NETWORK);
}

static void ask__passes_on_what_most_say(void **state)
{
    KW_UNUSED(state);
    start(1, FORBIDDEN);
    start(2, FORBIDDEN);
    start(3, CLIENT_DESK_OK "{}");
    EXPECT_STATUS(ask("pinned.json", &payroll), KW_FORBIDDEN);
    expect_member(1, KW_CLIENT_REFUSING, KW_FORBIDDEN);
    expect_member(3, KW_CLIENT_LYING, KW_BAD_INPUT);
    expect_member(4, KW_CLIENT_DOWN, KW_NETWORK);
}

static void ask__reads_nothing_but_the_form(void **state)
{
    KW_UNUSED(state);
    static const char *const answers[] = {
        CLIENT_DESK_OK "null",
        CLIENT_DESK_OK "{\"operatorAddress\":\"0x00\",\"partialSignature\":\"00\",\"version\":1}",
        CLIENT_DESK_OK
        "{\"operatorAddress\":\"0x0000000000000000000000000000000000000000\",\"partialSignature\":"
        "\"c0000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "0000000000\",\"version\":1}",
        CLIENT_DESK_OK,
    };
    for (uint16_t i = 0; i < CLIENT_DESK_MEMBERS; i++) {
        start((uint16_t)(i + 1), answers[i]);
    }
    EXPECT_STATUS(ask("pinned.json", &payroll), KW_UNAVAILABLE);
    for (uint16_t i = 1; i <= CLIENT_DESK_MEMBERS; i++) {
        expect_member(i, KW_CLIENT_LYING, KW_BAD_INPUT);
    }
}

static void ask__needs_a_pin_and_an_id(void **state)
{
    KW_UNUSED(state);
    static const uint8_t long_id[KW_THRESHOLD_APP_ID_BYTES_MAX + 1] = {'a'};
    static const kw_purposed ids[] = {
        {KW_PURPOSE_APPLICATION, {NULL, 0}},
        {KW_PURPOSE_APPLICATION, {long_id, sizeof long_id}},
        {KW_PURPOSE_APPLICATION, {(const uint8_t *)"\xff", 1}},
    };
    start_good(1, &desk.first);
    EXPECT_STATUS(ask("cluster.json", &payroll), KW_REFUSED);
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        EXPECT_STATUS(ask("pinned.json", &ids[i]), KW_BAD_INPUT);
    }
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

static void ask__names_the_scheme_of_the_reference(void **state)
{
    KW_UNUSED(state);
    static const kw_purposed eigenx = {KW_PURPOSE_EIGENX, {(const uint8_t *)"payroll", 7}};
    for (uint16_t member = 1; member <= 3; member++) {
        client_desk_sign(&desk, member, &desk.first, &eigenx);
    }
    EXPECT_OK(ask("pinned.json", &eigenx));
    expect_key(&eigenx);
    expect_sent(1, "\r\n\r\n{\"appID\":\"payroll\",\"scheme\":\"eigenx-v1\"}");
}

/* Who is left behind does no harm while enough others are not. */
static void ask__counts_no_part_of_an_epoch_before_the_one_seen(void **state)
{
    KW_UNUSED(state);
    const kw_client_request request = {.what = payroll, .epoch_least = 2};
    start_good(1, &desk.first);
    for (uint16_t member = 2; member <= 4; member++) {
        start_good(member, &desk.second);
    }
    EXPECT_OK(ask_on_terms("pinned.json", &request));
    expect_key(&payroll);
    assert_int_equal(got.epoch, 2);
    assert_true(got.members[0].standing == KW_CLIENT_BEHIND ||
                got.members[0].standing == KW_CLIENT_SLOW);
}

static void ask__is_refused_where_all_are_behind(void **state)
{
    KW_UNUSED(state);
    const kw_client_request request = {.what = payroll, .epoch_least = 2};
    for (uint16_t member = 1; member <= 4; member++) {
        start_good(member, &desk.first);
    }
    EXPECT_STATUS(ask_on_terms("pinned.json", &request), KW_REFUSED);
    for (uint16_t member = 1; member <= 4; member++) {
        expect_member(member, KW_CLIENT_BEHIND, KW_REFUSED);
    }
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 3); /* it came again, twice */
}

static void ask__tells_the_token_and_the_time(void **state)
{
    KW_UNUSED(state);
    const kw_client_request request = {.what = payroll,
                                       .token =
                                           kw_secret_span_of(kw_span_of_str(KW_STR("eyJ.a-_.b"))),
                                       .attestation_time = 1700000000};
    client_desk_part part = {1, 1, 1, &payroll, 7};
    for (uint16_t member = 1; member <= 3; member++) {
        part.address_of = part.signer = member;
        client_desk_say(&desk, member, &desk.first, &part);
    }
    EXPECT_OK(ask_on_terms("pinned.json", &request));
    expect_sent(1, "\r\n\r\n{\"appID\":\"payroll\",\"token\":\"eyJ.a-_.b\","
                   "\"attestationTime\":1700000000}");
    assert_int_equal(got.members[0].attested_epoch, 7);
}

/* Each allocation in turn: it gives the whole key or none, and says why. An answer for which there
 * is no memory is one that did not come; an arena without memory is full. */
static void ask__gives_no_key_without_memory(void **state)
{
    KW_UNUSED(state);
    const kw_client_request request = {.what = payroll};
    size_t without = 0;
    uint64_t left = 0;
    for (uint16_t member = 1; member <= 3; member++) {
        start_good(member, &desk.first);
    }
    for (uint64_t nth = 1; left == 0; nth++) {
        kw_error err = {0};
        client_desk_call(&desk, "pinned.json", 0);
        kw_heap_fail_at(nth);
        kw_status st = kw_client_application_ask(&got, &desk.cluster, desk.calls, &request,
                                                 &desk.epochs.rng, &err);
        left = kw_heap_fail_at(0);
        assert_int_equal(err.status, st);
        bool is_short = st == KW_NO_MEMORY || st == KW_LIMIT || st == KW_UNAVAILABLE;
        assert_true(st == KW_OK || (is_short && left == 0));
        assert_int_equal(got.threshold, st == KW_OK ? 3 : 0);
        without += st == KW_NO_MEMORY;
    }
    expect_key(&payroll);
    assert_true(without > 3);
}

static void purposed_of__tells_the_schemes_apart(void **state)
{
    KW_UNUSED(state);
    kw_ibe_id id;
    EXPECT_OK(kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, payroll.message));
    kw_purposed what = kw_client_purposed_of(&id);
    assert_int_equal(what.purpose, KW_PURPOSE_APPLICATION);
    EXPECT_SPAN(what.message, payroll.message);
    EXPECT_OK(kw_ibe_id_of_app(&id, KW_IBE_EIGENX, payroll.message));
    assert_int_equal(kw_client_purposed_of(&id).purpose, KW_PURPOSE_EIGENX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purposed_of__tells_the_schemes_apart),
        cmocka_unit_test_setup_teardown(ask__is_content_with_t_of_n, make, drop),
        cmocka_unit_test_setup_teardown(ask__waits_for_nobody_who_hangs, make, drop),
        cmocka_unit_test_setup_teardown(ask__finds_the_liar, make, drop),
        cmocka_unit_test_setup_teardown(ask__fails_when_the_liar_is_needed, make, drop),
        cmocka_unit_test_setup_teardown(ask__mixes_no_epochs, make, drop),
        cmocka_unit_test_setup_teardown(ask__counts_the_parts_of_one_epoch, make, drop),
        cmocka_unit_test_setup_teardown(ask__comes_again_between_epochs, make, drop),
        cmocka_unit_test_setup_teardown(ask__asks_another_for_the_certificate, make, drop),
        cmocka_unit_test_setup_teardown(ask__believes_no_epoch_that_nobody_can_show, make, drop),
        cmocka_unit_test_setup_teardown(ask__blames_who_does_not_know_its_own_epoch, make, drop),
        cmocka_unit_test_setup_teardown(ask__passes_on_what_most_say, make, drop),
        cmocka_unit_test_setup_teardown(ask__reads_nothing_but_the_form, make, drop),
        cmocka_unit_test_setup_teardown(ask__needs_a_pin_and_an_id, make, drop),
        cmocka_unit_test_setup_teardown(ask__names_the_scheme_of_the_reference, make, drop),
        cmocka_unit_test_setup_teardown(ask__counts_no_part_of_an_epoch_before_the_one_seen, make,
                                        drop),
        cmocka_unit_test_setup_teardown(ask__is_refused_where_all_are_behind, make, drop),
        cmocka_unit_test_setup_teardown(ask__tells_the_token_and_the_time, make, drop),
        cmocka_unit_test_setup_teardown(ask__gives_no_key_without_memory, make, drop),
    };
    return cmocka_run_group_tests_name("client/threshold_sign", tests, NULL, NULL);
}
