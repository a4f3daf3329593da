/* SPDX-License-Identifier: Apache-2.0
 * Where a file is cut into chunks, so that versions share what they have in common.
 *
 * fixed      as many whole points as fit 1 MiB.
 * sectioned  a binfile of iden3 (4 bytes | u32le version | u32le sections, each u32le id | u64le
 *            size | bytes): its head with the first section's, each later head alone, and the bytes
 *            of each section as if they were a file. So equal sections, and equal beginnings of
 *            sections, are equal chunks. Of anything else all after 12 bytes is one section.
 * content    16..256 KiB, ended by a rolling hash: h = 2h + gear[byte] from 16 KiB on, where the
 *            top 18 bits of h are zero, from 64 KiB on the top 14 (normalised chunking of FastCDC,
 *            W. Xia et al., USENIX ATC 2016); gear[b] is the first u64be of
 *            SHA-256("keyward/cut/v1" | u8 b). An insertion changes the chunks around it alone. */
#ifndef KW_PARAMS_ENGINE_CUT_H
#define KW_PARAMS_ENGINE_CUT_H

#include "params/engine/chunk_index.h"

/* Where the cutter stands in a binfile. */
typedef struct kw_cut_place {
    uint8_t head[12];       /* of the file or of a section, as far as it was seen */
    size_t head_len;        /* bytes of it */
    bool has_begun;         /* the file's head is over */
    bool is_inside;         /* in the bytes of a section */
    uint32_t sections_left; /* whose heads are still to come */
    uint64_t bytes_left;    /* of the section */
} kw_cut_place;

/* 2 KiB, a value: copy one to branch. */
typedef struct kw_cutter {
    kw_cut_rule rule;
    size_t chunk_max;   /* bytes of a whole chunk */
    size_t chunk_len;   /* bytes of the present one */
    kw_cut_place place; /* sectioned */
    uint64_t rolling;   /* content */
    uint64_t gear[256];
} kw_cutter;

/* `point_bytes` as in kw_chunk_index. BAD_INPUT: out of its range. */
KW_MUST_USE kw_status kw_cutter_init(kw_cutter *out, kw_cut_rule rule, uint32_t point_bytes);

/* How many of the next bytes of the file (at least one) belong to the present chunk: 1..bytes.len.
 * *out_ends: the chunk is complete with them. The end of the file ends the last chunk. */
KW_MUST_USE size_t kw_cutter_take(kw_cutter *cutter, bool *out_ends, kw_span bytes);

#endif /* KW_PARAMS_ENGINE_CUT_H */
