/* SPDX-License-Identifier: Apache-2.0
 * The container of .ptau, .zkey and .r1cs (iden3/binfileutils): 4 bytes of magic, u32le version,
 * u32le number of sections, and each section as u32le id, u64le size, bytes. */
#ifndef KW_PARAMS_ENGINE_ZK_BINFILE_H
#define KW_PARAMS_ENGINE_ZK_BINFILE_H

#include "params/engine/zk/fault.h"
#include "params/engine/zk/limits.h"
#include "params/engine/zk/source.h"

typedef struct kw_zk_section {
    uint32_t id;
    uint64_t at; /* of its first byte, behind its header */
    uint64_t size;
} kw_zk_section;

typedef struct kw_zk_binfile {
    char magic[5]; /* and a NUL */
    uint32_t version;
    size_t count;
    kw_zk_section sections[KW_ZK_SECTIONS_MAX];
} kw_zk_binfile;

/* Reads headers alone, 12 bytes each. ZK_INVALID: another magic or version, a section twice, too
 * many sections, sizes that do not end with the file; or as kw_zk_read. */
KW_MUST_USE kw_status kw_zk_binfile_read(kw_zk_binfile *out, kw_zk_fault *fault,
                                         const kw_zk_source *source, const char *magic,
                                         kw_error *err);

/* NULL: there is none. */
const kw_zk_section *kw_zk_binfile_find(const kw_zk_binfile *file, uint32_t id);

/* The section with exactly that size. ZK_INVALID: there is none, or it has another. */
KW_MUST_USE kw_status kw_zk_binfile_need(const kw_zk_section **out, kw_zk_fault *fault,
                                         const kw_zk_binfile *file, const kw_zk_section *wanted,
                                         kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_BINFILE_H */
