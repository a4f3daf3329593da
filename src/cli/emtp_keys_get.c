/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp keys get: the epoch keys of a participant, into a private file.
 * Secret inputs: the keys. */
#include "cli/print.h"
#include "cli/remote.h"
#include "client/keyset.h"
#include "os/file.h"

typedef struct get_options {
    kw_remote_options remote;
    kw_str out;
    bool show_secret;
} get_options;

static const kw_field get_fields[] = {
    KW_FIELD(get_options, out, KW_REMOTE_PATH_BYTES_MAX, 0,
             .help = "file to write, mode 0600; it is replaced in one step"),
    KW_FIELD(get_options, show_secret, 0, 0, .help = "print the keys on standard output instead"),
    KW_REMOTE_FIELDS(get_options),
};
KW_SCHEMA(get_options, get_fields);

typedef struct shown_key {
    kw_str kid;
    int64_t not_before;
    int64_t not_after;
} shown_key;

static const kw_field shown_fields[] = {
    KW_FIELD(shown_key, kid, 64, KW_REQ),
    KW_FIELD(shown_key, not_before, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(shown_key, not_after, INT64_MAX, KW_REQ | KW_TIME),
};
KW_SCHEMA(shown_key, shown_fields);

typedef struct get_reply {
    kw_str file;
    struct {
        shown_key *items;
        size_t count;
    } keys;
} get_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(get_reply, file, KW_REMOTE_PATH_BYTES_MAX, KW_REQ, .help = "that was written"),
    KW_FIELD_LIST(get_reply, keys, &shown_key_schema, KW_EMTP_KEY_SET_MAX, KW_REQ),
};
KW_SCHEMA(get_reply, reply_fields);

static kw_status print_keys(kw_cli *cli, const kw_client_keyset *set, kw_str file, kw_error *err)
{
    get_reply reply = {.file = file};
    reply.keys.items = kw_arena_new(cli->arena, set->count, sizeof *reply.keys.items);
    KW_REQUIRE(reply.keys.items != NULL, err, KW_NO_MEMORY, "no memory for the reply");
    reply.keys.count = set->count;
    for (size_t i = 0; i < set->count; i++) {
        reply.keys.items[i] = (shown_key){.kid = kw_emtp_kid_text(&set->keys[i].kid),
                                          .not_before = set->keys[i].window.not_before,
                                          .not_after = set->keys[i].window.not_after};
    }
    return kw_cli_print(cli, &get_reply_schema, &reply, err);
}

static kw_status get(kw_cli *cli, const void *given, kw_error *err)
{
    const get_options *options = given;
    KW_REQUIRE((options->out.len > 0) != options->show_secret, err, KW_USAGE,
               "give --out FILE, or --show-secret to print the keys");
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_AUTO(kw_secret_bytes) answer = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    KW_TRY_AT(err, kw_remote_get_secret(remote, &answer, "/keys", err), "asking for the keys");
    /* Checked before it is written: a file that the next command refuses helps nobody. */
    KW_AUTO(kw_client_keyset) set = {0};
    kw_client_keyset_rule rule = {.overlap = 1, .accepts_test_key = true};
    KW_TRY(kw_client_keyset_decode(&set, kw_secret_bytes_view(&answer), &rule, err));
    kw_span text = kw_declassify_span(kw_secret_bytes_view(&answer),
                                      "the caller asked for the keys, in a private file or shown");
    if (options->show_secret) {
        return kw_cli_write(cli, text, err);
    }
    KW_TRY_AT(err, kw_file_write_atomic(options->out.ptr, text, 0600, err), "writing the keys");
    return print_keys(cli, &set, options->out, err);
}

const kw_command kw_command_emtp_keys_get = {
    "emtp keys get",
    &get_options_schema,
    get,
    "fetch the present epoch keys into a private file",
    .about =
        "Writes the answer of GET /keys, {\"keys\":[...]}, for `keyward emtp tokens --keys FILE`.\n"
        "Who holds this file can compute tokens: it is written with mode 0600, and the keys are\n"
        "not shown unless --show-secret asks for it. A server that has no key yet, or too much to\n"
        "do, says when to come back: the command does so by itself for up to ten seconds.",
    .examples = {{"keyward emtp keys get --server https://localhost:8443 --ca pki/ca.pem "
                  "--api-key-file clinic-a.key --out keys.json",
                  "the keys of a participant with an API key"}},
};
