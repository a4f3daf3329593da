/* SPDX-License-Identifier: Apache-2.0
 * Tokens and keys of their issuers. Source: RFC 7515, 7517, 7519; RFC 8725 for what is refused. */
#include "threshold/token.h"

#include "base/heap.h"
#include "codec/base64.h"
#include "threshold/limits.h"

enum {
    DEPTH_MAX = 8,
    CLOCK_SKEW_S = 60, /* of the issuer */
};

typedef struct named_key {
    kw_str kid; /* in the arena; may be empty */
    kw_jws_key *key;
} named_key;

struct kw_jwks {
    kw_arena arena;
    size_t count;
    named_key items[KW_JWKS_KEYS_MAX];
};

void kw_jwks_free(void *jwks)
{
    kw_jwks *set = jwks;
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        kw_jws_key_free(set->items[i].key);
    }
    kw_arena_drop(&set->arena);
    kw_heap_free(set);
}

/* ---- keys ---- */

static bool is_text(const kw_json *object, const char *name, const char *wanted)
{
    return kw_str_equal(kw_json_text(kw_json_get(object, name)), kw_str_of(wanted));
}

/* The bytes of a member in base64url. */
static kw_status read_bytes(const kw_json *key, const char *name, kw_buf *out)
{
    return kw_base64_decode(out, kw_json_text(kw_json_get(key, name)), KW_BASE64_URL);
}

/* Its two numbers, the second of which not all kinds have. */
static kw_status read_numbers(const kw_json *key, const char *const names[2], kw_buf *a, kw_buf *b)
{
    KW_TRY(read_bytes(key, names[0], a));
    return names[1] == NULL ? KW_OK : read_bytes(key, names[1], b);
}

/* END: not one that we use. */
static kw_status make_key(kw_jws_key **out, const kw_json *key)
{
    KW_AUTO(kw_buf) a = kw_buf_init(KW_JWS_RSA_BITS_MAX / 8);
    KW_AUTO(kw_buf) b = kw_buf_init(KW_JWS_RSA_BITS_MAX / 8);
    if (kw_json_get(key, "use") != NULL && !is_text(key, "use", "sig")) {
        return KW_END;
    }
    if (is_text(key, "kty", "EC") && is_text(key, "crv", "P-256")) {
        KW_TRY(read_numbers(key, (const char *const[2]){"x", "y"}, &a, &b));
        return kw_jws_key_of_p256(out, kw_buf_view(&a), kw_buf_view(&b));
    }
    if (is_text(key, "kty", "RSA")) {
        KW_TRY(read_numbers(key, (const char *const[2]){"n", "e"}, &a, &b));
        return kw_jws_key_of_rsa(out, kw_buf_view(&a), kw_buf_view(&b));
    }
    if (is_text(key, "kty", "OKP") && is_text(key, "crv", "Ed25519")) {
        KW_TRY(read_numbers(key, (const char *const[2]){"x", NULL}, &a, &b));
        return kw_jws_key_of_ed25519(out, kw_buf_view(&a));
    }
    return KW_END;
}

static const named_key *find_key(const kw_jwks *set, kw_str kid)
{
    for (size_t i = 0; i < set->count; i++) {
        if (kw_str_equal(set->items[i].kid, kid)) {
            return &set->items[i];
        }
    }
    return NULL;
}

static kw_status add_key(kw_jwks *set, const kw_json *item, kw_error *err)
{
    KW_AUTO_PTR(kw_jws_key) key = NULL;
    kw_str kid = kw_json_text(kw_json_get(item, "kid"));
    kw_status st = make_key(&key, item);
    if (st == KW_END) {
        return KW_OK;
    }
    const char *alg = key != NULL ? kw_jws_key_alg_name(key) : "";
    bool is_other = kw_json_get(item, "alg") != NULL && !is_text(item, "alg", alg);
    KW_REQUIRE(st != KW_NO_MEMORY, err, st, "no memory for a key of tokens");
    KW_REQUIRE(st == KW_OK, err, KW_BAD_INPUT, "key %zu is none of its kind", set->count + 1);
    if (is_other) { /* such as PS256 by an RSA key: not ours */
        return KW_OK;
    }
    KW_REQUIRE(set->count < KW_JWKS_KEYS_MAX, err, KW_BAD_INPUT, "more than %d keys",
               KW_JWKS_KEYS_MAX);
    KW_REQUIRE(find_key(set, kid) == NULL, err, KW_BAD_INPUT, "two keys with one kid");
    named_key *added = &set->items[set->count];
    KW_TRY_AT(err, kw_arena_copy_str(&set->arena, &added->kid, kid), "a kid");
    added->key = key;
    key = NULL;
    set->count++;
    return KW_OK;
}

static kw_status add_keys(kw_jwks *set, const kw_json *root, kw_error *err)
{
    const kw_json *keys = kw_json_get(root, "keys");
    const kw_json *item = NULL;
    kw_str name;
    KW_REQUIRE(kw_json_kind_of(keys) == KW_JSON_ARRAY, err, KW_BAD_INPUT, "no list of keys");
    for (const void *at = NULL; kw_json_next(keys, &at, &name, &item);) {
        KW_TRY(add_key(set, item, err));
    }
    KW_REQUIRE(set->count > 0, err, KW_BAD_INPUT, "no key of ES256, RS256 or EdDSA");
    return KW_OK;
}

