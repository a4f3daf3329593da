/* SPDX-License-Identifier: Apache-2.0
 * keyward identity key. Secret output: the new API key, into a private file. */
#include "cli/api_key_file.h"
#include "cli/print.h"
#include "cli/remote.h"
#include "guard/api.h"
#include "guard/limits.h"
#include "os/clock.h"

typedef struct key_options {
    kw_str id;
    kw_str out;
    uint32_t days;
    kw_remote_options remote;
} key_options;

static const kw_field key_fields[] = {
    KW_FIELD(key_options, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "id of the identity"),
    KW_FIELD(key_options, out, KW_REMOTE_PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "file for the new API key, mode 0600; it must not be there yet"),
    KW_FIELD(key_options, days, 366, 0, .min = 1, .fallback = "365", .help = "life of the key"),
    KW_REMOTE_FIELDS(key_options),
};
KW_SCHEMA(key_options, key_fields);

/* The body. */
typedef struct key_wanted {
    kw_unix_s expires;
} key_wanted;

static const kw_field wanted_fields[] = {
    KW_FIELD(key_wanted, expires, INT64_MAX / 1000, KW_REQ | KW_TIME),
};
KW_SCHEMA(key_wanted, wanted_fields);

typedef struct key_reply {
    kw_str id;
    kw_str key_id;
    kw_str file;
    kw_unix_s expires;
} key_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(key_reply, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(key_reply, key_id, 64, KW_REQ, .help = "names the key; no secret"),
    KW_FIELD(key_reply, file, KW_REMOTE_PATH_BYTES_MAX, KW_REQ,
             .help = "hand it over; the server keeps only a hash"),
    KW_FIELD(key_reply, expires, INT64_MAX / 1000, KW_REQ | KW_TIME),
};
KW_SCHEMA(key_reply, reply_fields);

static kw_status make_key(kw_cli *cli, const void *given, kw_error *err)
{
    const key_options *options = given;
    kw_clock clock = kw_clock_system();
    const key_wanted wanted = {kw_clock_now_ms(&clock) / 1000 + (kw_unix_s)options->days * 86400};
    kw_guard_api_key_issued issued = {.expires = 0};
    kw_str path = {0};
    KW_TRY(kw_api_key_file_check(options->out, err));
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_TRY_AT(err, kw_remote_object(cli->arena, &path, "/v1/identities/", options->id, "/keys"),
              "building a path");
    kw_remote_request request = {.method = KW_POST,
                                 .path = path,
                                 .in = &key_wanted_schema,
                                 .in_object = &wanted,
                                 .out = &kw_guard_api_key_issued_schema,
                                 .out_object = &issued,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    KW_TRY(kw_api_key_file_write(options->out, issued.api_key, err));
    const key_reply reply = {
        .id = options->id, .key_id = issued.id, .file = options->out, .expires = issued.expires};
    return kw_cli_print(cli, &key_reply_schema, &reply, err);
}

const kw_command kw_command_identity_key = {
    "identity key",
    &key_options_schema,
    make_key,
    "make an API key for an identity",
    .about =
        "The key is shown this once, to the file. An identity has at most two that live: for a\n"
        "change, make the second one, use it, and let the first one end.",
    .examples = {{"keyward identity key backup-host --out node1.key "
                  "--server https://localhost:9443 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "at one operator"}},
};
