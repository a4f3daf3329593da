/* SPDX-License-Identifier: Apache-2.0
 * Circuits: .r1cs files, version 1 (iden3/r1csfile). Sections
 *
 *   1   u32le n8, r, u32le wires, outputs, public inputs, private inputs, u64le labels,
 *       u32le constraints
 *   2   each constraint A B = C as three sums: u32le terms, and each u32le wire, scalar (n8 bytes,
 *       little-endian)
 *   3   a u64le label for each wire
 *
 * Wire 0 is one; outputs and public inputs follow. Files with custom gates have other sections and
 * are refused: no key of Groth16 is made of them. */
#ifndef KW_PARAMS_ENGINE_ZK_R1CS_H
#define KW_PARAMS_ENGINE_ZK_R1CS_H

#include "params/engine/zk/binfile.h"
#include "params/engine/zk/work.h"

typedef struct kw_zk_r1cs {
    const kw_zk_curve *curve;
    uint32_t wires;
    uint32_t public_count; /* outputs and public inputs */
    uint32_t constraints;
    kw_zk_binfile file;
} kw_zk_r1cs;

/* Structure alone. ZK_INVALID, or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_r1cs_read(kw_zk_r1cs *out, kw_zk_fault *fault,
                                      const kw_zk_source *source, kw_error *err);

enum {
    KW_ZK_R1CS_ROOM = 8192 /* bytes that a cursor reads ahead */
};

/* Walks the terms of all constraints in order. */
typedef struct kw_zk_r1cs_cursor {
    const kw_zk_r1cs *r1cs;
    const kw_zk_source *source;
    kw_zk_fault *fault;
    uint64_t at; /* of room[0] in the file */
    size_t used; /* of `filled` */
    size_t filled;
    uint8_t room[KW_ZK_R1CS_ROOM];
} kw_zk_r1cs_cursor;

void kw_zk_r1cs_start(kw_zk_r1cs_cursor *out, const kw_zk_r1cs *r1cs, const kw_zk_source *source,
                      kw_zk_fault *fault);

/* The number of terms of the next sum. ZK_INVALID: more than wires, or the section ends. */
KW_MUST_USE kw_status kw_zk_r1cs_terms(uint32_t *out, kw_zk_r1cs_cursor *cursor, kw_error *err);

/* The next term. ZK_INVALID: no such wire, a scalar that is not canonical, or the section ends. */
KW_MUST_USE kw_status kw_zk_r1cs_term(uint32_t *out_wire, kw_zk_scalar *out_value,
                                      kw_zk_r1cs_cursor *cursor, kw_error *err);

/* The file as `job` asks: from KW_ZK_POINTS on every term. As kw_zk_r1cs_read. */
KW_MUST_USE kw_status kw_zk_r1cs_check(kw_zk_r1cs *out, kw_zk_fault *fault, const kw_zk_job *job,
                                       kw_error *err);

/* Behind the last constraint. ZK_INVALID: bytes are left. */
KW_MUST_USE kw_status kw_zk_r1cs_end(kw_zk_r1cs_cursor *cursor, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_R1CS_H */
