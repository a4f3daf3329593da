/* SPDX-License-Identifier: Apache-2.0
 * BLS signatures over BLS12-381 (draft-irtf-cfrg-bls-signature-05, CoreSign and CoreVerify), with
 * keys in G1 and signatures in G2, min_pk, or the other way round, min_sig. Who collects keys of
 * strangers asks for proofs of possession: nothing here guards against rogue keys. */
#ifndef KW_CURVE_BLS_SIGN_H
#define KW_CURVE_BLS_SIGN_H

#include "curve/bls.h"
#include "curve/h2c.h"

/* How messages become points: RFC 9380 with this hash and domain. Borrows. */
typedef struct kw_bls_suite {
    const kw_h2c_hash *hash;
    kw_span dst;
} kw_bls_suite;

enum {
    KW_BLS_MULTIPLIER_BYTES = 16,
};

/* n signatures, or partial ones under the keys of shares. Borrows. `multipliers` has
 * KW_BLS_MULTIPLIER_BYTES for each, none all-zero, which nobody could foresee who chose a key or a
 * signature: from a CSPRNG, or a hash over all inputs. */
typedef struct kw_bls_min_pk_batch {
    const kw_bls_g1 *keys;
    const kw_bls_g2 *signatures;
    size_t n;
    kw_span multipliers;
} kw_bls_min_pk_batch;

typedef struct kw_bls_min_sig_batch {
    const kw_bls_g2 *keys;
    const kw_bls_g1 *signatures;
    size_t n;
    kw_span multipliers;
} kw_bls_min_sig_batch;

/* out = k H(msg). ARG: the DST is empty. CT: constant time in k; leaks lengths of the rest. */
KW_MUST_USE kw_status kw_bls_min_pk_sign(kw_bls_g2 *out, const kw_bls_secret *k, kw_span msg,
                                         const kw_bls_suite *suite);
KW_MUST_USE kw_status kw_bls_min_sig_sign(kw_bls_g1 *out, const kw_bls_secret *k, kw_span msg,
                                          const kw_bls_suite *suite);

/* Whether the signature is that of the key. INFINITY: the key or the signature is; ARG: the DST is
 * empty. */
KW_MUST_USE kw_status kw_bls_min_pk_verify(bool *yes, const kw_bls_g1 *key,
                                           const kw_bls_g2 *signature, kw_span msg,
                                           const kw_bls_suite *suite);
KW_MUST_USE kw_status kw_bls_min_sig_verify(bool *yes, const kw_bls_g2 *key,
                                            const kw_bls_g1 *signature, kw_span msg,
                                            const kw_bls_suite *suite);

/* All on one message: ok[i] is 1 for a valid signature, else 0, also for one at infinity or under
 * a key there. Two pairings when all are valid; else halves are tried, about 2 log2(n) pairings for
 * each bad one. `scratch` is aligned to 8 bytes and at least as long as _same_scratch says, which
 * is SIZE_MAX for too many. ARG: n is 0, scratch, multipliers or DST are not as said. */
size_t kw_bls_verify_same_scratch(size_t n);
KW_MUST_USE kw_status kw_bls_min_pk_verify_same(uint8_t *ok, kw_mspan scratch,
                                                const kw_bls_min_pk_batch *in, kw_span msg,
                                                const kw_bls_suite *suite);
KW_MUST_USE kw_status kw_bls_min_sig_verify_same(uint8_t *ok, kw_mspan scratch,
                                                 const kw_bls_min_sig_batch *in, kw_span msg,
                                                 const kw_bls_suite *suite);

/* Each on its own message, else as above; no scratch. */
KW_MUST_USE kw_status kw_bls_min_pk_verify_each(uint8_t *ok, const kw_bls_min_pk_batch *in,
                                                const kw_span *msgs, const kw_bls_suite *suite);
KW_MUST_USE kw_status kw_bls_min_sig_verify_each(uint8_t *ok, const kw_bls_min_sig_batch *in,
                                                 const kw_span *msgs, const kw_bls_suite *suite);

#endif /* KW_CURVE_BLS_SIGN_H */
