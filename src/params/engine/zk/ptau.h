/* SPDX-License-Identifier: Apache-2.0
 * Powers of tau: .ptau files of snarkjs, version 1. For power p, sections
 *
 *   1   u32le n8, q, u32le p, u32le p of the ceremony
 *   2   2^(p+1) - 1 of G1: tau^i          3   2^p of G2: tau^i
 *   4   2^p of G1: alpha tau^i            5   2^p of G1: beta tau^i
 *   6   one of G2: beta                   7   contributions: ptau_chain.h
 *   12..15  the same as 2..5 as Lagrange bases of each power of two up to theirs (prepared files)
 *
 * Points are little-endian in Montgomery form. */
#ifndef KW_PARAMS_ENGINE_ZK_PTAU_H
#define KW_PARAMS_ENGINE_ZK_PTAU_H

#include "params/engine/zk/binfile.h"
#include "params/engine/zk/work.h"

typedef struct kw_zk_ptau {
    const kw_zk_curve *curve;
    unsigned power;
    unsigned ceremony_power;
    bool is_prepared;
    uint32_t contributions;
    kw_zk_binfile file;
} kw_zk_ptau;

/* Structure alone: header, sections and their sizes. Work does not depend on the size of the file.
 * ZK_INVALID, or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_ptau_read(kw_zk_ptau *out, kw_zk_fault *fault,
                                      const kw_zk_source *source, kw_error *err);

/* The points of section 2..5, or 12..15 of a prepared file. */
kw_zk_run kw_zk_ptau_run(const kw_zk_ptau *ptau, uint32_t section);

/* The file as `job` asks. ZK_INVALID: `fault` says why and where. NO_MEMORY, or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_ptau_check(kw_zk_ptau *out, kw_zk_fault *fault, const kw_zk_job *job,
                                       kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_PTAU_H */
