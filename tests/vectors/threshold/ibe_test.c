/* SPDX-License-Identifier: Apache-2.0
 * IBE ciphertexts of both versions with fixed randomness: those of tests/oracle/, by @noble/curves,
 * and those beside the project. One form, so one reader. */
#include "crypto/curve_secret.h"
#include "crypto/hash.h"
#include "support/expect.h"
#include "support/script_rng.h"
#include "support/vector_file.h"
#include "threshold/engine/use/ibe_v1.h"
#include "threshold/engine/use/ibe_v2.h"

#include <stdlib.h>

enum {
    TEXT_BYTES_MAX = 1 << 18,
};

static kw_aead *aead_new(void)
{
    kw_aead *aead = NULL;
    EXPECT_OK(kw_aead_new(&aead, (kw_rng){0})); /* nonces come from the formats */
    return aead;
}

static kw_ibe_master master_of(const kw_json *root)
{
    kw_hash32 cluster_id = {{0}};
    if (kw_json_get(root, "cluster_id") != NULL) {
        vector_fill(KW_MSPAN(cluster_id.bytes), json_tree_at(root, "cluster_id"));
    }
    uint8_t key[96];
    vector_fill(KW_MSPAN(key), json_tree_at(root, "MPK"));
    kw_ibe_master master;
    EXPECT_OK(kw_ibe_master_init(&master, KW_SPAN(key), &cluster_id));
    return master;
}

static kw_bls_secret_g1 point_of(const kw_json *text)
{
    uint8_t bytes[48];
    kw_bls_g1 p;
    kw_bls_secret_g1 d;
    vector_fill(KW_MSPAN(bytes), text);
    EXPECT_OK(kw_bls_g1_decode_zcash(&p, KW_SPAN(bytes), KW_POINT_STRICT));
    kw_bls_secret_g1_of_g1(&d, &p);
    return d;
}

static void expect_text(const kw_secret_bytes *got, kw_span wanted)
{
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(got), "a test"), wanted);
}

/* ---- version 1 ---- */

static void v1_case_check(const kw_json *item, const kw_ibe_master *master, const kw_aead *aead)
{
    static const uint8_t zeros[32]; /* r is the low half of 64 bytes */
    script_rng script = {0};
    uint8_t r[32];
    uint8_t nonce[12];
    vector_fill(KW_MSPAN(r), json_tree_at(item, "r"));
    vector_fill(KW_MSPAN(nonce), json_tree_at(item, "nonce"));
    script_rng_append(&script, KW_SPAN(zeros));
    script_rng_append(&script, KW_SPAN(r));
    script_rng_append(&script, KW_SPAN(nonce));
    kw_rng rng = script_rng_port(&script);
    kw_ibe_to to = {.master = master};
    kw_str app_id = json_tree_text(item, "app_id");
    EXPECT_OK(kw_ibe_id_of_app(&to.id, KW_IBE_EIGENX, kw_span_of_str(app_id)));
    KW_AUTO(kw_buf) plain = kw_buf_init(TEXT_BYTES_MAX);
    KW_AUTO(kw_buf) sealed = kw_buf_init(TEXT_BYTES_MAX);
    vector_append(&plain, json_tree_at(item, "plaintext"));
    EXPECT_OK(kw_ibe_v1_encrypt(&sealed, &to, kw_secret_span_of(kw_buf_view(&plain)), aead, &rng));
    expect_vector(kw_buf_view(&sealed), item, "ciphertext");

    kw_bls_secret scalar;
    EXPECT_OK(kw_bls_secret_decode(&scalar, KW_SPAN(r)));
    KW_AUTO(kw_ibe_shared) shared = {0};
    kw_bls_g2_bytes u;
    kw_ibe_share(&shared, &u, &to, &scalar, KW_IBE_KYBER);
    expect_vector(KW_SPAN(shared.gt.bytes), item, "gt_bytes");

    kw_bls_secret_g1 d = point_of(json_tree_at(item, "application_key"));
    KW_AUTO(kw_ibe_key) key = {0};
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(TEXT_BYTES_MAX);
    EXPECT_OK(kw_ibe_key_init(&key, master, &to.id, &d));
    EXPECT_OK(kw_ibe_v1_decrypt(&opened, kw_buf_view(&sealed), &key, aead));
    expect_text(&opened, kw_buf_view(&plain));
}

static void v1_check(kw_json *root)
{
    KW_AUTO_PTR(kw_aead) aead = aead_new();
    kw_ibe_master master = master_of(root);
    const kw_json *cases = json_tree_at(root, "cases");
    assert_true(kw_json_count(cases) > 0);
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        v1_case_check(kw_json_item(cases, i), &master, aead);
    }
    kw_json_free(root);
}

/* ---- version 2 ---- */

/* Byte k is (7k + (k >> 8)) mod 256. */
static void plain_make(kw_buf *out, size_t len)
{
    for (size_t k = 0; k < len; k++) {
        EXPECT_OK(kw_buf_append_byte(out, (uint8_t)(7 * k + (k >> 8))));
    }
}

