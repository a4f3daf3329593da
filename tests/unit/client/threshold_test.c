/* SPDX-License-Identifier: Apache-2.0
 * The public API, used as a stranger would: nothing but include/keyward, files and operators. */
#include "keyward/threshold.h"

#include "base/heap.h"
#include "os/file.h"
#include "os/thread.h"
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

/* Opens with further options; those of files are this function's. */
static kw_client_status open_with(kw_threshold_client_options options, const char *cluster_file)
{
    tempdir_path cluster = path_of(cluster_file);
    tempdir_path ca = path_of("ca.pem");
    kw_client_error error = {.status = KW_CLIENT_OK};
    client_desk_write(&f.desk);
    options.cluster_file = cluster.text;
    options.ca_file = ca.text;
    kw_client_status st = kw_threshold_client_open(&f.client, &options, &error);
    assert_int_equal(error.status, st);
    return st;
}

static kw_client_status open_client(const char *cluster_file, const char *master_key)
{
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    options.master_key = master_key;
    return open_with(options, cluster_file);
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
    unsigned char again[32] = {0};
    static const unsigned char zeros[32] = {0};
    const kw_threshold_label label = {"disk-1", 1};
    const kw_threshold_label next = {"disk-1", 2};
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
    assert_int_equal(kw_threshold_client_derive(f.client, again, "payroll", &label, NULL),
                     KW_CLIENT_OK);
    assert_memory_equal(again, key, sizeof key);
    assert_int_equal(kw_threshold_client_derive(f.client, again, "payroll", &next, NULL),
                     KW_CLIENT_OK);
    assert_memory_not_equal(again, key, sizeof key);
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

static void start_signers(const desk_epoch *epoch)
{
    for (uint16_t member = 1; member <= 3; member++) {
        client_desk_sign(&f.desk, member, epoch, &payroll);
    }
}

static void client__works_in_memory(void **state)
{
    KW_UNUSED(state);
    static const char text[] = "all salaries";
    unsigned char sealed[KW_THRESHOLD_SEALED_BYTES_MAX(sizeof text)];
    unsigned char again[sizeof sealed];
    kw_threshold_memory in = {(const unsigned char *)text, sizeof text, sealed, sizeof sealed, 0};
    start_signers(&f.desk.first);
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    assert_int_equal(
        kw_threshold_client_encrypt_memory(f.client, "payroll", &in, KW_THRESHOLD_V2, NULL),
        KW_CLIENT_OK);
    kw_threshold_memory out = {sealed, in.out_bytes, again, sizeof again, 0};
    assert_int_equal(
        kw_threshold_client_decrypt_memory(f.client, NULL, &out, KW_THRESHOLD_V2, NULL),
        KW_CLIENT_OK);
    assert_int_equal(out.out_bytes, sizeof text);
    assert_memory_equal(again, text, sizeof text);
    sealed[in.out_bytes - 1] ^= 1;
    assert_int_equal(
        kw_threshold_client_decrypt_memory(f.client, NULL, &out, KW_THRESHOLD_V2, NULL),
        KW_CLIENT_CORRUPT);
    in.out_max = in.out_bytes - 1;
    assert_int_equal(
        kw_threshold_client_encrypt_memory(f.client, "payroll", &in, KW_THRESHOLD_V2, NULL),
        KW_CLIENT_LIMIT);
}

/* Each allocation in turn: no job ends well without its memory, and none leaves a beginning. */
static void client__leaves_nothing_without_memory(void **state)
{
    KW_UNUSED(state);
    static const unsigned char nothing[100];
    const char text[] = "all salaries";
    unsigned char sealed[KW_THRESHOLD_SEALED_BYTES_MAX(sizeof text)];
    kw_client_status st = KW_CLIENT_NO_MEMORY;
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    size_t k = 0;
    while (st != KW_CLIENT_OK && k < 100) {
        kw_threshold_memory memory = {(const unsigned char *)text, sizeof text, sealed,
                                      sizeof sealed, 99};
        memset(sealed, 0, sizeof sealed);
        kw_heap_fail_at(++k);
        st =
            kw_threshold_client_encrypt_memory(f.client, "payroll", &memory, KW_THRESHOLD_V2, NULL);
        kw_heap_fail_at(0);
        assert_int_equal(st, memory.out_bytes == 99 ? KW_CLIENT_NO_MEMORY : KW_CLIENT_OK);
        assert_true(st == KW_CLIENT_OK || memcmp(sealed, nothing, sizeof nothing) == 0);
    }
    assert_in_range(k, 3, 99);
}

/* Three chunks of zeros, and what comes of them. */
typedef struct zeros {
    size_t left;
    size_t written;
    size_t told; /* times */
    int stop_at; /* the n-th time; 0: never */
} zeros;

static int read_zeros(void *user, unsigned char *out, size_t max, size_t *out_bytes)
{
    zeros *z = user;
    *out_bytes = max < z->left ? max : z->left;
    memset(out, 0, *out_bytes);
    z->left -= *out_bytes;
    return 0;
}

static int count_bytes(void *user, const unsigned char *bytes, size_t count)
{
    zeros *z = user;
    KW_UNUSED(bytes);
    z->written += count;
    return 0;
}

static int watch_zeros(void *user, uint64_t read_bytes, uint64_t written_bytes)
{
    zeros *z = user;
    assert_true(read_bytes <= 150000);
    assert_int_equal(written_bytes, z->written);
    z->told++;
    return (int)z->told == z->stop_at;
}

static void client__works_through_functions_and_tells_how_far(void **state)
{
    KW_UNUSED(state);
    zeros z = {.left = 150000};
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    kw_threshold_flow flow = KW_THRESHOLD_FLOW_INIT;
    kw_client_error error = {.status = KW_CLIENT_OK};
    options.on_progress = watch_zeros;
    options.progress_user = flow.user = &z;
    flow.read = read_zeros;
    flow.write = count_bytes;
    assert_int_equal(open_with(options, "pinned.json"), KW_CLIENT_OK);
    assert_int_equal(
        kw_threshold_client_encrypt_flow(f.client, "payroll", &flow, KW_THRESHOLD_V2, NULL),
        KW_CLIENT_OK);
    assert_int_equal(z.told, 3);
    assert_in_range(z.written, 150000, KW_THRESHOLD_SEALED_BYTES_MAX(150000));
    z = (zeros){.left = 150000, .stop_at = 2};
    assert_int_equal(
        kw_threshold_client_encrypt_flow(f.client, "payroll", &flow, KW_THRESHOLD_V2, &error),
        KW_CLIENT_CANCELLED);
    assert_string_equal(error.text, "the caller stopped it");
    assert_string_equal(kw_client_status_name(error.status), "cancelled");
    z = (zeros){.left = 150000};
    assert_int_equal(
        kw_threshold_client_decrypt_flow(f.client, "payroll", &flow, KW_THRESHOLD_V2, &error),
        KW_CLIENT_CORRUPT);
    assert_int_equal(z.written, 0);
}

/* The epoch of one answer is the least of the next, without a file too. */
static void client__remembers_the_highest_epoch(void **state)
{
    KW_UNUSED(state);
    char first[3][CLIENT_DESK_ANSWER_BYTES];
    char second[3][CLIENT_DESK_ANSWER_BYTES];
    unsigned char key[32];
    kw_threshold_operator operators[CLIENT_DESK_MEMBERS];
    size_t count = 0;
    const kw_threshold_label label = {"disk-1", 1};
    for (uint16_t i = 0; i < 3; i++) {
        uint16_t who = (uint16_t)(i + 1);
        const client_desk_part newer = {who, who, 2, &payroll, 0};
        const client_desk_part older = {who, who, 1, &payroll, 0};
        client_desk_write_part(second[i], &f.desk.second, &newer);
        client_desk_write_part(first[i], &f.desk.first, &older);
        client_desk_start(&f.desk, who, &(tls_peer_script){{second[i], first[i]}, 2});
        tls_peer_on_get(f.desk.peers[i], CLIENT_DESK_OK, kw_buf_view(&f.desk.second_file));
    }
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    assert_int_equal(kw_threshold_client_derive(f.client, key, "payroll", &label, NULL),
                     KW_CLIENT_OK);
    assert_int_equal(kw_threshold_client_derive(f.client, key, "payroll", &label, NULL),
                     KW_CLIENT_REFUSED);
    kw_threshold_client_operators(f.client, operators, CLIENT_DESK_MEMBERS, &count);
    assert_int_equal(operators[0].standing, KW_THRESHOLD_BEHIND);
    assert_int_equal(operators[0].status, KW_CLIENT_REFUSED);
}

static void client__keeps_the_epoch_and_shows_a_token(void **state)
{
    KW_UNUSED(state);
    tempdir_path seen = path_of("seen.json");
    tempdir_path token = path_of("token");
    unsigned char key[32];
    const kw_threshold_label label = {"disk-1", 1};
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    options.seen_file = seen.text;
    options.token_file = token.text;
    start_signers(&f.desk.second);
    assert_int_equal(open_with(options, "pinned.json"), KW_CLIENT_OK); /* it may come later */
    assert_int_equal(kw_threshold_client_derive(f.client, key, "payroll", &label, NULL),
                     KW_CLIENT_NOT_FOUND);
    EXPECT_OK(kw_file_write_atomic(token.text, kw_span_of_str(KW_STR("a.b.c")), 0600, NULL));
    assert_int_equal(kw_threshold_client_derive(f.client, key, "payroll", &label, NULL),
                     KW_CLIENT_OK);
    kw_str sent = tls_peer_requests(f.desk.peers[0]);
    assert_non_null(memmem(sent.ptr, sent.len, "\"token\":\"a.b.c\"", 15));
    KW_AUTO(kw_buf) kept = kw_buf_init(1024);
    EXPECT_OK(kw_file_read(&kept, seen.text, NULL));
    assert_non_null(memmem(kept.ptr, kept.len, "\"epoch\":2", 9));
}

/* A program that was built when the options ended before `token_file`. */
static void open__takes_options_as_they_were(void **state)
{
    KW_UNUSED(state);
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    memset(&options.token_file, 0xa5,
           sizeof options - offsetof(kw_threshold_client_options, token_file));
    options.struct_bytes = offsetof(kw_threshold_client_options, token_file);
    assert_int_equal(open_with(options, "pinned.json"), KW_CLIENT_OK);
    assert_int_equal(encrypt(KW_THRESHOLD_V2), KW_CLIENT_OK);
    kw_threshold_client_close(f.client);
    f.client = NULL;
    options.struct_bytes++;
    assert_int_equal(open_with(options, "pinned.json"), KW_CLIENT_BAD_INPUT);
    options.struct_bytes = sizeof options + 8;
    assert_int_equal(open_with(options, "pinned.json"), KW_CLIENT_BAD_INPUT);
}

/* ---- threads ---- */
enum {
    TURNS = 4, /* of each thread */
};

/* What one thread does with the client of all: its own text there and back. */
typedef struct worker {
    kw_thread thread;
    unsigned char text[100];
    unsigned good; /* turns */
} worker;

static void take_turns(void *ctx)
{
    worker *w = ctx;
    unsigned char sealed[KW_THRESHOLD_SEALED_BYTES_MAX(sizeof w->text)];
    unsigned char again[sizeof sealed];
    for (int i = 0; i < TURNS; i++) {
        kw_threshold_operator operators[CLIENT_DESK_MEMBERS];
        size_t count = 0;
        kw_threshold_memory in = {w->text, sizeof w->text, sealed, sizeof sealed, 0};
        kw_threshold_memory out = {sealed, 0, again, sizeof again, 0};
        bool is_good = kw_threshold_client_encrypt_memory(f.client, "payroll", &in, KW_THRESHOLD_V2,
                                                          NULL) == KW_CLIENT_OK;
        out.in_bytes = in.out_bytes;
        is_good = is_good && kw_threshold_client_decrypt_memory(
                                 f.client, NULL, &out, KW_THRESHOLD_V2, NULL) == KW_CLIENT_OK;
        kw_threshold_client_operators(f.client, operators, CLIENT_DESK_MEMBERS, &count);
        is_good = is_good && count == CLIENT_DESK_MEMBERS && out.out_bytes == sizeof w->text;
        w->good += is_good && memcmp(again, w->text, sizeof w->text) == 0;
    }
}

static void client__serves_two_threads(void **state)
{
    KW_UNUSED(state);
    worker workers[2] = {{.good = 0}};
    start_signers(&f.desk.second);
    assert_int_equal(open_client("pinned.json", NULL), KW_CLIENT_OK);
    for (size_t i = 0; i < KW_COUNT(workers); i++) {
        memset(workers[i].text, 'a' + (int)i, sizeof workers[i].text);
        EXPECT_OK(kw_thread_start(&workers[i].thread, "client", take_turns, &workers[i], NULL));
    }
    for (size_t i = 0; i < KW_COUNT(workers); i++) {
        kw_thread_join(&workers[i].thread);
        assert_int_equal(workers[i].good, TURNS);
    }
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
        cmocka_unit_test_setup_teardown(client__works_in_memory, make, drop),
        cmocka_unit_test_setup_teardown(client__works_through_functions_and_tells_how_far, make,
                                        drop),
        cmocka_unit_test_setup_teardown(client__leaves_nothing_without_memory, make, drop),
        cmocka_unit_test_setup_teardown(client__remembers_the_highest_epoch, make, drop),
        cmocka_unit_test_setup_teardown(client__keeps_the_epoch_and_shows_a_token, make, drop),
        cmocka_unit_test_setup_teardown(client__serves_two_threads, make, drop),
        cmocka_unit_test_setup_teardown(open__takes_options_as_they_were, make, drop),
        cmocka_unit_test_setup_teardown(open__takes_no_key_on_trust, make, drop),
    };
    return cmocka_run_group_tests_name("client/threshold", tests, NULL, NULL);
}
