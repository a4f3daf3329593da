/* SPDX-License-Identifier: Apache-2.0
 * Contributions of a .zkey file: 64 bytes hash of the circuit, u32le count, and each as
 *
 *   delta G1        what the ceremony came to
 *   s, x s of G1, x p of G2    proof for what it was multiplied with; p is drawn from
 *   64 bytes        the transcript: BLAKE2b of the circuit's hash, every contribution before this
 *                   one, whole, and s, x s of this one
 *   tail            ceremony.h */
#ifndef KW_PARAMS_ENGINE_ZK_ZKEY_CHAIN_H
#define KW_PARAMS_ENGINE_ZK_ZKEY_CHAIN_H

#include "params/engine/zk/ceremony.h"
#include "params/engine/zk/zkey.h"

/* Walks the contributions: points and transcripts at KW_ZK_POINTS, proofs, links and beacons at
 * KW_ZK_FULL. The last one's delta is that of the header. ZK_INVALID. */
KW_MUST_USE kw_status kw_zk_zkey_chain_check(kw_zk_work *w, const kw_zk_zkey *zkey,
                                             const kw_zk_setup *setup, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_ZKEY_CHAIN_H */
