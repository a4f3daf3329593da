/* SPDX-License-Identifier: Apache-2.0
 * Operators of commands. Secret inputs: the operator's signing key. */
#include "cli/operator_options.h"

#include "codec/json.h"
#include "os/file.h"

enum {
    ENTRY_BYTES_MAX = 4096,
};

kw_status kw_operator_entry_read(kw_cli *cli, kw_operator_row *out, kw_str path, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(ENTRY_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path.ptr, err), "reading an entry");
    KW_TRY_AT(err,
              kw_json_decode(out, cli->arena, &kw_operator_row_schema, kw_buf_view(&json), err),
              "reading %s", path.ptr);
    return KW_OK;
}

kw_status kw_operator_entries_read(kw_cli *cli, kw_operator_rows *out, kw_strs paths, kw_error *err)
{
    kw_operator_rows rows = {kw_arena_new(cli->arena, paths.count, sizeof *rows.items),
                             paths.count};
    KW_REQUIRE(rows.items != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    for (size_t i = 0; i < paths.count; i++) {
        KW_TRY(kw_operator_entry_read(cli, &rows.items[i], paths.items[i], err));
    }
    *out = rows;
    return KW_OK;
}

void kw_operator_self_drop(kw_operator_self *self)
{
    kw_operator_secret_free(self->key);
    *self = (kw_operator_self){0};
}

static kw_status open_token(kw_hsm **out, const kw_operator_options *options, kw_error *err)
{
    bool is_token = options->key == KW_OPERATOR_KEY_TOKEN;
    KW_REQUIRE(is_token || !kw_pkcs11_is_given(&options->token), err, KW_USAGE,
               "a key on a token is given with --key pkcs11");
    return is_token ? kw_pkcs11_open(out, &options->token, err) : KW_OK;
}

kw_status kw_operator_self_open(kw_cli *cli, kw_operator_self *out,
                                const kw_operator_options *options, kw_error *err)
{
    kw_operator_row row = {0};
    KW_AUTO_PTR(kw_hsm) token = NULL;
    KW_AUTO_PTR(kw_operator_secret) secret = NULL;
    KW_REQUIRE(options->key != KW_OPERATOR_KEY_SEALED || options->passphrase_file.len > 0, err,
               KW_USAGE, "a sealed key needs --passphrase-file");
    KW_TRY(kw_operator_entry_read(cli, &row, options->entry, err));
    KW_TRY(open_token(&token, options, err));
    const kw_operator_key_options key = {
        .source = options->key,
        .path = options->key_file.ptr,
        .passphrase_path = options->passphrase_file.ptr,
        .curve = (uint8_t)row.curve,
        .token = token,
    };
    KW_TRY(kw_operator_secret_open(&secret, &key, err));
    KW_REQUIRE(kw_span_equal_var(row.key, kw_operator_secret_public(secret)), err, KW_REFUSED,
               "the key %s is not that of the entry in %s", options->key_file.ptr,
               options->entry.ptr);
    *out = (kw_operator_self){row, secret};
    secret = NULL;
    return KW_OK;
}