/* To whom a case, or the table of refused ones, encrypts. */
static kw_ibe_to to_of(const kw_json *item, const kw_ibe_master *master, int64_t kind)
{
    kw_ibe_to to = {.master = master, .is_hidden = json_tree_is_true(item, "hidden_id")};
    KW_AUTO(kw_buf) id = kw_buf_init(255);
    vector_append(&id, json_tree_at(item, "id"));
    if (kind == KW_IBE_APPLICATION) {
        EXPECT_OK(kw_ibe_id_of_app(&to.id, KW_IBE_APPLICATION, kw_buf_view(&id)));
        return to;
    }
    uint64_t round = 0;
    assert_int_equal(id.len, 8);
    for (size_t i = 0; i < id.len; i++) {
        round = round << 8 | id.ptr[i];
    }
    to.id = kw_ibe_id_of_round(round);
    return to;
}

static void expect_point(const kw_ibe_to *to, const kw_json *item)
{
    if (kw_json_get(item, "Q_id") == NULL) {
        return;
    }
    kw_bls_g1 q;
    kw_bls_g1_bytes bytes;
    kw_ibe_id_point(&q, &to->id, to->master);
    kw_bls_g1_encode_zcash(&bytes, &q);
    expect_vector(KW_SPAN(bytes.bytes), item, "Q_id");
}

static void expect_sealed(kw_span sealed, const kw_json *item)
{
    kw_hash32 hash;
    size_t header_len = 0;
    EXPECT_OK(kw_ibe_header_bytes(&header_len, sealed));
    expect_vector((kw_span){sealed.ptr, header_len}, item, "header");
    const kw_json *hashes = json_tree_at(item, "chunk_sha256");
    size_t at = header_len;
    for (size_t i = 0; i < kw_json_count(hashes); i++) {
        size_t len = KW_MIN(sealed.len - at, (size_t)KW_IBE_SEALED_CHUNK_BYTES);
        kw_hash32 wanted;
        kw_sha256(&hash, (kw_span){sealed.ptr + at, len});
        vector_fill(KW_MSPAN(wanted.bytes), kw_json_item(hashes, i));
        EXPECT_SPAN(KW_SPAN(hash.bytes), KW_SPAN(wanted.bytes));
        at += len;
    }
    assert_int_equal(at, sealed.len);
    kw_sha256(&hash, sealed);
    expect_vector(KW_SPAN(hash.bytes), item, "ciphertext_sha256");
    if (kw_json_get(item, "ciphertext") != NULL) {
        expect_vector(sealed, item, "ciphertext");
    }
}

static kw_ibe_key key_of(const kw_json *d_text, const kw_ibe_to *to)
{
    kw_bls_secret_g1 d = point_of(d_text);
    kw_ibe_key key;
    EXPECT_OK(kw_ibe_key_init(&key, to->master, &to->id, &d));
    return key;
}

/* Encrypts with the seed of the case. */
static void seal_as(kw_buf *out, const kw_json *item, const kw_ibe_to *to, kw_span plain,
                    const kw_aead *aead)
{
    script_rng script = {0};
    uint8_t seed[32];
    vector_fill(KW_MSPAN(seed), json_tree_at(item, "seed"));
    script_rng_append(&script, KW_SPAN(seed));
    kw_rng rng = script_rng_port(&script);
    EXPECT_OK(kw_ibe_v2_encrypt(out, to, kw_secret_span_of(plain), aead, &rng));
}

static void v2_case_check(const kw_json *item, const kw_ibe_master *master, const kw_aead *aead)
{
    kw_ibe_to to = to_of(item, master, json_tree_integer(item, "kind"));
    expect_point(&to, item);
    KW_AUTO(kw_buf) plain = kw_buf_init(TEXT_BYTES_MAX);
    KW_AUTO(kw_buf) sealed = kw_buf_init(TEXT_BYTES_MAX);
    plain_make(&plain, (size_t)json_tree_integer(item, "plaintext_length"));
    seal_as(&sealed, item, &to, kw_buf_view(&plain), aead);
    expect_sealed(kw_buf_view(&sealed), item);
    KW_AUTO(kw_ibe_key) key = key_of(json_tree_at(item, "d"), &to);
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(TEXT_BYTES_MAX);
    EXPECT_OK(kw_ibe_v2_decrypt(&opened, kw_buf_view(&sealed), &key, aead));
    expect_text(&opened, kw_buf_view(&plain));
}

static void expect_refused(kw_span sealed, const kw_ibe_key *key, const kw_aead *aead)
{
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(TEXT_BYTES_MAX);
    EXPECT_STATUS(kw_ibe_v2_decrypt(&opened, sealed, key, aead), KW_CORRUPT);
    assert_int_equal(opened.len, 0);
}

