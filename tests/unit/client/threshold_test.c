/* SPDX-License-Identifier: Apache-2.0
 * The public API, used as a stranger would: nothing but include/keyward, files and operators. */
#include "keyward/threshold.h"

#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"

#include <stdio.h>

typedef struct fixture {
    client_desk desk;
    kw_threshold_client *client;
} fixture;

static fixture f;
static const kw_purposed payroll = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payroll", 7}};

static tempdir_path path_of(const char *name)
{
    return client_desk_path(&f.desk, name);
}

static int make(void **state)
{
    KW_UNUSED(state);
    f = (fixture){.client = NULL};
    client_desk_open(&f.desk);
    EXPECT_OK(kw_file_write_atomic(path_of("text").text, kw_span_of_str(KW_STR("all salaries")),
                                   0600, NULL));
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    kw_threshold_client_close(f.client);
    client_desk_close(&f.desk);
    return 0;
}

static kw_client_status open_client(const char *cluster_file, const char *master_key)
{
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    tempdir_path cluster = path_of(cluster_file);
    tempdir_path ca = path_of("ca.pem");
    kw_client_error error = {.status = KW_CLIENT_OK};
    client_desk_write(&f.desk);
    options.cluster_file = cluster.text;
    options.master_key = master_key;
    options.ca_file = ca.text;
    kw_client_status st = kw_threshold_client_open(&f.client, &options, &error);
    assert_int_equal(error.status, st);
    return st;
}

static kw_client_status encrypt(kw_threshold_format format)
{
    return kw_threshold_client_encrypt(f.client, "payroll", path_of("text").text,
                                       path_of("sealed").text, format, NULL);
}

static kw_client_status decrypt(const char *app_id, kw_threshold_format format)
{
    kw_client_error error = {.status = KW_CLIENT_OK};
    kw_client_status st = kw_threshold_client_decrypt(f.client, app_id, path_of("sealed").text,
                                                      path_of("again").text, format, &error);
    assert_int_equal(error.status, st);
    return st;
}

static void expect_again(void)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&text, path_of("again").text, NULL));
    EXPECT_STR(kw_buf_text(&text), "all salaries");
}

static void client__encrypts_alone_and_decrypts_with_others(void **state)
{
    KW_UNUSED(state);
    kw_threshold_operator operators[CLIENT_DESK_MEMBERS];
    size_t count = 0;
    for (uint16_t member = 2; member <= 4; member++) {
        client_desk_sign(&f.desk, member, &f.desk.second, &payroll);
    }
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    assert_int_equal(encrypt(KW_THRESHOLD_V2), KW_CLIENT_OK);
    kw_threshold_client_operators(f.client, operators, 1, &count);
    assert_int_equal(count, CLIENT_DESK_MEMBERS);
    assert_int_equal(operators[0].standing, KW_THRESHOLD_SLOW);
    assert_int_equal(decrypt(NULL, KW_THRESHOLD_V2), KW_CLIENT_OK);
    expect_again();
    kw_threshold_client_operators(f.client, operators, CLIENT_DESK_MEMBERS, &count);
    for (size_t i = 1; i < count; i++) {
        assert_int_equal(operators[i].standing, KW_THRESHOLD_GOOD);
        assert_int_equal(operators[i].epoch, 2);
        assert_int_equal(strlen(operators[i].address), 42);
    }
    assert_true(operators[0].standing == KW_THRESHOLD_DOWN ||
                operators[0].standing == KW_THRESHOLD_SLOW);
}

static void client__reads_the_reference_s_form(void **state)
{
    KW_UNUSED(state);
    static const kw_purposed eigenx = {KW_PURPOSE_EIGENX, {(const uint8_t *)"payroll", 7}};
    for (uint16_t member = 1; member <= 3; member++) {
        client_desk_sign(&f.desk, member, &f.desk.first, &eigenx);
    }
    assert_int_equal(open_client("cluster.json", f.desk.master_key), KW_CLIENT_OK);
    assert_int_equal(encrypt(KW_THRESHOLD_EIGENX_V1), KW_CLIENT_OK);
    assert_int_equal(decrypt("payroll", KW_THRESHOLD_V2), KW_CLIENT_REFUSED);
    assert_int_equal(decrypt("payroll", KW_THRESHOLD_EIGENX_V1), KW_CLIENT_OK);
    expect_again();
}

