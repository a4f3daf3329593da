/* SPDX-License-Identifier: Apache-2.0
 * Binary token files (emtp.md section 6). Token tables are as sensitive as keys: nothing of them
 * goes into an error text. */
#include "emtp/engine/emtk.h"

#include "codec/reader.h"
#include "codec/writer.h"

#include <stdlib.h>

static const char magic[] = "KWEMTK1\n";

enum {
    MAGIC_BYTES = sizeof magic - 1,
    TOP_VALUES = 4096,
    BYTE_VALUES = 256
};

/* Eight bytes as a number that compares as they do. */
static uint64_t word_at(const kw_emtk_record *record, size_t at)
{
    const uint8_t *b = record->bytes + at;
    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
           (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
           (uint64_t)b[6] << 8 | b[7];
}

int kw_emtk_compare_tokens(const kw_emtk_record *a, const kw_emtk_record *b)
{
    for (size_t at = 8; at < KW_EMTK_RECORD_BYTES; at += sizeof(uint64_t)) {
        uint64_t x = word_at(a, at);
        uint64_t y = word_at(b, at);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

int kw_emtk_compare(const kw_emtk_record *a, const kw_emtk_record *b)
{
    int order = kw_emtk_compare_tokens(a, b);
    uint32_t x = kw_emtk_row(a);
    uint32_t y = kw_emtk_row(b);
    return order != 0 ? order : (x > y) - (x < y);
}

kw_emtk_record kw_emtk_record_make(uint32_t row, uint8_t tier, const kw_hash32 *token)
{
    KW_ASSERT(row > 0 && tier <= KW_EMTK_TIER_MAX);
    kw_emtk_record record = {
        {(uint8_t)row, (uint8_t)(row >> 8), (uint8_t)(row >> 16), (uint8_t)(row >> 24), tier}};
    memcpy(record.bytes + 8, token->bytes, sizeof token->bytes);
    return record;
}

static bool is_kid(kw_str kid)
{
    return kid.len >= 1 && kid.len <= KW_EMTK_KID_BYTES_MAX && kw_str_is_made_of(kid, "._-");
}

kw_status kw_emtk_header_encode(kw_buf *out, kw_str kid, uint64_t count)
{
    if (!is_kid(kid)) {
        return KW_BAD_INPUT;
    }
    kw_writer w = kw_writer_to(out);
    kw_write_str(&w, KW_STR("KWEMTK1\n"));
    kw_write_span_u8(&w, kw_span_of_str(kid));
    kw_write_u64le(&w, count);
    return kw_write_end(&w);
}

kw_status kw_emtk_decode(kw_emtk *out, kw_span file, kw_error *err)
{
    kw_reader r = kw_reader_of(file);
    kw_span name = kw_read_span(&r, MAGIC_BYTES);
    kw_str kid = kw_str_of_span(kw_read_span_u8(&r, KW_EMTK_KID_BYTES_MAX));
    uint64_t count = kw_read_u64le(&r);
    kw_span records = kw_read_rest(&r);
    KW_REQUIRE(kw_read_end(&r) == KW_OK &&
                   kw_span_equal_var(name, kw_span_of_str(kw_str_of(magic))) && is_kid(kid),
               err, KW_BAD_INPUT, "not a token file");
    KW_REQUIRE(count == records.len / KW_EMTK_RECORD_BYTES &&
                   records.len % KW_EMTK_RECORD_BYTES == 0,
               err, KW_BAD_INPUT, "the token file is cut or has trailing bytes");
    *out = (kw_emtk){
        .kid = kid, .records = (const kw_emtk_record *)records.ptr, .count = (size_t)count};
    return KW_OK;
}

kw_status kw_emtk_check(const kw_emtk *part, const kw_emtk_record *before, kw_error *err)
{
    for (size_t i = 0; i < part->count; i++) {
        const kw_emtk_record *record = &part->records[i];
        const uint8_t *padding = record->bytes + 5;
        KW_REQUIRE(kw_emtk_row(record) > 0 && kw_emtk_tier(record) <= KW_EMTK_TIER_MAX &&
                       (padding[0] | padding[1] | padding[2]) == 0,
                   err, KW_BAD_INPUT, "record %zu of a token file is malformed", i);
        KW_REQUIRE(before == NULL || kw_emtk_compare(before, record) < 0, err, KW_BAD_INPUT,
                   "record %zu of a token file is out of order", i);
        before = record;
    }
    return KW_OK;
}

static int compare_records(const void *a, const void *b)
{
    return kw_emtk_compare(a, b);
}

static size_t top_of(const kw_emtk_record *record)
{
    return (size_t)record->bytes[8] << 4 | record->bytes[9] >> 4;
}

/* Tokens are uniform: scattered by their first 12 bits, what is left are short lists. */
void kw_emtk_sort(kw_emtk_record *records, kw_emtk_record *scratch, size_t count)
{
    size_t ends[TOP_VALUES] = {0};
    for (size_t i = 0; i < count; i++) {
        scratch[i] = records[i];
        ends[top_of(&records[i])]++;
    }
    size_t end = 0;
    for (size_t top = 0; top < TOP_VALUES; top++) {
        size_t start = end;
        end += ends[top];
        ends[top] = start;
    }
    for (size_t i = 0; i < count; i++) {
        records[ends[top_of(&scratch[i])]++] = scratch[i];
    }
    size_t start = 0;
    for (size_t top = 0; top < TOP_VALUES; top++) {
        if (ends[top] - start > 1) {
            qsort(records + start, ends[top] - start, sizeof *records, compare_records);
        }
        start = ends[top];
    }
}

/* Index of the first record whose token does not begin below `byte`. */
static size_t lower_bound(const kw_emtk *file, size_t byte)
{
    size_t low = 0;
    size_t high = file->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->records[middle].bytes[8] < byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

kw_emtk kw_emtk_part(const kw_emtk *file, size_t index, size_t parts)
{
    KW_ASSERT(parts >= 1 && parts <= BYTE_VALUES && index < parts);
    size_t from = lower_bound(file, index * BYTE_VALUES / parts);
    size_t to = lower_bound(file, (index + 1) * BYTE_VALUES / parts);
    return (kw_emtk){.kid = file->kid,
                     .records = file->records == NULL ? NULL : file->records + from,
                     .count = KW_MAX(to, from) - from};
}
