/* SPDX-License-Identifier: Apache-2.0
 * Blobs in a bucket of npm s3rver, behind a check of signatures: the contract, and refusals. */
#include "store/s3/s3.h"

#include "os/clock.h"
#include "support/blobs_contract.h"
#include "support/expect.h"
#include "support/net_certs.h"
#include "support/oracle.h"
#include "support/process.h"

#include <stdio.h>

typedef struct fixture {
    net_certs certs;
    tempdir_path ca;
    tempdir_path folder;
    process server;
    char url[100];
    kw_blobs *blobs;
} fixture;

static fixture f;

static uint64_t no_random(void *ctx)
{
    (void)ctx;
    return 0;
}

static kw_blobs *open_with(const char *url, const char *secret)
{
    kw_s3_options options = {
        .url = url,
        .region = "us-east-1",
        .access_key = "S3RVER",
        .secret_key = kw_secret_span_of(kw_span_of_str(kw_str_of(secret))),
        .ca_file = f.ca.text,
        .clock = kw_clock_system(),
        .random = no_random,
    };
    kw_blobs *blobs = NULL;
    EXPECT_OK(kw_blobs_open_s3(&blobs, &options, NULL));
    return blobs;
}

static int set_up(void **state)
{
    (void)state;
    if (!oracle_is_there()) {
        return 0;
    }
    f.certs = net_certs_make();
    f.ca = net_certs_path(&f.certs, "ca.pem");
    f.folder = net_certs_path(&f.certs, "buckets");
    tempdir_path certificate = net_certs_path(&f.certs, "server.pem");
    tempdir_path key = net_certs_path(&f.certs, "server.key");
    tempdir_path err = net_certs_path(&f.certs, "server.err");
    const char *const argv[] = {"node",
                                "--openssl-legacy-provider",
                                KW_SOURCE_DIR "/tests/interop/s3_server.mjs",
                                f.folder.text,
                                certificate.text,
                                key.text,
                                NULL};
    f.server = process_start(argv, err.text);
    KW_AUTO(kw_buf) line = kw_buf_init(100);
    assert_true(process_read_line(&f.server, &line));
    (void)snprintf(f.url, sizeof f.url, "https://localhost:%.*s/bucket",
                   KW_STR_ARG(kw_buf_text(&line)));
    f.blobs = open_with(f.url, "S3RVER");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (f.blobs != NULL) {
        kw_blobs_free(f.blobs);
        (void)process_stop(&f.server);
        net_certs_drop(&f.certs);
    }
    return 0;
}

#define CASE(name, law)            \
    static void name(void **state) \
    {                              \
        (void)state;               \
        if (f.blobs == NULL) {     \
            skip();                \
        }                          \
        law(f.blobs);              \
    }

static void is_refused_with_another_key(kw_blobs *blobs)
{
    (void)blobs;
    kw_blobs *stranger = open_with(f.url, "S3RVEX");
    kw_hash32 id;
    kw_error err = {0};
    EXPECT_STATUS(kw_blobs_put(stranger, &id, kw_span_of_str(KW_STR("abc")), &err), KW_FORBIDDEN);
    assert_non_null(strstr(err.text, "SignatureDoesNotMatch"));
    kw_blobs_free(stranger);
}

static void is_told_when_the_bucket_is_not_there(kw_blobs *blobs)
{
    (void)blobs;
    char url[sizeof f.url + 8];
    (void)snprintf(url, sizeof url, "%s-gone", f.url);
    kw_blobs *gone = open_with(url, "S3RVER");
    const kw_hash32 id = {{1}};
    kw_blob_info info;
    KW_AUTO(kw_buf) got = kw_buf_init(1 << 20);
    EXPECT_STATUS(kw_blobs_get(gone, &got, &id, NULL), KW_UNAVAILABLE);
    EXPECT_STATUS(kw_blobs_look(gone, &info, &id, NULL), KW_UNAVAILABLE);
    kw_blobs_free(gone);
}

static kw_status count(void *ctx, const kw_hash32 *id, const kw_blob_info *info, kw_error *err)
{
    (void)id;
    (void)info;
    (void)err;
    *(unsigned *)ctx += 1;
    return KW_OK;
}

/* The server gives ten at once. */
static void walks_all_pages(kw_blobs *blobs)
{
    enum {
        BLOBS = 35
    };
    for (unsigned i = 0; i < BLOBS; i++) {
        EXPECT_OK(kw_blobs_mend(blobs, (kw_span){(const uint8_t *)&i, sizeof i}, NULL));
    }
    unsigned seen = 0;
    EXPECT_OK(kw_blobs_each(blobs, &(kw_blobs_visit){count, &seen}, NULL));
    assert_int_equal(seen, BLOBS);
    blobs_contract_empty(blobs);
}

CASE(put__stores_the_same_bytes_once, blobs_contract_puts_once_and_gets)
CASE(get__knows_what_is_not_there, blobs_contract_knows_what_is_not_there)
CASE(each__walks_by_rising_name, blobs_contract_walks_by_rising_name)
CASE(hold__keeps_a_blob_until_the_last_is_released, blobs_contract_holds)
CASE(sweep__removes_what_is_idle_and_not_needed, blobs_contract_sweeps)
CASE(scrub__counts_whole_blobs, blobs_contract_scrubs)
CASE(put__is_refused_with_another_key, is_refused_with_another_key)
CASE(get__tells_when_the_bucket_is_not_there, is_told_when_the_bucket_is_not_there)
CASE(each__walks_all_pages, walks_all_pages)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__stores_the_same_bytes_once),
        cmocka_unit_test(get__knows_what_is_not_there),
        cmocka_unit_test(each__walks_by_rising_name),
        cmocka_unit_test(hold__keeps_a_blob_until_the_last_is_released),
        cmocka_unit_test(sweep__removes_what_is_idle_and_not_needed),
        cmocka_unit_test(scrub__counts_whole_blobs),
        cmocka_unit_test(put__is_refused_with_another_key),
        cmocka_unit_test(get__tells_when_the_bucket_is_not_there),
        cmocka_unit_test(each__walks_all_pages),
    };
    return cmocka_run_group_tests_name("interop/s3", tests, set_up, tear_down);
}
