/* SPDX-License-Identifier: Apache-2.0
 * Ethereum's KZG setup as bytes: trusted_setup.txt of c-kzg-4844, which is two decimal numbers, n1
 * and n2, and a line of compressed hexadecimal for each of n1 points of G1 in Lagrange form, n2 of
 * G2 and n1 of G1 in monomial form; or the JSON of the consensus specification with the same three
 * lists. */
#ifndef KW_PARAMS_ENGINE_ZK_KZG_FILE_H
#define KW_PARAMS_ENGINE_ZK_KZG_FILE_H

#include "base/buf.h"
#include "params/engine/zk/fault.h"

typedef enum kw_zk_kzg_list {
    KW_ZK_KZG_LAGRANGE,
    KW_ZK_KZG_G2,
    KW_ZK_KZG_MONOMIAL,
    KW_ZK_KZG_LISTS,
} kw_zk_kzg_list;

/* Compressed points, one after the other, in that order of lists. All-zero is empty. */
typedef struct kw_zk_kzg_file {
    kw_buf points; /* owned */
    size_t g1_count;
    size_t g2_count;
    uint64_t text_at; /* of the first point of a text; 0 for JSON */
} kw_zk_kzg_file;

void kw_zk_kzg_file_drop(kw_zk_kzg_file *file);

/* `out` is empty before. ZK_INVALID: another form, a count that is not possible (n1 is a power of
 * two), a line too much or too few, no hexadecimal. NO_MEMORY. */
KW_MUST_USE kw_status kw_zk_kzg_file_decode(kw_zk_kzg_file *out, kw_zk_fault *fault, kw_span bytes,
                                            kw_error *err);

/* The points of a list, and where one of them stands in the file. */
kw_span kw_zk_kzg_file_list(const kw_zk_kzg_file *file, kw_zk_kzg_list list);
kw_zk_place kw_zk_kzg_file_place(const kw_zk_kzg_file *file, kw_zk_kzg_list list, size_t index);

#endif /* KW_PARAMS_ENGINE_ZK_KZG_FILE_H */
