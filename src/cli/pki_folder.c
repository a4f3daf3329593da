/* SPDX-License-Identifier: Apache-2.0
 * Files of a development CA. Secret inputs: private keys. */
#include "cli/pki_folder.h"

#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"

enum {
    KEY_BYTES_MAX = 16 * 1024,
    CLOCK_SLACK_S = 300, /* certificates begin a little ago: clocks differ */
};

typedef struct pki_pair {
    kw_str certificate;
    kw_str key;
} pki_pair;

static const kw_field reply_fields[] = {
    KW_FIELD(pki_pair, certificate, KW_PKI_PATH_BYTES_MAX, KW_REQ, .help = "file that was written"),
    KW_FIELD(pki_pair, key, KW_PKI_PATH_BYTES_MAX, KW_REQ,
             .help = "file that was written, mode 0600"),
};
KW_SCHEMA(pki_pair, reply_fields);

kw_status kw_pki_folder_write(kw_cli *cli, kw_str folder, kw_str name, const kw_x509_pair *pair,
                              kw_error *err)
{
    pki_pair reply = {0};
    KW_TRY_AT(err,
              kw_arena_format(cli->arena, &reply.certificate, "%.*s/%.*s.pem", KW_STR_ARG(folder),
                              KW_STR_ARG(name)),
              "naming the certificate");
    KW_TRY_AT(err,
              kw_arena_format(cli->arena, &reply.key, "%.*s/%.*s.key", KW_STR_ARG(folder),
                              KW_STR_ARG(name)),
              "naming the key");
    kw_file_info info = {0};
    KW_REQUIRE(kw_file_stat(&info, reply.key.ptr, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%.*s is there already: nothing is replaced", KW_STR_ARG(reply.key));
    kw_span key = kw_declassify_span(kw_secret_bytes_view(&pair->key),
                                     "it goes into a private file, which is what was asked for");
    KW_TRY_AT(err, kw_file_write_atomic(reply.key.ptr, key, 0600, err), "writing the key");
    KW_TRY_AT(
        err,
        kw_file_write_atomic(reply.certificate.ptr, kw_buf_view(&pair->certificate), 0644, err),
        "writing the certificate");
    return kw_cli_print(cli, &pki_pair_schema, &reply, err);
}

kw_unix_s kw_pki_not_before(void)
{
    kw_clock clock = kw_clock_system();
    return kw_clock_now_ms(&clock) / 1000 - CLOCK_SLACK_S;
}

kw_status kw_pki_folder_open(kw_cli *cli, kw_x509_ca **out, kw_str folder, kw_error *err)
{
    kw_str path = {0};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &path, "%.*s/ca.pem", KW_STR_ARG(folder)),
              "naming the authority");
    KW_AUTO(kw_buf) certificate = kw_buf_init(KEY_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&certificate, path.ptr, err),
              "reading the authority's certificate");
    KW_TRY_AT(err, kw_arena_format(cli->arena, &path, "%.*s/ca.key", KW_STR_ARG(folder)),
              "naming the authority");
    KW_AUTO(kw_secret_bytes) key = kw_secret_bytes_init(KEY_BYTES_MAX);
    KW_TRY_AT(err, kw_secret_bytes_read_file(&key, path.ptr, false, err),
              "reading the authority's key");
    return kw_x509_ca_open(out, kw_buf_view(&certificate), kw_secret_bytes_view(&key), err);
}
