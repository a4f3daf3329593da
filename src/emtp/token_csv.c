/* SPDX-License-Identifier: Apache-2.0
 * CSV rows as records. Personal data goes into the caller's buffer only. */
#include "emtp/token_csv.h"

#include "codec/json.h"

/* Names that may stand once, and names of lists: these also with digits behind them. */
static const struct {
    const char *name;
    kw_emtp_csv_column column;
    bool is_list;
} names[] = {
    {"full_name", KW_EMTP_CSV_FULL_NAME, false},
    {"dob", KW_EMTP_CSV_DOB, false},
    {"phone", KW_EMTP_CSV_PHONE, true},
    {"phones", KW_EMTP_CSV_PHONE, true},
    {"address", KW_EMTP_CSV_ADDRESS, true},
    {"addresses", KW_EMTP_CSV_ADDRESS, true},
    {"idno", KW_EMTP_CSV_IDNO, true},
    {"idnos", KW_EMTP_CSV_IDNO, true},
    {"line1", KW_EMTP_CSV_LINE1, false},
    {"line2", KW_EMTP_CSV_LINE2, false},
    {"city", KW_EMTP_CSV_CITY, false},
    {"state", KW_EMTP_CSV_STATE, false},
    {"postal_code", KW_EMTP_CSV_POSTAL_CODE, false},
    {"country", KW_EMTP_CSV_COUNTRY, false},
};

static kw_str without_digits(kw_str name)
{
    while (name.len > 0 && name.ptr[name.len - 1] >= '0' && name.ptr[name.len - 1] <= '9') {
        name.len--;
    }
    return name;
}

/* Index in `names`; KW_COUNT(names) when there is no such column. */
static size_t find_name(kw_str cell)
{
    size_t i = 0;
    while (i < KW_COUNT(names)) {
        kw_str name = names[i].is_list ? without_digits(cell) : cell;
        if (kw_str_equal(name, kw_str_of(names[i].name))) {
            break;
        }
        i++;
    }
    return i;
}

kw_status kw_emtp_csv_header(kw_emtp_csv_columns *out, const kw_str *cells, size_t count,
                             kw_error *err)
{
    bool is_there[KW_EMTP_CSV_COUNTRY + 1] = {false};
    KW_REQUIRE(count <= KW_EMTP_CSV_COLUMNS_MAX, err, KW_BAD_INPUT, "too many columns");
    for (size_t i = 0; i < count; i++) {
        kw_str cell = cells[i];
        if (i == 0 && kw_str_starts_with(cell, KW_STR("\xef\xbb\xbf"))) {
            cell = (kw_str){cell.ptr + 3, cell.len - 3};
        }
        size_t name = find_name(kw_str_trim(cell));
        KW_REQUIRE(name < KW_COUNT(names), err, KW_BAD_INPUT,
                   "the CSV header has an unknown column: %.*s", (int)KW_MIN(cell.len, (size_t)40),
                   cell.ptr == NULL ? "" : cell.ptr);
        kw_emtp_csv_column column = names[name].column;
        KW_REQUIRE(names[name].is_list || !is_there[column], err, KW_BAD_INPUT,
                   "the CSV header has %s twice", names[name].name);
        is_there[column] = true;
        out->columns[i] = column;
    }
    KW_REQUIRE(is_there[KW_EMTP_CSV_FULL_NAME], err, KW_BAD_INPUT,
               "the CSV header has no full_name");
    out->count = count;
    out->is_known = true;
    return KW_OK;
}

/* The row that is written. */
typedef struct row {
    const kw_emtp_csv_columns *columns;
    const kw_str *cells;
    size_t count; /* of cells that have a column */
} row;

/* The cell of a column that stands once; empty when there is none. */
static kw_str cell_of(const row *r, kw_emtp_csv_column column)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->columns->columns[i] == column) {
            return r->cells[i];
        }
    }
    return (kw_str){0};
}

static void write_text(kw_json_writer *w, const char *name, kw_str text)
{
    kw_json_write_key(w, kw_str_of(name));
    kw_json_write_str(w, text);
}

static void write_text_if_any(kw_json_writer *w, const char *name, kw_str text)
{
    if (text.len > 0) {
        write_text(w, name, text);
    }
}

static void write_items(kw_json_writer *w, const row *r, kw_emtp_csv_column column)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->columns->columns[i] == column && r->cells[i].len > 0) {
            kw_json_write_str(w, r->cells[i]);
        }
    }
}

static void write_list(kw_json_writer *w, const row *r, const char *name, kw_emtp_csv_column column)
{
    kw_json_write_key(w, kw_str_of(name));
    kw_json_open_array(w);
    write_items(w, r, column);
    kw_json_close_array(w);
}

static bool has_parts(const row *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->columns->columns[i] >= KW_EMTP_CSV_LINE1 && r->cells[i].len > 0) {
            return true;
        }
    }
    return false;
}

static void write_addresses(kw_json_writer *w, const row *r)
{
    kw_json_write_key(w, KW_STR("addresses"));
    kw_json_open_array(w);
    write_items(w, r, KW_EMTP_CSV_ADDRESS);
    if (has_parts(r)) {
        kw_json_open_object(w);
        write_text(w, "line1", cell_of(r, KW_EMTP_CSV_LINE1));
        write_text_if_any(w, "line2", cell_of(r, KW_EMTP_CSV_LINE2));
        write_text(w, "city", cell_of(r, KW_EMTP_CSV_CITY));
        write_text(w, "state", cell_of(r, KW_EMTP_CSV_STATE));
        write_text(w, "postal_code", cell_of(r, KW_EMTP_CSV_POSTAL_CODE));
        write_text_if_any(w, "country", cell_of(r, KW_EMTP_CSV_COUNTRY));
        kw_json_close_object(w);
    }
    kw_json_close_array(w);
}

kw_status kw_emtp_csv_row(kw_buf *out, const kw_emtp_csv_columns *columns, const kw_str *cells,
                          size_t count, kw_error *err)
{
    row r = {.columns = columns, .cells = cells, .count = KW_MIN(count, columns->count)};
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    write_text_if_any(&w, "full_name", cell_of(&r, KW_EMTP_CSV_FULL_NAME));
    write_text_if_any(&w, "dob", cell_of(&r, KW_EMTP_CSV_DOB));
    write_addresses(&w, &r);
    write_list(&w, &r, "phones", KW_EMTP_CSV_PHONE);
    write_list(&w, &r, "idnos", KW_EMTP_CSV_IDNO);
    if (count > columns->count) {
        write_text(&w, "beyond_the_header", KW_STR(""));
    }
    kw_json_close_object(&w);
    KW_TRY_AT(err, kw_json_write_end(&w), "reading a CSV row");
    return KW_OK;
}
