/* SPDX-License-Identifier: Apache-2.0
 * keyward dev-ca revoke: the revocation list of the development authority. */
#include "base/heap.h"
#include "cli/pki_folder.h"
#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"

enum {
    LIST_DAYS = 30,
    NAMES_MAX = 64,
    CERTIFICATE_BYTES_MAX = 64 * 1024
};

typedef struct revoke_options {
    kw_str folder;
    kw_strs name;
} revoke_options;

static const kw_field revoke_fields[] = {
    KW_FIELD(revoke_options, folder, KW_PKI_PATH_BYTES_MAX, KW_REQ | KW_OPERAND,
             .help = "folder of the authority"),
    KW_FIELD(revoke_options, name, 64, KW_OPERAND, .items_max = NAMES_MAX, .made_of = "-_.",
             .help = "certificates to revoke; without one the list is renewed"),
};
KW_SCHEMA(revoke_options, revoke_fields);

typedef struct revoke_reply {
    kw_str crl;
    kw_strs serial;
    uint64_t revoked;
} revoke_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(revoke_reply, crl, KW_PKI_PATH_BYTES_MAX, KW_REQ, .help = "file that was written"),
    KW_FIELD(revoke_reply, serial, 40, KW_REQ, .items_max = NAMES_MAX,
             .help = "serial numbers of the names, as the crl stream of a registry has them"),
    KW_FIELD(revoke_reply, revoked, KW_X509_REVOKED_MAX, KW_REQ, .help = "entries of the list"),
};
KW_SCHEMA(revoke_reply, reply_fields);

/* The list that is to be written, and what is said of it. */
typedef struct revocation {
    kw_cli *cli;
    kw_str folder;
    kw_unix_s now;
    kw_x509_crls old;
    kw_x509_revoked *items; /* owned */
    size_t count;
    revoke_reply reply;
} revocation;

static void revocation_drop(revocation *r)
{
    kw_x509_crls_drop(&r->old);
    kw_heap_free(r->items);
}

static kw_status read_certificate(const revocation *r, kw_buf *out, kw_str name, kw_error *err)
{
    kw_str path = {0};
    KW_TRY_AT(err,
              kw_arena_format(r->cli->arena, &path, "%.*s/%.*s.pem", KW_STR_ARG(r->folder),
                              KW_STR_ARG(name)),
              "naming a certificate");
    KW_TRY_AT(err, kw_file_read(out, path.ptr, err), "reading a certificate");
    return KW_OK;
}

/* No list yet is an empty one. */
static kw_status read_old(revocation *r, kw_error *err)
{
    KW_AUTO(kw_buf) lists = kw_buf_init(KW_X509_CRL_BYTES_MAX);
    kw_error why = {0};
    kw_status st = kw_file_read(&lists, r->reply.crl.ptr, &why);
    if (st == KW_NOT_FOUND) {
        return KW_OK;
    }
    KW_REQUIRE(st == KW_OK, err, st, "%s", why.text);
    KW_AUTO(kw_buf) authority = kw_buf_init(CERTIFICATE_BYTES_MAX);
    KW_TRY(read_certificate(r, &authority, KW_STR("ca"), err));
    KW_TRY_AT(
        err, kw_x509_crls_parse(&r->old, kw_buf_view(&lists), kw_buf_view(&authority), r->now, err),
        "reading the old list");
    return KW_OK;
}

/* What is revoked already keeps its moment. */
static void add_entry(revocation *r, const kw_x509_serial *serial)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->items[i].serial.text, serial->text) == 0) {
            return;
        }
    }
    r->items[r->count] = (kw_x509_revoked){.serial = *serial, .at = r->now};
    r->count++;
}

static kw_status collect(revocation *r, kw_strs names, kw_error *err)
{
    r->items = kw_heap_new(r->old.count + names.count + 1, sizeof *r->items);
    r->reply.serial.items = kw_arena_new(r->cli->arena, names.count + 1, sizeof(kw_str));
    KW_REQUIRE(r->items != NULL && r->reply.serial.items != NULL, err, KW_NO_MEMORY,
               "no memory for a revocation list");
    for (size_t i = 0; i < r->old.count; i++) {
        r->items[i] = r->old.items[i];
    }
    r->count = r->old.count;
    for (size_t i = 0; i < names.count; i++) {
        KW_AUTO(kw_buf) certificate = kw_buf_init(CERTIFICATE_BYTES_MAX);
        kw_x509_serial serial = {{0}};
        KW_TRY(read_certificate(r, &certificate, names.items[i], err));
        KW_TRY(kw_x509_serial_of(&serial, kw_buf_view(&certificate), err));
        add_entry(r, &serial);
        KW_TRY_AT(
            err,
            kw_arena_copy_str(r->cli->arena, &r->reply.serial.items[i], kw_str_of(serial.text)),
            "noting a serial number");
        r->reply.serial.count++;
    }
    r->reply.revoked = r->count;
    return KW_OK;
}

static kw_status write_list(const revocation *r, kw_error *err)
{
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    KW_TRY_AT(err, kw_pki_folder_open(r->cli, &ca, r->folder, err), "opening the authority");
    KW_AUTO(kw_buf) list = kw_buf_init(KW_X509_CRL_BYTES_MAX);
    const kw_x509_crl_request request = {.items = r->items,
                                         .count = r->count,
                                         .this_update = kw_pki_not_before(),
                                         .days = LIST_DAYS};
    KW_TRY(kw_x509_ca_sign_crl(ca, &list, &request, err));
    KW_TRY_AT(err, kw_file_write_atomic(r->reply.crl.ptr, kw_buf_view(&list), 0644, err),
              "writing the list");
    return KW_OK;
}

static kw_status revoke(kw_cli *cli, const void *given, kw_error *err)
{
    const revoke_options *options = given;
    kw_clock clock = kw_clock_system();
    KW_AUTO(revocation)
    r = {.cli = cli, .folder = options->folder, .now = kw_clock_now_ms(&clock) / 1000};
    KW_TRY_AT(
        err, kw_arena_format(cli->arena, &r.reply.crl, "%.*s/crl.pem", KW_STR_ARG(options->folder)),
        "naming the list");
    KW_TRY(read_old(&r, err));
    KW_TRY(collect(&r, options->name, err));
    KW_TRY(write_list(&r, err));
    return kw_cli_print(cli, &revoke_reply_schema, &r.reply, err);
}

const kw_command kw_command_dev_ca_revoke = {
    "dev-ca revoke",
    &revoke_options_schema,
    revoke,
    "revoke certificates for development",
    .about = "Adds certificates to FOLDER/crl.pem, the revocation list that a listener's crl_file "
             "names,\n"
             "and signs it anew for 30 days. A daemon loads the file within a second of its "
             "change.",
    .examples = {{"keyward dev-ca revoke ./pki clinic-a", "clinic-a may no longer connect"},
                 {"keyward dev-ca revoke ./pki", "a list for 30 more days, empty at first"}},
};
