/* SPDX-License-Identifier: Apache-2.0
 * Fields that several bodies share. Readers take the shape and decode no point: a body checks all
 * lengths first, then numbers, then points, which cost most. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_FIELDS_H
#define KW_THRESHOLD_ENGINE_MESSAGE_FIELDS_H

#include "codec/reader.h"
#include "codec/writer.h"
#include "threshold/engine/group/limits.h"
#include "threshold/engine/group/proof.h"

enum {
    KW_PROOF_BYTES = 2 * KW_GROUP_SCALAR_BYTES,
};

/* Hashes as they stand in a payload; borrows. */
typedef struct kw_hash_list {
    const kw_hash32 *items;
    uint16_t count;
} kw_hash_list;

static inline kw_span kw_hash_list_view(kw_hash_list list)
{
    return (kw_span){(const uint8_t *)list.items, list.count * sizeof(kw_hash32)};
}

/* Whether the hash is all zeros, which stands for none. */
bool kw_hash32_is_none(const kw_hash32 *hash);

/* `count` hashes, or as many as a u16 says; more than KW_THRESHOLD_HASHES_MAX fail the reader. */
kw_hash_list kw_read_hashes(kw_reader *r, uint16_t count);
kw_hash_list kw_read_hash_list(kw_reader *r);
void kw_write_hash_list(kw_writer *w, kw_hash_list list);

/* ENCODING: a hash stands twice, or one is none. All that can be said of a list without the
 * messages behind it. */
KW_MUST_USE kw_status kw_hash_list_check(kw_hash_list list);

/* <0, 0, >0 by (sender's index, hash), which is the order of all lists of messages. Public. */
int kw_hash_list_compare(uint16_t sender_a, const kw_hash32 *a, uint16_t sender_b,
                         const kw_hash32 *b);

void kw_write_g1(kw_writer *w, const kw_group *group, const kw_group_g1 *p);
void kw_write_g2(kw_writer *w, const kw_group *group, const kw_group_g2 *p);
void kw_write_scalar(kw_writer *w, const kw_group *group, const kw_group_scalar *k);
void kw_write_proof(kw_writer *w, const kw_group *group, const kw_proof *proof);

/* Of KW_PROOF_BYTES. RANGE: c or z is not below the order. */
KW_MUST_USE kw_status kw_proof_of(kw_proof *out, const kw_group *group, kw_span bytes);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_FIELDS_H */
