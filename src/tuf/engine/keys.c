/* SPDX-License-Identifier: Apache-2.0
 * Keys by the ground floors. All inputs are public. Source: TUF 1.0.34 section 4.2. */
#include "tuf/engine/keys.h"

#include "codec/hex.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/pem_key.h"
#include "tuf/engine/cjson.h"
#include "tuf/engine/limits.h"

enum {
    SIGNATURE_BYTES_MAX = KW_PEM_RSA_BITS_MAX / 8,
};

typedef struct kind_row {
    const char *keytype;
    const char *scheme;
    kw_tuf_key_kind kind;
} kind_row;

/* Files of old have the scheme of ECDSA as the type of the key. */
static const kind_row kinds[] = {
    {"ed25519", "ed25519", KW_TUF_KEY_ED25519},
    {"ecdsa", "ecdsa-sha2-nistp256", KW_TUF_KEY_ECDSA_P256},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", KW_TUF_KEY_ECDSA_P256},
    {"rsa", "rsassa-pss-sha256", KW_TUF_KEY_RSA_PSS},
    {"rsa", "rsa-pkcs1v15-sha256", KW_TUF_KEY_RSA_PKCS1},
};

static kw_tuf_key_kind kind_of(kw_str keytype, kw_str scheme)
{
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        if (kw_str_equal(keytype, kw_str_of(kinds[i].keytype)) &&
            kw_str_equal(scheme, kw_str_of(kinds[i].scheme))) {
            return kinds[i].kind;
        }
    }
    return KW_TUF_KEY_UNKNOWN;
}

kw_status kw_tuf_keyid_of(kw_hash32 *out, const kw_json *key, kw_error *err)
{
    KW_AUTO(kw_buf) form = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
    KW_TRY(kw_tuf_cjson_write(&form, key, err));
    kw_sha256(out, kw_buf_view(&form));
    return KW_OK;
}

static kw_status check_keyid(kw_str keyid, const kw_json *key, kw_error *err)
{
    kw_hash32 wanted;
    kw_hash32 given;
    KW_TRY(kw_tuf_keyid_of(&wanted, key, err));
    KW_REQUIRE(kw_hex_decode_to(KW_MSPAN(given.bytes), keyid) == KW_OK &&
                   kw_hash32_equal(&wanted, &given),
               err, KW_HASH, "the name of a key is not its hash");
    return KW_OK;
}

static bool is_text(const kw_json *value)
{
    return kw_json_kind_of(value) == KW_JSON_STRING;
}

kw_status kw_tuf_key_read(kw_tuf_key *out, kw_str keyid, const kw_json *key, kw_tuf_keyids rule,
                          kw_error *err)
{
    const kw_json *keytype = kw_json_get(key, "keytype");
    const kw_json *scheme = kw_json_get(key, "scheme");
    const kw_json *value = kw_json_get(kw_json_get(key, "keyval"), "public");
    KW_REQUIRE(keyid.len > 0 && is_text(keytype) && is_text(scheme) && is_text(value), err,
               KW_BAD_INPUT, "a key has no type, scheme or public value");
    if (rule == KW_TUF_KEYIDS_STRICT) {
        KW_TRY(check_keyid(keyid, key, err));
    }
    *out = (kw_tuf_key){.keyid = keyid,
                        .kind = kind_of(kw_json_text(keytype), kw_json_text(scheme)),
                        .value = kw_json_text(value)};
    return KW_OK;
}

static bool verify_ed25519(kw_str value, kw_hash32 *out_id, kw_span message, kw_span signature)
{
    kw_ed25519_public key;
    kw_ed25519_signature sig;
    if (signature.len != sizeof sig.bytes ||
        kw_hex_decode_to(KW_MSPAN(key.bytes), value) != KW_OK) {
        return false;
    }
    memcpy(sig.bytes, signature.ptr, signature.len);
    kw_sha256(out_id, KW_SPAN(key.bytes));
    return kw_ed25519_verify(&key, &sig, message);
}

static bool verify_pem(const kw_tuf_key *key, kw_pem_scheme scheme, kw_hash32 *out_id,
                       kw_span message, kw_span signature)
{
    KW_AUTO_PTR(kw_pem_key) pem = NULL;
    if (kw_pem_key_parse(&pem, key->value, scheme) != KW_OK) {
        return false;
    }
    *out_id = kw_pem_key_id(pem);
    return kw_pem_key_verify(pem, message, signature);
}

static bool verify_bytes(const kw_tuf_key *key, kw_hash32 *out_id, kw_span message,
                         kw_span signature)
{
    switch (key->kind) {
    case KW_TUF_KEY_UNKNOWN:
        return false;
    case KW_TUF_KEY_ED25519:
        return verify_ed25519(key->value, out_id, message, signature);
    case KW_TUF_KEY_ECDSA_P256:
        return verify_pem(key, KW_PEM_ECDSA_P256, out_id, message, signature);
    case KW_TUF_KEY_RSA_PSS:
        return verify_pem(key, KW_PEM_RSA_PSS, out_id, message, signature);
    case KW_TUF_KEY_RSA_PKCS1:
        return verify_pem(key, KW_PEM_RSA_PKCS1, out_id, message, signature);
    }
    return false;
}

bool kw_tuf_key_verify(const kw_tuf_key *key, kw_hash32 *out_id, kw_span message, kw_str signature)
{
    uint8_t bytes[SIGNATURE_BYTES_MAX];
    kw_mspan room = {bytes, signature.len / 2};
    return room.len > 0 && room.len <= sizeof bytes && kw_hex_decode_to(room, signature) == KW_OK &&
           verify_bytes(key, out_id, message, kw_span_of_mspan(room));
}
