/* SPDX-License-Identifier: Apache-2.0
 * A file that tlock encrypted to a round of drand's quicknet, and the beacon that opens it: e(d, U)
 * hashed in kyber's order is what strangers hash. Format: age-encryption.org/v1, tlock stanza. */
#include "codec/base64.h"
#include "crypto/hash.h"
#include "crypto/hmac.h"
#include "crypto/kdf.h"
#include "support/expect.h"
#include "support/vector_file.h"
#include "threshold/engine/use/ibe.h"

#include <stdlib.h>

enum {
    FILE_BYTES_MAX = 4096,
    BLOCK_BYTES = 16, /* of V, of W, of the file's key */
};

/* Decodes text without its padding, of which one character lacks. */
static void decode_unpadded(kw_mspan out, kw_str text)
{
    KW_AUTO(kw_buf) padded = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_buf_append_str(&padded, text));
    EXPECT_OK(kw_buf_append_byte(&padded, '='));
    EXPECT_OK(kw_base64_decode_to(out, kw_buf_text(&padded), KW_BASE64_STANDARD));
}

/* The bytes between the lines of dashes. */
static void unarmour(kw_buf *out, kw_str armoured)
{
    KW_AUTO(kw_buf) text = kw_buf_init(FILE_BYTES_MAX);
    kw_str line;
    while (armoured.len > 0) {
        (void)kw_str_split(armoured, '\n', &line, &armoured);
        if (!kw_str_starts_with(line, KW_STR("-----"))) {
            EXPECT_OK(kw_buf_append_str(&text, kw_str_trim(line)));
        }
    }
    EXPECT_OK(kw_base64_decode(out, kw_buf_text(&text), KW_BASE64_STANDARD));
}

typedef struct stanza {
    struct {
        uint8_t u[96];
        uint8_t v[BLOCK_BYTES];
        uint8_t w[BLOCK_BYTES];
    } body;
    uint8_t mac[32];
    kw_span authenticated; /* up to the three dashes; views the file */
} stanza;

static void stanza_read(stanza *out, const kw_buf *file)
{
    KW_AUTO(kw_buf) body = kw_buf_init(FILE_BYTES_MAX);
    kw_str rest = kw_buf_text(file);
    kw_str line;
    assert_true(kw_str_split(rest, '\n', &line, &rest));
    EXPECT_STR(line, "age-encryption.org/v1");
    assert_true(kw_str_split(rest, '\n', &line, &rest));
    assert_true(kw_str_starts_with(line, KW_STR("-> tlock ")));
    while (kw_str_split(rest, '\n', &line, &rest) && !kw_str_starts_with(line, KW_STR("--- "))) {
        EXPECT_OK(kw_buf_append_str(&body, line));
    }
    decode_unpadded((kw_mspan){(uint8_t *)&out->body, sizeof out->body}, kw_buf_text(&body));
    decode_unpadded(KW_MSPAN(out->mac), (kw_str){line.ptr + 4, line.len - 4});
    out->authenticated = (kw_span){file->ptr, (size_t)((const uint8_t *)line.ptr - file->ptr) + 3};
}

/* out = in xor the first bytes of SHA-256(tag | hashed). */
static void unmask(uint8_t out[BLOCK_BYTES], const uint8_t in[BLOCK_BYTES], const char *tag,
                   kw_span hashed)
{
    kw_hash32 mask;
    kw_sha256_state state;
    kw_sha256_init(&state);
    kw_sha256_update(&state, kw_span_of_str(kw_str_of(tag)));
    kw_sha256_update(&state, hashed);
    kw_sha256_final(&state, &mask);
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        out[i] = in[i] ^ mask.bytes[i];
    }
}

/* Whether the key that the signature opens authenticates the file's header. */
static bool opens(const kw_buf *file, kw_span signature)
{
    stanza s;
    kw_bls_g1 p;
    kw_bls_g2 u;
    KW_AUTO(kw_ibe_key) key = {0};
    KW_AUTO(kw_ibe_shared) shared = {0};
    stanza_read(&s, file);
    EXPECT_OK(kw_bls_g1_decode_zcash(&p, signature, KW_POINT_STRICT));
    EXPECT_OK(kw_bls_g2_decode_zcash(&u, KW_SPAN(s.body.u), KW_POINT_STRICT));
    kw_bls_secret_g1_of_g1(&key.d, &p);
    EXPECT_OK(kw_ibe_unshare(&shared, &key, &u, KW_IBE_KYBER));
    uint8_t sigma[BLOCK_BYTES];
    uint8_t file_key[BLOCK_BYTES];
    unmask(sigma, s.body.v, "IBE-H2", KW_SPAN(shared.gt.bytes));
    unmask(file_key, s.body.w, "IBE-H4", KW_SPAN(sigma));
    KW_AUTO(kw_secret32) mac_key = {0};
    kw_hash32 mac;
    kw_hkdf_sha256(&mac_key, kw_secret_span_of(KW_SPAN(file_key)), (kw_span){0}, KW_STR("header"));
    memcpy(mac.bytes, s.mac, sizeof mac.bytes);
    return kw_hmac_sha256_matches(&mac, kw_secret32_view(&mac_key), s.authenticated);
}

static void tlock__files_open_with_their_beacon(void **state)
{
    (void)state;
    kw_json *root = vector_file_shared("curves/tlock/tlock_vectors.json");
    kw_bls_g1 base = kw_bls_g1_generator();
    kw_bls_g1_bytes wrong;
    kw_bls_g1_encode_zcash(&wrong, &base);
    size_t seen = 0;
    for (size_t i = 0; i < kw_json_count(root); i++) {
        const kw_json *item = kw_json_item(root, i);
        if (kw_json_get(item, "signature") == NULL) {
            continue;
        }
        KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
        uint8_t signature[48];
        unarmour(&file, json_tree_text(item, "age"));
        vector_fill(KW_MSPAN(signature), json_tree_at(item, "signature"));
        assert_true(opens(&file, KW_SPAN(signature)));
        assert_false(opens(&file, KW_SPAN(wrong.bytes)));
        seen++;
    }
    assert_in_range(seen, 1, 100);
    kw_json_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tlock__files_open_with_their_beacon),
    };
    return cmocka_run_group_tests_name("vectors/threshold/tlock", tests, NULL, NULL);
}