static void client__derives_the_same_key_again(void **state)
{
    KW_UNUSED(state);
    unsigned char key[32] = {0};
    static const unsigned char zeros[32] = {0};
    const kw_threshold_label label = {"disk-1", 1};
    char long_label[257] = "";
    const kw_threshold_label too_long = {long_label, 1};
    for (uint16_t member = 1; member <= 3; member++) {
        client_desk_sign(&f.desk, member, &f.desk.first, &payroll);
    }
    memset(long_label, 'a', sizeof long_label - 1);
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    assert_int_equal(kw_threshold_client_derive(f.client, key, "payroll", &too_long, NULL),
                     KW_CLIENT_BAD_INPUT);
    assert_int_equal(kw_threshold_client_derive(f.client, key, "", &label, NULL),
                     KW_CLIENT_BAD_INPUT);
    assert_memory_equal(key, zeros, sizeof key);
    assert_int_equal(kw_threshold_client_derive(f.client, key, "payroll", &label, NULL),
                     KW_CLIENT_OK);
    assert_memory_not_equal(key, zeros, sizeof key);
}

static void client__leaves_no_file_when_it_fails(void **state)
{
    KW_UNUSED(state);
    kw_file_info info;
    client_desk_start(&f.desk, 1,
                      &(tls_peer_script){{"HTTP/1.1 403 No\r\nConnection: close\r\n\r\n"}, 1});
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    assert_int_equal(encrypt(KW_THRESHOLD_V2), KW_CLIENT_OK);
    assert_int_equal(decrypt(NULL, KW_THRESHOLD_V2), KW_CLIENT_UNAVAILABLE);
    assert_int_equal(decrypt("other", KW_THRESHOLD_V2), KW_CLIENT_REFUSED);
    EXPECT_STATUS(kw_file_stat(&info, path_of("again").text, NULL), KW_NOT_FOUND);
    EXPECT_OK(
        kw_file_write_atomic(path_of("sealed").text, kw_span_of_str(KW_STR("IBE")), 0600, NULL));
    assert_int_equal(decrypt(NULL, KW_THRESHOLD_V2), KW_CLIENT_CORRUPT);
    EXPECT_STATUS(kw_file_stat(&info, path_of("again").text, NULL), KW_NOT_FOUND);
}

static void open__takes_no_key_on_trust(void **state)
{
    KW_UNUSED(state);
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    kw_group_g2_bytes wire;
    char digits[193] = "";
    kw_group_g2 other = kw_group_bls12_381.g2_generator();
    kw_group_bls12_381.g2_encode(&wire, &other);
    for (size_t i = 0; i < sizeof wire.bytes; i++) {
        (void)snprintf(digits + 2 * i, 3, "%02x", wire.bytes[i]);
    }
    assert_int_equal(open_client("cluster.json", NULL), KW_CLIENT_REFUSED);
    assert_int_equal(open_client("pinned.json", digits), KW_CLIENT_REFUSED);
    assert_int_equal(open_client("pinned.json", "00"), KW_CLIENT_BAD_INPUT);
    assert_int_equal(open_client("none.json", NULL), KW_CLIENT_NOT_FOUND);
    options.struct_bytes--;
    assert_int_equal(kw_threshold_client_open(&f.client, &options, NULL), KW_CLIENT_BAD_INPUT);
    options.struct_bytes++;
    assert_int_equal(kw_threshold_client_open(&f.client, &options, NULL), KW_CLIENT_BAD_INPUT);
    assert_null(f.client);
    kw_threshold_client_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(client__encrypts_alone_and_decrypts_with_others, make,
                                        drop),
        cmocka_unit_test_setup_teardown(client__reads_the_reference_s_form, make, drop),
        cmocka_unit_test_setup_teardown(client__derives_the_same_key_again, make, drop),
        cmocka_unit_test_setup_teardown(client__leaves_no_file_when_it_fails, make, drop),
        cmocka_unit_test_setup_teardown(open__takes_no_key_on_trust, make, drop),
    };
    return cmocka_run_group_tests_name("client/threshold", tests, NULL, NULL);
}
