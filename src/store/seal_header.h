/* SPDX-License-Identifier: Apache-2.0
 * The one row of store_seal: how the root key is made, and the KEK that it wraps. */
#ifndef KW_STORE_SEAL_HEADER_H
#define KW_STORE_SEAL_HEADER_H

#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "store/seal.h"

#define KW_SEAL_WRAPPED_BYTES (32 + KW_AEAD_OVERHEAD_BYTES)

/* In front of the wrapped KEK: what its AAD covers, after "keyward seal header 1". */
#define KW_SEAL_HEADER_OPEN_BYTES (1 + 1 + 4 + 4 + 16)
#define KW_SEAL_HEADER_BYTES      (KW_SEAL_HEADER_OPEN_BYTES + KW_SEAL_WRAPPED_BYTES)

typedef struct kw_seal_header {
    kw_seal_root root;
    kw_argon2id_cost cost; /* all-zero with KW_SEAL_KEY_FILE */
    kw_argon2id_salt salt;
    uint8_t wrapped[KW_SEAL_WRAPPED_BYTES]; /* the KEK as kw_aead_seal leaves it */
} kw_seal_header;

/* True for a cost that we are ready to pay for such a root; all-zero with KW_SEAL_KEY_FILE. */
bool kw_seal_cost_is_sane(kw_seal_root root, kw_argon2id_cost cost);

/* Wire form, 86 bytes, big endian: u8 version = 1 | u8 root | u32 memory, KiB | u32 passes | 16
 * salt | 60 wrapped KEK. */
void kw_seal_header_encode(uint8_t out[KW_SEAL_HEADER_BYTES], const kw_seal_header *header);

/* BAD_INPUT: wrong length, version, root, or a cost that is out of range for the root: a header
 * that somebody changed must not make us fill the memory. `out` is written only on success. */
KW_MUST_USE kw_status kw_seal_header_decode(kw_seal_header *out, kw_span wire);

#endif /* KW_STORE_SEAL_HEADER_H */
