/* SPDX-License-Identifier: Apache-2.0
 * Length and hashes of files. Source: TUF 1.0.34 sections 4.4 and 4.5. */
#include "tuf/engine/content.h"

#include "codec/hex.h"
#include "tuf/engine/find.h"

/* One algorithm; absent: `has` stays false. */
static kw_status read_hash(bool *has, kw_mspan out, const kw_json *hashes, const char *name,
                           kw_error *err)
{
    const kw_json *value = kw_json_get(hashes, name);
    if (value == NULL) {
        return KW_OK;
    }
    KW_REQUIRE(kw_hex_decode_to(out, kw_json_text(value)) == KW_OK, err, KW_BAD_INPUT,
               "a %s is not hex of its length", name);
    *has = true;
    return KW_OK;
}

static kw_status read_hashes(kw_tuf_content *out, const kw_json *hashes, kw_error *err)
{
    KW_TRY(read_hash(&out->has_sha256, KW_MSPAN(out->sha256.bytes), hashes, "sha256", err));
    KW_TRY(read_hash(&out->has_sha512, KW_MSPAN(out->sha512.bytes), hashes, "sha512", err));
    KW_TRY(read_hash(&out->has_blake2b_256, KW_MSPAN(out->blake2b_256.bytes), hashes, "blake2b-256",
                     err));
    KW_REQUIRE(kw_tuf_content_has_hashes(out), err, KW_BAD_INPUT, "no hash of a known kind");
    return KW_OK;
}

kw_status kw_tuf_content_read(kw_tuf_content *out, const kw_json *object, kw_error *err)
{
    kw_tuf_content content = {0};
    const kw_json *length = kw_json_get(object, "length");
    const kw_json *hashes = kw_json_get(object, "hashes");
    if (length != NULL) {
        KW_REQUIRE(kw_tuf_number(&content.length, length, 0), err, KW_BAD_INPUT,
                   "a length is no number");
        content.has_length = true;
    }
    if (hashes != NULL) {
        KW_TRY(read_hashes(&content, hashes, err));
    }
    *out = content;
    return KW_OK;
}

bool kw_tuf_content_has_hashes(const kw_tuf_content *content)
{
    return content->has_sha256 || content->has_sha512 || content->has_blake2b_256;
}

void kw_tuf_content_prefix(const kw_tuf_content *content, char out[KW_TUF_HASH_TEXT_BYTES])
{
    KW_ASSERT(kw_tuf_content_has_hashes(content));
    kw_span hash = content->has_sha256   ? KW_SPAN(content->sha256.bytes)
                   : content->has_sha512 ? KW_SPAN(content->sha512.bytes)
                                         : KW_SPAN(content->blake2b_256.bytes);
    kw_hex_encode_to(out, hash);
    out[2 * hash.len] = '\0';
}

kw_status kw_tuf_content_check(const kw_tuf_content *content, kw_span bytes, kw_error *err)
{
    kw_tuf_content_state state;
    kw_tuf_content_begin(&state, content);
    KW_TRY(kw_tuf_content_update(&state, bytes, err));
    return kw_tuf_content_end(&state, err);
}

void kw_tuf_content_begin(kw_tuf_content_state *state, const kw_tuf_content *content)
{
    state->content = content;
    state->length = 0;
    kw_sha256_init(&state->sha256);
    kw_sha512_init(&state->sha512);
    kw_blake2b_init(&state->blake2b_256, sizeof content->blake2b_256.bytes);
}

kw_status kw_tuf_content_update(kw_tuf_content_state *state, kw_span bytes, kw_error *err)
{
    const kw_tuf_content *content = state->content;
    KW_REQUIRE(!content->has_length || bytes.len <= content->length - state->length, err, KW_HASH,
               "longer than the %llu bytes that are signed", (unsigned long long)content->length);
    state->length += bytes.len;
    if (content->has_sha256) {
        kw_sha256_update(&state->sha256, bytes);
    }
    if (content->has_sha512) {
        kw_sha512_update(&state->sha512, bytes);
    }
    if (content->has_blake2b_256) {
        kw_blake2b_update(&state->blake2b_256, bytes);
    }
    return KW_OK;
}

kw_status kw_tuf_content_end(kw_tuf_content_state *state, kw_error *err)
{
    const kw_tuf_content *content = state->content;
    KW_REQUIRE(!content->has_length || state->length == content->length, err, KW_HASH,
               "shorter than the %llu bytes that are signed", (unsigned long long)content->length);
    kw_hash32 sha256;
    kw_hash64 sha512;
    kw_hash32 blake2b_256;
    kw_sha256_final(&state->sha256, &sha256);
    kw_sha512_final(&state->sha512, &sha512);
    kw_blake2b_final(&state->blake2b_256, KW_MSPAN(blake2b_256.bytes));
    bool is_same =
        (!content->has_sha256 || kw_hash32_equal(&sha256, &content->sha256)) &&
        (!content->has_sha512 ||
         kw_span_equal_var(KW_SPAN(sha512.bytes), KW_SPAN(content->sha512.bytes))) &&
        (!content->has_blake2b_256 || kw_hash32_equal(&blake2b_256, &content->blake2b_256));
    KW_REQUIRE(is_same, err, KW_HASH, "another hash than the signed one");
    return KW_OK;
}
