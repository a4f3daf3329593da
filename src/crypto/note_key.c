/* SPDX-License-Identifier: Apache-2.0
 * Names and keys of signed notes as text. Source: C2SP signed-note. Secret inputs: signer keys. */
#include "crypto/note.h"

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/utf8.h"
#include "crypto/hash.h"

enum {
    ALGORITHM_ED25519 = 0x01,
    PUBLIC_PART_BYTES_MAX = 12 + KW_NOTE_NAME_BYTES_MAX + 10, /* prefix, name, id and two "+" */
    KEY_BYTES = 1 + 32,                                       /* algorithm, key */
    KEY_CHARS = (KEY_BYTES + 2) / 3 * 4,                      /* base64 */
};

#define SIGNER_PREFIX "PRIVATE+KEY+"

/* Not empty, at most 255 bytes, printable UTF-8 without white space and "+". */
static bool is_name(kw_str name)
{
    if (name.len == 0 || name.len > KW_NOTE_NAME_BYTES_MAX || !kw_utf8_is_line(name)) {
        return false;
    }
    kw_str rest = name;
    uint32_t point = 0;
    while (rest.len > 0 && kw_utf8_next(&rest, &point)) {
        bool is_space = point == ' ' || point == 0x85 || point == 0xa0 || point == 0x1680 ||
                        (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
                        point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
        if (is_space || point == '+') {
            return false;
        }
    }
    return true;
}

static uint32_t id_of(kw_str name, const kw_ed25519_public *key)
{
    static const uint8_t between[] = {'\n', ALGORITHM_ED25519};
    kw_sha256_state state;
    kw_hash32 hash;
    kw_sha256_init(&state);
    kw_sha256_update(&state, kw_span_of_str(name));
    kw_sha256_update(&state, KW_SPAN(between));
    kw_sha256_update(&state, KW_SPAN(key->bytes));
    kw_sha256_final(&state, &hash);
    return (uint32_t)hash.bytes[0] << 24 | (uint32_t)hash.bytes[1] << 16 |
           (uint32_t)hash.bytes[2] << 8 | hash.bytes[3];
}

/* BAD_INPUT: not a name. */
static kw_status make_verifier(kw_note_verifier *out, kw_str name, const kw_ed25519_public *key)
{
    if (!is_name(name)) {
        return KW_BAD_INPUT;
    }
    *out = (kw_note_verifier){.id = id_of(name, key), .key = *key};
    memcpy(out->name, name.ptr, name.len);
    return KW_OK;
}

void kw_note_signer_drop(kw_note_signer *signer)
{
    kw_wipe(signer, sizeof *signer);
}

kw_status kw_note_signer_init(kw_note_signer *out, kw_str name, const kw_ed25519_key *key)
{
    kw_note_verifier verifier;
    KW_TRY(make_verifier(&verifier, name, &key->public_half));
    out->verifier = verifier;
    out->key = *key; /* straight: a literal of the whole would be a copy that nobody wipes */
    return KW_OK;
}

kw_status kw_note_vkey_format(kw_buf *out, const kw_note_verifier *verifier)
{
    uint8_t key[KEY_BYTES] = {ALGORITHM_ED25519};
    memcpy(&key[1], verifier->key.bytes, sizeof verifier->key.bytes);
    char text[KEY_CHARS];
    kw_base64_encode_to(text, KW_SPAN(key), KW_BASE64_STANDARD);
    return kw_buf_append_format(out, "%s+%08x+%.*s", verifier->name, verifier->id, KEY_CHARS, text);
}

/* Splits name "+" hex8 "+" key, where the key is base64 and may itself hold "+", the name not. */
static bool split_key(kw_str text, kw_str *name, uint32_t *id, kw_str *key)
{
    kw_str rest = {0};
    kw_str hex = {0};
    uint8_t bytes[sizeof *id];
    if (!kw_str_split(text, '+', name, &rest) || !kw_str_split(rest, '+', &hex, key) ||
        kw_hex_decode_to(KW_MSPAN(bytes), hex) != KW_OK) {
        return false;
    }
    *id = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return true;
}

kw_status kw_note_vkey_parse(kw_note_verifier *out, kw_str text, kw_error *err)
{
    kw_str name = {0};
    kw_str encoded = {0};
    uint32_t id = 0;
    uint8_t key[KEY_BYTES];
    KW_REQUIRE(split_key(text, &name, &id, &encoded) &&
                   kw_base64_decode_to(KW_MSPAN(key), encoded, KW_BASE64_STANDARD) == KW_OK,
               err, KW_BAD_INPUT, "a verifier key is name+hash+key");
    KW_REQUIRE(key[0] == ALGORITHM_ED25519, err, KW_BAD_INPUT, "only Ed25519 keys are known");
    kw_ed25519_public public_half;
    memcpy(public_half.bytes, &key[1], sizeof public_half.bytes);
    kw_note_verifier verifier;
    KW_TRY_AT(err, make_verifier(&verifier, name, &public_half), "reading the name of a key");
    KW_REQUIRE(verifier.id == id, err, KW_BAD_INPUT, "the hash of the key is not its own");
    *out = verifier;
    return KW_OK;
}

kw_status kw_note_signer_format(kw_secret_bytes *out, const kw_note_signer *signer)
{
    uint8_t key[KEY_BYTES] = {ALGORITHM_ED25519};
    memcpy(&key[1], signer->key.secret, sizeof signer->key.secret);
    char text[KEY_CHARS];
    kw_base64_encode_to(text, KW_SPAN(key), KW_BASE64_STANDARD);
    KW_AUTO(kw_buf) public_part = kw_buf_init(PUBLIC_PART_BYTES_MAX);
    kw_status st = kw_buf_append_format(&public_part, SIGNER_PREFIX "%s+%08x+",
                                        signer->verifier.name, signer->verifier.id);
    size_t before = out->len;
    if (st == KW_OK) {
        st = kw_secret_bytes_append_str(out, kw_buf_text(&public_part));
    }
    if (st == KW_OK) {
        st = kw_secret_bytes_append(out, kw_secret_span_of(KW_SPAN(text)));
    }
    kw_wipe(key, sizeof key);
    kw_wipe(text, sizeof text);
    if (st != KW_OK) {
        out->len = before;
    }
    return st;
}

/* Decodes algorithm and seed. CT: constant time for valid text. */
static kw_status decode_seed(kw_secret32 *out, kw_str encoded, kw_error *err)
{
    uint8_t key[KEY_BYTES];
    kw_status st = kw_base64_decode_to(KW_MSPAN(key), encoded, KW_BASE64_STANDARD);
    kw_mask is_ed25519 = kw_ct_eq(key[0], ALGORITHM_ED25519);
    if (st == KW_OK && !kw_declassify_mask(is_ed25519, "which algorithm is public")) {
        st = KW_BAD_INPUT;
    }
    if (st == KW_OK) {
        memcpy(out->secret, &key[1], sizeof out->secret);
    }
    kw_wipe(key, sizeof key);
    KW_TRY_AT(err, st, "reading a signer key");
    return KW_OK;
}

kw_status kw_note_signer_parse(kw_note_signer *out, kw_secret_span text, kw_error *err)
{
    const kw_str prefix = KW_STR(SIGNER_PREFIX);
    kw_str rest = {(const char *)text.secret, text.len};
    KW_REQUIRE(kw_str_starts_with(rest, prefix), err, KW_BAD_INPUT, "not a signer key");
    rest = (kw_str){&rest.ptr[prefix.len], rest.len - prefix.len};
    kw_str name = {0};
    kw_str encoded = {0};
    uint32_t id = 0;
    KW_REQUIRE(split_key(rest, &name, &id, &encoded), err, KW_BAD_INPUT,
               "a signer key is PRIVATE+KEY+name+hash+key");
    KW_AUTO(kw_secret32) seed = {0};
    KW_TRY(decode_seed(&seed, encoded, err));
    KW_AUTO(kw_ed25519_key) key = {0};
    kw_ed25519_key_of_seed(&key, &seed);
    KW_AUTO(kw_note_signer) signer = {0};
    KW_TRY_AT(err, kw_note_signer_init(&signer, name, &key), "reading the name of a key");
    KW_REQUIRE(signer.verifier.id == id, err, KW_BAD_INPUT, "the hash of the key is not its own");
    *out = signer;
    return KW_OK;
}
