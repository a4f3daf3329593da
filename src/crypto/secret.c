/* SPDX-License-Identifier: Apache-2.0
 * Types of secrets. Secret inputs: all contents, never lengths. */
#include "crypto/secret.h"

#include "base/checked.h"
#include "codec/base64.h"
#include "os/file.h"
#include "os/secmem.h"

enum {
    FIRST_CAPACITY = 256,
    PIPE_CAPACITY = 64 * 1024,
    BLOCK_ALIGNMENT = 16,
};

struct kw_secret_key {
    kw_secret32 value;
};

void kw_secret32_drop(kw_secret32 *value)
{
    kw_wipe(value, sizeof *value);
}

kw_status kw_secret32_of(kw_secret32 *out, kw_secret_span bytes)
{
    if (bytes.len != sizeof out->secret) {
        return KW_BAD_INPUT;
    }
    memcpy(out->secret, bytes.secret, bytes.len);
    return KW_OK;
}

static kw_status decode(kw_secret32 *out, kw_secret_span text, kw_base64_form form)
{
    KW_AUTO(kw_secret32) value = {0};
    kw_str encoded = {(const char *)text.secret, text.len};
    KW_TRY(kw_base64_decode_to(KW_MSPAN(value.secret), encoded, form));
    *out = value;
    return KW_OK;
}

kw_status kw_secret32_of_base64(kw_secret32 *out, kw_secret_span text)
{
    return decode(out, text, KW_BASE64_STANDARD);
}

kw_status kw_secret32_of_base64url(kw_secret32 *out, kw_secret_span text)
{
    return decode(out, text, KW_BASE64_URL);
}

kw_mask kw_secret32_equal(const kw_secret32 *a, const kw_secret32 *b)
{
    return kw_ct_equal(a->secret, b->secret, sizeof a->secret);
}

void kw_secret32_xor(kw_secret32 *out, const kw_secret32 *a, const kw_secret32 *b)
{
    for (size_t i = 0; i < sizeof out->secret; i++) {
        out->secret[i] = a->secret[i] ^ b->secret[i];
    }
}

kw_status kw_secret_key_new(kw_secret_key **out, const kw_secret32 *value)
{
    kw_secret_key *key = kw_secmem_new(sizeof *key);
    if (key == NULL) {
        return KW_NO_MEMORY;
    }
    key->value = *value;
    *out = key;
    return KW_OK;
}

void kw_secret_key_free(kw_secret_key *key)
{
    kw_secmem_free(key);
}

const kw_secret32 *kw_secret_key_view(const kw_secret_key *key)
{
    return &key->value;
}

static void *get_pages(size_t bytes)
{
    size_t rounded = 0;
    return kw_size_add(bytes, BLOCK_ALIGNMENT - 1, &rounded)
               ? kw_secmem_new(rounded - rounded % BLOCK_ALIGNMENT)
               : NULL;
}

kw_arena kw_secret_arena_init(size_t max)
{
    static const kw_arena_source pages = {get_pages, kw_secmem_free};
    return (kw_arena){.max = max, .source = &pages};
}

void kw_secret_bytes_drop(kw_secret_bytes *bytes)
{
    kw_secmem_free(bytes->secret);
    *bytes = kw_secret_bytes_init(bytes->max);
}

void kw_secret_bytes_clear(kw_secret_bytes *bytes)
{
    if (bytes->len > 0) {
        kw_wipe(bytes->secret, bytes->len);
        bytes->len = 0;
    }
}

kw_status kw_secret_bytes_reserve(kw_secret_bytes *bytes, size_t more)
{
    size_t wanted = 0;
    if (!kw_size_add(bytes->len, more, &wanted) || wanted > bytes->max) {
        return KW_LIMIT;
    }
    if (wanted <= bytes->capacity) {
        return KW_OK;
    }
    size_t doubled = KW_MAX(bytes->capacity * 2, (size_t)FIRST_CAPACITY);
    size_t capacity = KW_MIN(KW_MAX(wanted, doubled), bytes->max);
    uint8_t *larger = kw_secmem_new(capacity);
    if (larger == NULL) {
        return KW_NO_MEMORY;
    }
    if (bytes->len > 0) {
        memcpy(larger, bytes->secret, bytes->len);
    }
    kw_secmem_free(bytes->secret); /* wipes the old block */
    bytes->secret = larger;
    bytes->capacity = capacity;
    return KW_OK;
}

kw_status kw_secret_bytes_append(kw_secret_bytes *bytes, kw_secret_span more)
{
    KW_TRY(kw_secret_bytes_reserve(bytes, more.len));
    if (more.len > 0) {
        memcpy(bytes->secret + bytes->len, more.secret, more.len);
        bytes->len += more.len;
    }
    return KW_OK;
}

void kw_secret_span_copy(kw_mspan out, kw_secret_span bytes)
{
    KW_ASSERT(out.len == bytes.len);
    if (out.len > 0) {
        memcpy(out.ptr, bytes.secret, out.len);
    }
}

kw_status kw_secret_bytes_append_str(kw_secret_bytes *bytes, kw_str public_text)
{
    return kw_secret_bytes_append(bytes, kw_secret_span_of(kw_span_of_str(public_text)));
}

static kw_status encode(kw_secret_bytes *bytes, const kw_secret32 *value, kw_base64_form form)
{
    size_t len = kw_base64_text_len(sizeof value->secret, form);
    KW_TRY(kw_secret_bytes_reserve(bytes, len));
    kw_base64_encode_to((char *)bytes->secret + bytes->len, KW_SPAN(value->secret), form);
    bytes->len += len;
    return KW_OK;
}

kw_status kw_secret_bytes_append_base64(kw_secret_bytes *bytes, const kw_secret32 *value)
{
    return encode(bytes, value, KW_BASE64_STANDARD);
}

kw_status kw_secret_bytes_append_base64url(kw_secret_bytes *bytes, const kw_secret32 *value)
{
    return encode(bytes, value, KW_BASE64_URL);
}

/* Leaves out one line end, which editors add; where it is shows nothing of the rest. */
static void cut_line_end(kw_secret_bytes *bytes)
{
    if (bytes->len > 0 && bytes->secret[bytes->len - 1] == '\n') {
        bytes->len--;
        if (bytes->len > 0 && bytes->secret[bytes->len - 1] == '\r') {
            bytes->len--;
        }
    }
}

kw_status kw_secret_bytes_read_file(kw_secret_bytes *out, const char *path, bool is_text,
                                    kw_error *err)
{
    KW_ASSERT(out->secret == NULL);
    kw_file_info info = {0};
    KW_TRY(kw_file_stat(&info, path, err));
    KW_REQUIRE(info.size <= out->max, err, KW_LIMIT, "%s is longer than %zu bytes", path, out->max);
    size_t room = info.size > 0 ? (size_t)info.size : KW_MIN(out->max, (size_t)PIPE_CAPACITY);
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(out->max);
    KW_TRY_AT(err, kw_secret_bytes_reserve(&bytes, room), "reading %s", path);
    KW_TRY(kw_file_read_private(&bytes.len, (kw_mspan){bytes.secret, bytes.capacity}, path, err));
    if (is_text) {
        cut_line_end(&bytes);
    }
    *out = kw_secret_bytes_take(&bytes);
    return KW_OK;
}
