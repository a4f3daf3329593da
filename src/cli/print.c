/* SPDX-License-Identifier: Apache-2.0
 * Results as JSON or as text. Text goes to terminals, so it carries no control character of a
 * peer. */
#include "cli/print.h"

#include "codec/json.h"
#include "codec/utf8.h"
#include "os/oserror.h"

#include <stdarg.h>

enum {
    RESULT_BYTES_MAX = 64 << 20,
    CELL_BYTES_MAX = 1 << 20,
    TABLE_COLUMNS_MAX = 16
};

/* Right after the call on `out` that failed. */
static kw_status output_failed(kw_cli *cli, kw_error *err)
{
    kw_status st = kw_fail_errno(err, "writing to standard output");
    cli->is_unread = st == KW_CANCELLED;
    return st;
}

kw_status kw_cli_write(kw_cli *cli, kw_span bytes, kw_error *err)
{
    size_t written = bytes.len == 0 ? 0 : fwrite(bytes.ptr, 1, bytes.len, cli->out);
    return written == bytes.len ? KW_OK : output_failed(cli, err);
}

kw_status kw_cli_flush(kw_cli *cli, kw_error *err)
{
    return fflush(cli->out) == 0 ? KW_OK : output_failed(cli, err);
}

void kw_cli_note(kw_cli *cli, const char *format, ...)
{
    if (cli->is_quiet || cli->is_json) {
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vfprintf(cli->err, format, args);
    (void)fputc('\n', cli->err);
    va_end(args);
}

/* ---- cells ---- */

/* Copies a text without controls (also those of C1 and broken UTF-8); gives its columns, roughly.
 * */
static kw_status append_printable(kw_buf *out, kw_str text, size_t *columns)
{
    while (text.len > 0) {
        uint32_t c = 0;
        (void)kw_utf8_next(&text, &c);
        bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        char bytes[4];
        size_t len = kw_utf8_encode_to(bytes, is_control ? KW_UTF8_REPLACEMENT : c);
        KW_TRY(kw_buf_append_str(out, (kw_str){bytes, len}));
        *columns += 1;
    }
    return KW_OK;
}

static kw_status append_cell(kw_buf *out, const void *object, const kw_field *field,
                             size_t *columns)
{
    KW_AUTO(kw_buf) raw = kw_buf_init(CELL_BYTES_MAX);
    bool is_null = (field->flags & KW_NULL) != 0 && kw_field_is_empty(object, field);
    KW_TRY(is_null ? kw_buf_append_str(&raw, KW_STR("-")) : kw_field_print(&raw, object, field));
    return append_printable(out, kw_buf_text(&raw), columns);
}

/* ---- tables ---- */

static bool is_column(const kw_field *field)
{
    return field->kind != KW_KIND_OBJECT && field->kind != KW_KIND_LIST;
}

/* Columns of a table's column: its head, or its widest cell. */
static kw_status measure(size_t *width, const void *object, const kw_field *field,
                         const kw_field *column)
{
    *width = strlen(column->name);
    for (size_t i = 0; i < kw_field_items_count(object, field); i++) {
        KW_AUTO(kw_buf) cell = kw_buf_init(CELL_BYTES_MAX);
        size_t columns = 0;
        KW_TRY(append_cell(&cell, kw_field_item(object, field, i), column, &columns));
        *width = KW_MAX(*width, columns);
    }
    return KW_OK;
}

/* One line of a table; `object` NULL: the heads. The last column is not padded. */
static kw_status append_table_line(kw_buf *out, const kw_schema *schema, const void *object,
                                   const size_t *widths, unsigned indent)
{
    size_t pending = indent; /* spaces owed before the next cell */
    for (size_t i = 0; i < schema->count && i < TABLE_COLUMNS_MAX; i++) {
        const kw_field *column = &schema->fields[i];
        if (!is_column(column)) {
            continue;
        }
        KW_TRY(kw_buf_append_format(out, "%*s", (int)pending, ""));
        size_t columns = 0;
        KW_TRY(object == NULL ? append_printable(out, kw_str_of(column->name), &columns)
                              : append_cell(out, object, column, &columns));
        pending = widths[i] - columns + 2;
    }
    return kw_buf_append_byte(out, '\n');
}

static kw_status append_table(kw_buf *out, const void *object, const kw_field *field,
                              unsigned indent)
{
    const kw_schema *schema = field->schema;
    size_t widths[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < schema->count && i < TABLE_COLUMNS_MAX; i++) {
        if (is_column(&schema->fields[i])) {
            KW_TRY(measure(&widths[i], object, field, &schema->fields[i]));
        }
    }
    KW_TRY(append_table_line(out, schema, NULL, widths, indent));
    for (size_t i = 0; i < kw_field_items_count(object, field); i++) {
        KW_TRY(append_table_line(out, schema, kw_field_item(object, field, i), widths, indent));
    }
    return KW_OK;
}

/* ---- objects ---- */

static kw_status append_object(kw_buf *out, const kw_schema *schema, const void *object,
                               unsigned indent);

static kw_status append_member(kw_buf *out, const void *object, const kw_field *field,
                               unsigned indent)
{
    KW_TRY(kw_buf_append_format(out, "%*s%s:", (int)indent, "", field->name));
    if (field->kind == KW_KIND_OBJECT) {
        KW_TRY(kw_buf_append_byte(out, '\n'));
        return append_object(out, field->schema, kw_field_at(object, field), indent + 2);
    }
    if (field->kind == KW_KIND_LIST) {
        bool is_empty = kw_field_is_empty(object, field);
        KW_TRY(kw_buf_append_str(out, is_empty ? KW_STR(" none\n") : KW_STR("\n")));
        return is_empty ? KW_OK : append_table(out, object, field, indent + 2);
    }
    size_t columns = 0;
    KW_TRY(kw_buf_append_byte(out, ' '));
    KW_TRY(append_cell(out, object, field, &columns));
    return kw_buf_append_byte(out, '\n');
}

static kw_status append_object(kw_buf *out, const kw_schema *schema, const void *object,
                               unsigned indent)
{
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if ((field->flags & KW_REQ) != 0 || !kw_field_is_empty(object, field)) {
            KW_TRY(append_member(out, object, field, indent));
        }
    }
    return KW_OK;
}

kw_status kw_cli_print(kw_cli *cli, const kw_schema *schema, const void *object, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(RESULT_BYTES_MAX);
    if (cli->is_json) {
        KW_TRY_AT(err, kw_json_encode(&text, schema, object, KW_JSON_REDACT), "printing");
        KW_TRY_AT(err, kw_buf_append_byte(&text, '\n'), "printing");
    } else {
        KW_TRY_AT(err, append_object(&text, schema, object, 0), "printing");
    }
    return kw_cli_write(cli, kw_buf_view(&text), err);
}
