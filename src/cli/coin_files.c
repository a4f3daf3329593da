/* SPDX-License-Identifier: Apache-2.0
 * Files of a flipped coin. Secret inputs: the own value. */
#include "cli/coin_files.h"

#include "cli/print.h"
#include "codec/json.h"
#include "os/file.h"

enum {
    VALUE_BYTES = 32,
    LIST_BYTES = 32,
};

kw_status kw_coin_value_write(const char *path, const kw_secret32 *value, kw_error *err)
{
    kw_file_info info;
    KW_REQUIRE(kw_file_stat(&info, path, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%s is there already: a value is used once", path);
    kw_span bytes = kw_declassify_span(kw_secret32_view(value), "it goes into a private file");
    KW_TRY_AT(err, kw_file_write_atomic(path, bytes, 0600, err), "writing the value");
    return KW_OK;
}

/* A value, and the list that it was revealed for, if it was. */
static kw_status read_value(kw_secret_bytes *out, const char *path, kw_error *err)
{
    KW_TRY_AT(err, kw_secret_bytes_read_file(out, path, false, err), "reading the value");
    KW_REQUIRE(out->len == VALUE_BYTES || out->len == VALUE_BYTES + LIST_BYTES, err, KW_BAD_INPUT,
               "reading %s: a value has 32 bytes, and 32 more when it was revealed", path);
    return KW_OK;
}

kw_status kw_coin_value_read(kw_secret32 *out, const char *path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(VALUE_BYTES + LIST_BYTES);
    KW_TRY(read_value(&bytes, path, err));
    kw_secret_span value = kw_secret_span_part(kw_secret_bytes_view(&bytes), 0, VALUE_BYTES);
    KW_TRY_AT(err, kw_secret32_of(out, value), "reading %s", path);
    return KW_OK;
}

kw_status kw_coin_value_bind(const char *path, const kw_hash32 *list, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(VALUE_BYTES + LIST_BYTES);
    KW_TRY(read_value(&bytes, path, err));
    kw_span whole = kw_declassify_span(kw_secret_bytes_view(&bytes),
                                       "it goes back into a private file, and is revealed next");
    if (whole.len > VALUE_BYTES) {
        kw_span before = {whole.ptr + VALUE_BYTES, LIST_BYTES};
        KW_REQUIRE(kw_span_equal_var(before, KW_SPAN(list->bytes)), err, KW_CONFLICT,
                   "%s was revealed for another list of commitments: begin again with a new value",
                   path);
        return KW_OK;
    }
    KW_TRY_AT(err, kw_secret_bytes_append(&bytes, kw_secret_span_of(KW_SPAN(list->bytes))),
              "writing the value");
    whole = kw_declassify_span(kw_secret_bytes_view(&bytes), "it goes into a private file");
    KW_TRY_AT(err, kw_file_write_atomic(path, whole, 0600, err), "writing the value");
    return KW_OK;
}

static kw_status read_part(kw_cli *cli, kw_coin_part *out, kw_str path, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_PART_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path.ptr, err), "reading %s", path.ptr);
    KW_TRY_AT(err, kw_json_decode(out, cli->arena, &kw_coin_part_schema, kw_buf_view(&json), err),
              "reading %s", path.ptr);
    return KW_OK;
}

kw_status kw_coin_parts_read(kw_cli *cli, kw_coin_flip *out, kw_strs paths, kw_error *err)
{
    kw_coin_parts parts = {kw_arena_new(cli->arena, paths.count, sizeof *parts.items), paths.count};
    KW_REQUIRE(parts.items != NULL, err, KW_NO_MEMORY, "no memory for the commitments");
    for (size_t i = 0; i < paths.count; i++) {
        KW_TRY(read_part(cli, &parts.items[i], paths.items[i], err));
    }
    return kw_coin_flip_of_parts(out, cli->arena, parts, err);
}

kw_status kw_coin_part_print(kw_cli *cli, const kw_coin_part *part, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_PART_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&json, &kw_coin_part_schema, part, KW_JSON_PLAIN), "printing");
    KW_TRY_AT(err, kw_buf_append_byte(&json, '\n'), "printing");
    return kw_cli_write(cli, kw_buf_view(&json), err);
}

kw_status kw_coin_transcript_read(kw_cli *cli, kw_coin_transcript *out, const char *path,
                                  kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the transcript");
    KW_TRY_AT(err, kw_coin_transcript_decode(out, cli->arena, kw_buf_view(&json), err),
              "checking %s", path);
    return KW_OK;
}