/* A ciphertext and the same altered in one place each. */
static void v2_refused_check(const kw_json *refused, const kw_ibe_master *master,
                             const kw_aead *aead)
{
    kw_ibe_to to = to_of(refused, master, KW_IBE_APPLICATION);
    KW_AUTO(kw_buf) plain = kw_buf_init(TEXT_BYTES_MAX);
    KW_AUTO(kw_buf) good = kw_buf_init(TEXT_BYTES_MAX);
    plain_make(&plain, (size_t)json_tree_integer(refused, "plaintext_length"));
    seal_as(&good, refused, &to, kw_buf_view(&plain), aead);
    expect_vector(kw_buf_view(&good), refused, "good");
    KW_AUTO(kw_ibe_key) key = key_of(json_tree_at(refused, "d"), &to);
    const kw_json *cases = json_tree_at(refused, "cases");
    assert_true(kw_json_count(cases) > 0);
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        KW_AUTO(kw_buf) bad = kw_buf_init(TEXT_BYTES_MAX);
        vector_append(&bad, json_tree_at(kw_json_item(cases, i), "ciphertext"));
        expect_refused(kw_buf_view(&bad), &key, aead);
    }
    kw_bls_secret_g1 wrong = point_of(json_tree_at(refused, "wrong_key"));
    kw_ibe_key no_key;
    EXPECT_STATUS(kw_ibe_key_init(&no_key, master, &to.id, &wrong), KW_CORRUPT);
}

static void v2_check(kw_json *root)
{
    KW_AUTO_PTR(kw_aead) aead = aead_new();
    kw_ibe_master master = master_of(root);
    const kw_json *cases = json_tree_at(root, "cases");
    assert_true(kw_json_count(cases) > 0);
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        v2_case_check(kw_json_item(cases, i), &master, aead);
    }
    v2_refused_check(json_tree_at(root, "refused"), &master, aead);
    kw_json_free(root);
}

/* A cut, a swap, and a last chunk that is empty, of the ciphertext of two chunks. */
static void chunks_check(kw_json *root)
{
    KW_AUTO_PTR(kw_aead) aead = aead_new();
    kw_ibe_master master = master_of(root);
    const kw_json *refused = json_tree_at(root, "refused");
    const kw_json *two = json_tree_at(refused, "two_chunks");
    kw_ibe_to to = to_of(refused, &master, KW_IBE_APPLICATION);
    KW_AUTO(kw_ibe_key) key = key_of(json_tree_at(refused, "d"), &to);
    KW_AUTO(kw_buf) plain = kw_buf_init(TEXT_BYTES_MAX);
    KW_AUTO(kw_buf) sealed = kw_buf_init(TEXT_BYTES_MAX);
    plain_make(&plain, (size_t)json_tree_integer(two, "plaintext_length"));
    seal_as(&sealed, refused, &to, kw_buf_view(&plain), aead);
    kw_hash32 hash;
    kw_sha256(&hash, kw_buf_view(&sealed));
    expect_vector(KW_SPAN(hash.bytes), two, "ciphertext_sha256");
    size_t header_len = 0;
    EXPECT_OK(kw_ibe_header_bytes(&header_len, kw_buf_view(&sealed)));

    size_t first_end = header_len + KW_IBE_SEALED_CHUNK_BYTES;
    kw_span cut = {sealed.ptr, first_end};
    kw_sha256(&hash, cut);
    expect_vector(KW_SPAN(hash.bytes), two, "cut_after_chunk_0_sha256");
    expect_refused(cut, &key, aead);

    KW_AUTO(kw_buf) swapped = kw_buf_init(TEXT_BYTES_MAX);
    EXPECT_OK(kw_buf_append(&swapped, (kw_span){sealed.ptr, header_len}));
    EXPECT_OK(kw_buf_append(&swapped, (kw_span){sealed.ptr + first_end, sealed.len - first_end}));
    EXPECT_OK(
        kw_buf_append(&swapped, (kw_span){sealed.ptr + header_len, KW_IBE_SEALED_CHUNK_BYTES}));
    kw_sha256(&hash, kw_buf_view(&swapped));
    expect_vector(KW_SPAN(hash.bytes), two, "chunks_swapped_sha256");
    expect_refused(kw_buf_view(&swapped), &key, aead);
    kw_json_free(root);
}

static void v2__shared_chunks_do_not_move(void **state)
{
    (void)state;
    chunks_check(vector_file_shared("threshold/ibe_v2.json"));
}

static void v2__chunks_of_noble_do_not_move(void **state)
{
    (void)state;
    chunks_check(vector_file("tests/vectors/threshold/ibe_v2.json"));
}

static void v1__shared(void **state)
{
    (void)state;
    v1_check(vector_file_shared("threshold/ibe_v1.json"));
}

static void v2__shared(void **state)
{
    (void)state;
    v2_check(vector_file_shared("threshold/ibe_v2.json"));
}

static void v1__of_noble(void **state)
{
    (void)state;
    v1_check(vector_file("tests/vectors/threshold/ibe_v1.json"));
}

static void v2__of_noble(void **state)
{
    (void)state;
    v2_check(vector_file("tests/vectors/threshold/ibe_v2.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1__of_noble),
        cmocka_unit_test(v2__of_noble),
        cmocka_unit_test(v2__chunks_of_noble_do_not_move),
        cmocka_unit_test(v1__shared),
        cmocka_unit_test(v2__shared),
        cmocka_unit_test(v2__shared_chunks_do_not_move),
    };
    return cmocka_run_group_tests_name("vectors/threshold/ibe", tests, NULL, NULL);
}
