/* SPDX-License-Identifier: Apache-2.0
 * keyward params keygen: the key of a person who approves releases. Secret output: the key, into a
 * private file. */
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/publisher_folder.h"
#include "os/file.h"

enum {
    KEY_BYTES_MAX = 1024,
    VKEY_BYTES_MAX = 512,
};

typedef struct keygen_options {
    kw_str out;
    kw_str name;
} keygen_options;

static const kw_field keygen_fields[] = {
    KW_FIELD(keygen_options, out, KW_PUBLISHER_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file for the key, mode 0600; it must not be there yet"),
    KW_FIELD(keygen_options, name, 64, KW_REQ, .min = 1, .made_of = "._@-",
             .help = "name of the person"),
};
KW_SCHEMA(keygen_options, keygen_fields);

typedef struct keygen_reply {
    kw_str vkey;
} keygen_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(keygen_reply, vkey, VKEY_BYTES_MAX, KW_REQ),
};
KW_SCHEMA(keygen_reply, reply_fields);

static kw_status write_key(const kw_note_signer *signer, const char *path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KEY_BYTES_MAX);
    kw_file_info info;
    KW_REQUIRE(kw_file_stat(&info, path, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%s is there already", path);
    KW_TRY_AT(err, kw_note_signer_format(&text, signer), "writing the key");
    KW_TRY_AT(err, kw_secret_bytes_append_str(&text, KW_STR("\n")), "writing the key");
    kw_span bytes = kw_declassify_span(kw_secret_bytes_view(&text), "it goes into a private file");
    return kw_file_write_atomic(path, bytes, 0600, err);
}

static kw_status keygen(kw_cli *cli, const void *given, kw_error *err)
{
    const keygen_options *options = given;
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO(kw_ed25519_key) key = {.public_half = {{0}}};
    KW_AUTO(kw_note_signer) signer = {.verifier = {.id = 0}};
    KW_AUTO(kw_buf) vkey = kw_buf_init(VKEY_BYTES_MAX);
    KW_TRY(kw_client_randomness_open(&randomness, err));
    const kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY_AT(err, kw_ed25519_key_generate(&key, &rng), "making a key");
    KW_TRY_AT(err, kw_note_signer_init(&signer, options->name, &key), "naming the key");
    KW_TRY_AT(err, kw_note_vkey_format(&vkey, &signer.verifier), "naming the key");
    KW_TRY_AT(err, write_key(&signer, options->out.ptr, err), "writing the key");
    const keygen_reply reply = {kw_buf_text(&vkey)};
    return kw_cli_print(cli, &keygen_reply_schema, &reply, err);
}

const kw_command kw_command_params_keygen = {
    "params keygen",
    &keygen_options_schema,
    keygen,
    "make the key of a person who approves releases",
    .about = "Writes the key into a private file and prints its public half, which goes into\n"
             "policy.json of the folder in which releases are prepared:\n"
             "  {\"approvers\":[VKEY, VKEY, VKEY],\"threshold\":2}",
    .examples = {{"keyward params keygen ada.key --name ada", "a key for ada"}},
};
