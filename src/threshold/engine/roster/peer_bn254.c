/* SPDX-License-Identifier: Apache-2.0
 * Message signatures of BN254 as EigenLayer's contracts verify them: sigma = k H(hash) in G1, key
 * k G2; H by try and increment. Source: chain.md section 4. Secret inputs: a signer's key. */
#include "base/error.h"
#include "codec/reader.h"
#include "curve/bn_hash.h"
#include "curve/bn_pair.h"
#include "curve/bn_wire.h"
#include "threshold/engine/roster/peer_book.h"

static kw_status key_decode(kw_peer_key *out, kw_span in)
{
    return kw_bn_g2_decode_eip196(&out->bn254, in, KW_POINT_STRICT);
}

/* A claim whose signature and hash are points of G1. */
typedef struct opened {
    const kw_peer_key *key;
    const kw_bn_lines *lines; /* of the key; NULL: nobody prepared them */
    kw_bn_g1 signature;
    kw_bn_g1 hash;
    uint8_t *ok; /* its verdict */
} opened;

static bool open_claim(opened *out, const kw_peer_claim *claim, kw_peer_book *book)
{
    out->key = claim->key;
    out->lines = book == NULL ? NULL : kw_peer_book_lines(book, &claim->key->bn254);
    return kw_bn_g1_decode_eip196(&out->signature, claim->signature, KW_POINT_STRICT) == KW_OK &&
           kw_bn_g1_try_and_increment_var(&out->hash, claim->hash) == KW_OK;
}

/* The pairs of a product, one for each key. */
typedef struct sides {
    const kw_peer_key *keys[KW_PEER_AT_ONCE];
    kw_bn_g1 hashes[KW_PEER_AT_ONCE];
    kw_bn_pair pairs[KW_PEER_AT_ONCE + 1];
    size_t count;
} sides;

static void add_hash(sides *to, const opened *claim)
{
    size_t at = 0;
    while (at < to->count && to->keys[at] != claim->key) {
        at++;
    }
    if (at == to->count) {
        to->keys[at] = claim->key;
        to->hashes[at] = kw_bn_g1_infinity();
        to->pairs[at] = (kw_bn_pair){.p = &to->hashes[at],
                                     .q = claim->lines == NULL ? &claim->key->bn254 : NULL,
                                     .prepared = claim->lines};
        to->count++;
    }
    kw_bn_g1_add(&to->hashes[at], &to->hashes[at], &claim->hash);
}

/* Whether e(sum of the signatures, G2) = prod e(sum of the hashes under a key, key). */
static bool all_hold(const opened *claims, size_t n)
{
    kw_bn_g2 base = kw_bn_g2_generator();
    kw_bn_g1 sum = kw_bn_g1_infinity();
    sides by_key = {.count = 0};
    for (size_t i = 0; i < n; i++) {
        kw_bn_g1_add(&sum, &sum, &claims[i].signature);
        add_hash(&by_key, &claims[i]);
    }
    kw_bn_g1_neg(&sum, &sum);
    by_key.pairs[by_key.count] = (kw_bn_pair){.p = &sum, .q = &base};
    bool yes = false;
    /* A sum may be infinity by the weights' chance alone; points that came in are not. */
    kw_status st =
        kw_bn_pair_product_is_one(&yes, by_key.pairs, by_key.count + 1, KW_ALLOW_INFINITY);
    return st == KW_OK && yes;
}

static bool verify(const kw_peer_claim *claim)
{
    opened one;
    return open_claim(&one, claim, NULL) && all_hold(&one, 1);
}

static void apply_weight(opened *claim, kw_span weight)
{
    kw_reader r = kw_reader_of(weight);
    uint64_t a = kw_read_u64be(&r);
    kw_bn_fr scalar = kw_bn_fr_of_parts(a, kw_read_u64be(&r));
    kw_bn_g1_mul_var(&claim->signature, &claim->signature, &scalar);
    kw_bn_g1_mul_var(&claim->hash, &claim->hash, &scalar);
}

/* Verdicts by halves; a stack of ranges stands for the recursion. */
static void bisect(const opened *claims, size_t n)
{
    struct {
        size_t from;
        size_t to;
    } left[16] = {{0, n}}; /* log2(KW_PEER_AT_ONCE) + 1 ranges wait at most */
    size_t depth = n > 0 ? 1 : 0;
    while (depth > 0) {
        size_t from = left[--depth].from;
        size_t to = left[depth].to;
        bool holds = all_hold(&claims[from], to - from);
        if (!holds && to - from > 1) {
            size_t middle = from + (to - from) / 2;
            left[depth].from = middle;
            left[depth++].to = to;
            left[depth].from = from;
            left[depth++].to = middle;
            continue;
        }
        for (size_t i = from; i < to; i++) {
            *claims[i].ok = holds ? 1 : 0;
        }
    }
}

static void verify_all(uint8_t *ok, const kw_peer_claims *in)
{
    KW_ASSERT(in->n <= KW_PEER_AT_ONCE);
    opened some[KW_PEER_AT_ONCE];
    size_t count = 0;
    for (size_t i = 0; i < in->n; i++) {
        ok[i] = 0;
        some[count].ok = &ok[i];
        if (open_claim(&some[count], &in->items[i], in->book)) {
            kw_span weight = {&in->weights.ptr[i * KW_PEER_WEIGHT_BYTES], KW_PEER_WEIGHT_BYTES};
            apply_weight(&some[count], weight);
            count++;
        }
    }
    bisect(some, count);
}

const kw_peer_scheme kw_peer_bn254 = {
    .name = "bn254",
    .curve = KW_PEER_BN254,
    .key_bytes = sizeof(kw_bn_g2_both),
    .key_decode = key_decode,
    .verify = verify,
    .verify_all = verify_all,
};

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    const kw_bn_secret *key = ctx;
    kw_bn_g1 point;
    KW_TRY(kw_bn_g1_try_and_increment_var(&point, hash));
    kw_bn_g1_mul_secret(&point, &point, key);
    kw_bn_g1_both wire;
    kw_bn_g1_encode_eip196(&wire, &point);
    kw_peer_signature signature = {.len = sizeof wire.bytes};
    memcpy(signature.bytes, wire.bytes, sizeof wire.bytes);
    *out = signature;
    return KW_OK;
}

kw_peer_signer kw_peer_bn254_signer(const kw_bn_secret *key)
{
    return (kw_peer_signer){.sign = sign, .ctx = (void *)(uintptr_t)key};
}
