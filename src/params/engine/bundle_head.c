/* SPDX-License-Identifier: Apache-2.0
 * Heads of ustar members. What is read is written again and compared: so there is one spelling. */
#include "params/engine/bundle_head.h"

#include "codec/reader.h"
#include "codec/writer.h"

#include <stdio.h>

enum {
    NAME_BYTES = 100,
    PREFIX_BYTES = 155,
    SUM_AT = 148,
    SUM_BYTES = 8,
    SIZE_AT = 124,
    SIZE_BYTES = 12,
    TYPE_AT = 156,
    PREFIX_AT = 345,
};

static const uint64_t octal_max = (UINT64_C(1) << 33) - 1; /* eleven digits */

bool kw_bundle_name_is_safe(kw_str name)
{
    if (name.len == 0 || name.len > KW_BUNDLE_NAME_BYTES_MAX || !kw_str_is_made_of(name, "._/-")) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') {
            return false;
        }
    }
    bool has_more = true;
    while (has_more) {
        kw_str part = {0};
        has_more = kw_str_split(name, '/', &part, &name);
        if (part.len == 0 || kw_str_equal(part, KW_STR(".")) || kw_str_equal(part, KW_STR(".."))) {
            return false;
        }
    }
    return true;
}

/* Length of the prefix; false: there is no "/" where one is needed. */
static bool split(size_t *out, kw_str name)
{
    *out = 0;
    if (name.len <= NAME_BYTES) {
        return true;
    }
    for (size_t i = KW_MIN(name.len - 1, (size_t)PREFIX_BYTES); i > 0; i--) {
        if (name.ptr[i] == '/') {
            *out = i;
            return name.len - i - 1 <= NAME_BYTES;
        }
    }
    return false;
}

/* The text and zeros up to `width`. */
static void write_text(kw_writer *w, kw_str text, size_t width)
{
    kw_write_str(w, text);
    for (size_t i = text.len; i < width; i++) {
        kw_write_u8(w, 0);
    }
}

static void write_size(kw_writer *w, uint64_t bytes)
{
    if (bytes > octal_max) {
        kw_write_u32be(w, UINT32_C(1) << 31);
        kw_write_u64be(w, bytes);
        return;
    }
    char digits[SIZE_BYTES];
    (void)snprintf(digits, sizeof digits, "%011llo", (unsigned long long)bytes);
    write_text(w, (kw_str){digits, SIZE_BYTES - 1}, SIZE_BYTES);
}

/* The sum of all bytes, those of the sum itself counted as spaces. */
static void fill_sum(uint8_t block[KW_BUNDLE_BLOCK_BYTES])
{
    unsigned sum = 0;
    memset(&block[SUM_AT], ' ', SUM_BYTES);
    for (size_t i = 0; i < KW_BUNDLE_BLOCK_BYTES; i++) {
        sum += block[i];
    }
    (void)snprintf((char *)&block[SUM_AT], SUM_BYTES - 1, "%06o", sum); /* and a NUL */
}

kw_status kw_bundle_head_encode(uint8_t out[KW_BUNDLE_BLOCK_BYTES], const kw_bundle_head *head)
{
    kw_str name = kw_str_of(head->name);
    size_t prefix_len = 0;
    if (!kw_bundle_name_is_safe(name) || !split(&prefix_len, name) || head->bytes > INT64_MAX) {
        return KW_BAD_INPUT;
    }
    kw_str prefix = {name.ptr, prefix_len};
    size_t skipped = prefix_len == 0 ? 0 : prefix_len + 1;
    uint8_t block[KW_BUNDLE_BLOCK_BYTES];
    kw_writer w = kw_writer_of(KW_MSPAN(block));
    write_text(&w, (kw_str){name.ptr + skipped, name.len - skipped}, NAME_BYTES);
    write_text(&w, KW_STR("0000644"), 8);
    write_text(&w, KW_STR("0000000"), 8);
    write_text(&w, KW_STR("0000000"), 8);
    write_size(&w, head->bytes);
    write_text(&w, KW_STR("00000000000"), 12);
    write_text(&w, KW_STR(""), SUM_BYTES);
    write_text(&w, KW_STR("0"), 1);
    write_text(&w, KW_STR(""), 100);
    write_text(&w, KW_STR("ustar"), 6);
    write_text(&w, KW_STR("00"), 2);
    write_text(&w, KW_STR(""), 64);
    write_text(&w, KW_STR("0000000"), 8);
    write_text(&w, KW_STR("0000000"), 8);
    write_text(&w, prefix, PREFIX_BYTES);
    write_text(&w, KW_STR(""), 12);
    KW_TRY(kw_write_end(&w));
    fill_sum(block);
    memcpy(out, block, sizeof block);
    return KW_OK;
}

/* Text of a field up to its first zero. */
static kw_str text_of(const uint8_t *field, size_t width)
{
    return (kw_str){(const char *)field, strnlen((const char *)field, width)};
}

static uint64_t read_size(const uint8_t *field)
{
    kw_reader r = kw_reader_of((kw_span){field, SIZE_BYTES});
    if (field[0] == 0x80) {
        (void)kw_read_u32be(&r);
        return kw_read_u64be(&r);
    }
    uint64_t value = 0; /* other characters: the comparison finds them */
    for (size_t i = 0; i < SIZE_BYTES - 1; i++) {
        value = value << 3 | (uint64_t)(kw_read_u8(&r) & 7);
    }
    return value;
}

/* Prefix and name joined; false: too long. */
static bool read_name(char out[KW_BUNDLE_NAME_BYTES_MAX + 1], const uint8_t *block)
{
    kw_str name = text_of(block, NAME_BYTES);
    kw_str prefix = text_of(&block[PREFIX_AT], PREFIX_BYTES);
    int len = snprintf(out, KW_BUNDLE_NAME_BYTES_MAX + 1, "%.*s%s%.*s", KW_STR_ARG(prefix),
                       prefix.len == 0 ? "" : "/", KW_STR_ARG(name));
    return len >= 0 && len <= KW_BUNDLE_NAME_BYTES_MAX;
}

static bool is_zero(const uint8_t *block)
{
    static const uint8_t zeros[KW_BUNDLE_BLOCK_BYTES] = {0};
    return kw_span_equal_var((kw_span){block, KW_BUNDLE_BLOCK_BYTES}, KW_SPAN(zeros));
}

kw_status kw_bundle_head_decode(kw_bundle_head *out, const uint8_t block[KW_BUNDLE_BLOCK_BYTES],
                                kw_error *err)
{
    kw_bundle_head head = {0};
    if (is_zero(block)) {
        *out = head;
        return KW_OK;
    }
    KW_REQUIRE(read_name(head.name, block) && kw_bundle_name_is_safe(kw_str_of(head.name)), err,
               KW_BAD_INPUT, "a name in the bundle could leave its folder, or is not one of ours");
    KW_REQUIRE(block[TYPE_AT] == '0', err, KW_BAD_INPUT, "%s in the bundle is no plain file",
               head.name);
    head.bytes = read_size(&block[SIZE_AT]);
    uint8_t again[KW_BUNDLE_BLOCK_BYTES];
    KW_REQUIRE(kw_bundle_head_encode(again, &head) == KW_OK &&
                   kw_span_equal_var((kw_span){block, sizeof again}, KW_SPAN(again)),
               err, KW_BAD_INPUT, "the head of %s in the bundle is damaged or of another kind",
               head.name);
    *out = head;
    return KW_OK;
}
