/* SPDX-License-Identifier: Apache-2.0
 * Development certificates on disk. */
#include "support/net_certs.h"

#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/process.h"

#include <stdio.h>

enum {
    DAYS = 30,
    DAY_S = 86400
};

static void write_pair(const net_certs *certs, const char *name, kw_x509_pair *pair)
{
    char file[64];
    (void)snprintf(file, sizeof file, "%s.pem", name);
    tempdir_path path = net_certs_path(certs, file);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&pair->certificate), 0644, NULL));
    (void)snprintf(file, sizeof file, "%s.key", name);
    path = net_certs_path(certs, file);
    kw_span key = kw_declassify_span(kw_secret_bytes_view(&pair->key), "a key of this test only");
    EXPECT_OK(kw_file_write_atomic(path.text, key, 0600, NULL));
    kw_x509_pair_drop(pair);
}

static kw_unix_s now_s(void)
{
    kw_clock clock = kw_clock_system();
    return kw_clock_now_ms(&clock) / 1000;
}

net_certs net_certs_make(void)
{
    net_certs certs = {.dir = tempdir_make()};
    kw_error err = {0};
    EXPECT_OK(kw_x509_ca_new(&certs.ca, "test CA", now_s() - 400 * DAY_S, 800, &err));
    kw_x509_pair pair = {0};
    EXPECT_OK(kw_x509_ca_export(certs.ca, &pair, &err));
    write_pair(&certs, "ca", &pair);
    kw_x509_request request = {.common_name = "server",
                               .use = KW_X509_SERVER,
                               .names = {"DNS:localhost", "IP:127.0.0.1"},
                               .names_count = 2,
                               .not_before = now_s() - DAY_S,
                               .days = DAYS};
    EXPECT_OK(kw_x509_ca_issue(certs.ca, &pair, &request, &err));
    write_pair(&certs, "server", &pair);
    return certs;
}

void net_certs_drop(net_certs *certs)
{
    kw_x509_ca_free(certs->ca);
    certs->ca = NULL;
    tempdir_remove(&certs->dir);
}

void net_certs_issue(net_certs *certs, const char *name, kw_x509_use use, const char *san,
                     int age_days)
{
    kw_x509_pair pair = {0};
    kw_x509_request request = {.common_name = name,
                               .use = use,
                               .names = {san},
                               .names_count = san == NULL ? 0 : 1,
                               .not_before = now_s() - (int64_t)age_days * DAY_S,
                               .days = DAYS};
    EXPECT_OK(kw_x509_ca_issue(certs->ca, &pair, &request, NULL));
    write_pair(certs, name, &pair);
}

tempdir_path net_certs_path(const net_certs *certs, const char *file)
{
    return tempdir_join(&certs->dir, file);
}

kw_hash32 net_certs_spki(const char *certificate)
{
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    kw_x509_identity identity;
    EXPECT_OK(kw_file_read(&pem, certificate, NULL));
    EXPECT_OK(kw_x509_identity_parse(&identity, kw_buf_view(&pem), NULL));
    return identity.spki;
}

void net_certs_openssl(const char *const *argv)
{
    const char *words[40] = {"openssl"};
    for (size_t i = 0; argv[i] != NULL; i++) {
        assert_true(i + 2 < KW_COUNT(words));
        words[i + 1] = argv[i];
    }
    process_result result = {0};
    process_expect(&result, 0, words, KW_STR(""));
    process_result_drop(&result);
}
