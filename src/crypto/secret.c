/* SPDX-License-Identifier: Apache-2.0
 * Types of secrets. Secret inputs: all contents, never lengths. */
#include "crypto/secret.h"

#include "base/checked.h"
#include "os/file.h"
#include "os/secmem.h"

#include <sodium.h>

enum {
    FIRST_CAPACITY = 256,
    PIPE_CAPACITY = 64 * 1024
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

static kw_status decode(kw_secret32 *out, kw_secret_span text, int variant)
{
    KW_AUTO(kw_secret32) value = {0};
    size_t len = 0;
    /* Refuses white space, wrong padding, stray bits and text behind the end. */
    if (sodium_base642bin(value.secret, sizeof value.secret, (const char *)text.secret, text.len,
                          NULL, &len, NULL, variant) != 0 ||
        len != sizeof value.secret) {
        return KW_BAD_INPUT;
    }
    *out = value;
    return KW_OK;
}

kw_status kw_secret32_of_base64(kw_secret32 *out, kw_secret_span text)
{
    return decode(out, text, sodium_base64_VARIANT_ORIGINAL);
}

kw_status kw_secret32_of_base64url(kw_secret32 *out, kw_secret_span text)
{
    return decode(out, text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
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

void kw_secret_bytes_drop(kw_secret_bytes *bytes)
{
    kw_secmem_free(bytes->secret);
    *bytes = kw_secret_bytes_init(bytes->max);
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

kw_status kw_secret_bytes_append_str(kw_secret_bytes *bytes, kw_str public_text)
{
    return kw_secret_bytes_append(bytes, kw_secret_span_of(kw_span_of_str(public_text)));
}

static kw_status encode(kw_secret_bytes *bytes, const kw_secret32 *value, int variant)
{
    size_t with_nul = sodium_base64_encoded_len(sizeof value->secret, variant);
    /* The NUL is written too, but not counted. */
    KW_TRY(kw_secret_bytes_reserve(bytes, with_nul));
    (void)sodium_bin2base64((char *)bytes->secret + bytes->len, with_nul, value->secret,
                            sizeof value->secret, variant);
    bytes->len += with_nul - 1;
    return KW_OK;
}

kw_status kw_secret_bytes_append_base64(kw_secret_bytes *bytes, const kw_secret32 *value)
{
    return encode(bytes, value, sodium_base64_VARIANT_ORIGINAL);
}

kw_status kw_secret_bytes_append_base64url(kw_secret_bytes *bytes, const kw_secret32 *value)
{
    return encode(bytes, value, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
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