kw_status kw_jwks_parse(kw_jwks **out, kw_span json, kw_error *err)
{
    KW_AUTO_PTR(kw_json) root = NULL;
    KW_REQUIRE(json.len <= KW_JWKS_BYTES_MAX, err, KW_BAD_INPUT, "more than %d bytes",
               KW_JWKS_BYTES_MAX);
    KW_TRY(kw_json_parse(&root, json, DEPTH_MAX, err));
    kw_jwks *set = kw_heap_new(1, sizeof *set);
    KW_REQUIRE(set != NULL, err, KW_NO_MEMORY, "no memory for keys of tokens");
    set->arena = kw_arena_init(KW_JWKS_BYTES_MAX);
    kw_status st = add_keys(set, root, err);
    if (st != KW_OK) {
        kw_jwks_free(set);
        return st;
    }
    *out = set;
    return KW_OK;
}

/* ---- tokens ---- */

/* header "." claims "." signature, and what the signature is of. */
typedef struct token_parts {
    kw_str header;
    kw_str claims;
    kw_str signature;
    kw_str signed_text;
} token_parts;

static bool split_token(token_parts *out, kw_str token)
{
    kw_str rest;
    bool has_three = kw_str_split(token, '.', &out->header, &rest) &&
                     kw_str_split(rest, '.', &out->claims, &out->signature);
    out->signed_text = (kw_str){token.ptr, out->header.len + 1 + out->claims.len};
    return has_three; /* a fourth part has a dot, which base64url has not */
}

/* The JSON of a part. BAD_INPUT. */
static kw_status read_part(kw_json **out, kw_str part)
{
    KW_AUTO(kw_buf) text = kw_buf_init(KW_TOKEN_BYTES_MAX);
    KW_TRY(kw_base64_decode(&text, part, KW_BASE64_URL));
    return kw_json_parse(out, kw_buf_view(&text), DEPTH_MAX, NULL);
}

/* The key that the header names, where its algorithm is that of the key. One that names none is of
 * the only key. NULL: there is none such. */
static const kw_jws_key *choose_key(const kw_jwks *jwks, const kw_json *header)
{
    const kw_json *kid = kw_json_get(header, "kid");
    const named_key *found = jwks->count == 1 ? &jwks->items[0] : NULL;
    if (kid != NULL) {
        bool is_named = kw_json_kind_of(kid) == KW_JSON_STRING;
        found = is_named ? find_key(jwks, kw_json_text(kid)) : NULL;
    }
    bool is_usable = found != NULL && kw_json_get(header, "crit") == NULL &&
                     is_text(header, "alg", kw_jws_key_alg_name(found->key));
    return is_usable ? found->key : NULL;
}

static bool is_signed(const kw_jwks *jwks, const token_parts *parts)
{
    KW_AUTO_PTR(kw_json) header = NULL;
    KW_AUTO(kw_buf) signature = kw_buf_init(KW_JWS_SIGNATURE_BYTES_MAX);
    if (read_part(&header, parts->header) != KW_OK ||
        kw_base64_decode(&signature, parts->signature, KW_BASE64_URL) != KW_OK) {
        return false;
    }
    const kw_jws_key *key = choose_key(jwks, header);
    return key != NULL &&
           kw_jws_key_verify(key, kw_span_of_str(parts->signed_text), kw_buf_view(&signature));
}

/* One that never ends is refused. */
static bool is_of_now(const kw_json *claims, kw_unix_s now)
{
    const kw_json *not_before = kw_json_get(claims, "nbf");
    int64_t from = 0;
    int64_t until = 0;
    bool has_begun =
        not_before == NULL || (kw_json_integer(not_before, &from) && from <= now + CLOCK_SKEW_S);
    return has_begun && kw_json_integer(kw_json_get(claims, "exp"), &until) && now < until;
}

kw_status kw_token_verify(const kw_jwks *jwks, kw_json **out, kw_str token, kw_str issuer,
                          kw_unix_s now, kw_error *err)
{
    token_parts parts = {0};
    KW_AUTO_PTR(kw_json) claims = NULL;
    bool is_sound =
        token.len <= KW_TOKEN_BYTES_MAX && split_token(&parts, token) && is_signed(jwks, &parts);
    KW_REQUIRE(is_sound, err, KW_UNAUTHENTICATED, "no token that a key of the issuer signed");
    KW_REQUIRE(read_part(&claims, parts.claims) == KW_OK, err, KW_UNAUTHENTICATED,
               "the token has no claims");
    KW_REQUIRE(kw_str_equal(kw_json_text(kw_json_get(claims, "iss")), issuer), err,
               KW_UNAUTHENTICATED, "the token is of another issuer");
    KW_REQUIRE(is_of_now(claims, now), err, KW_UNAUTHENTICATED, "the token is not valid now");
    *out = claims;
    claims = NULL;
    return KW_OK;
}

bool kw_token_says(const kw_json *claims, kw_str name, kw_str value)
{
    const kw_json *claim = NULL;
    const kw_json *item = NULL;
    kw_str found;
    for (const void *at = NULL; kw_json_next(claims, &at, &found, &item);) {
        claim = kw_str_equal(found, name) ? item : claim;
    }
    if (kw_json_kind_of(claim) == KW_JSON_STRING) {
        return kw_str_equal(kw_json_text(claim), value);
    }
    for (const void *at = NULL; kw_json_next(claim, &at, &found, &item);) {
        if (kw_json_kind_of(claim) == KW_JSON_ARRAY && kw_json_kind_of(item) == KW_JSON_STRING &&
            kw_str_equal(kw_json_text(item), value)) {
            return true;
        }
    }
    return false;
}
