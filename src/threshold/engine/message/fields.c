/* SPDX-License-Identifier: Apache-2.0
 * Fields that several bodies share. */
#include "threshold/engine/message/fields.h"

#include "crypto/hash.h"

bool kw_hash32_is_none(const kw_hash32 *hash)
{
    static const kw_hash32 none = {{0}};
    return kw_hash32_equal(hash, &none);
}

kw_hash_list kw_read_hashes(kw_reader *r, uint16_t count)
{
    kw_span bytes = kw_read_span(r, count * sizeof(kw_hash32));
    if (!kw_read_is_good(r)) {
        return (kw_hash_list){0};
    }
    return (kw_hash_list){(const kw_hash32 *)bytes.ptr, count};
}

kw_hash_list kw_read_hash_list(kw_reader *r)
{
    uint16_t count = kw_read_u16be(r);
    if (count > KW_THRESHOLD_HASHES_MAX) {
        kw_read_fail(r);
        return (kw_hash_list){0};
    }
    return kw_read_hashes(r, count);
}

void kw_write_hash_list(kw_writer *w, kw_hash_list list)
{
    kw_write_u16be(w, list.count);
    kw_write_span(w, kw_hash_list_view(list));
}

kw_status kw_hash_list_check(kw_hash_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (kw_hash32_is_none(&list.items[i])) {
            return KW_ENCODING;
        }
        for (size_t k = 0; k < i; k++) { /* half a million comparisons at the limit */
            if (kw_hash32_equal(&list.items[i], &list.items[k])) {
                return KW_ENCODING;
            }
        }
    }
    return KW_OK;
}

int kw_hash_list_compare(uint16_t sender_a, const kw_hash32 *a, uint16_t sender_b,
                         const kw_hash32 *b)
{
    if (sender_a != sender_b) {
        return sender_a < sender_b ? -1 : 1;
    }
    return kw_str_compare(kw_str_of_span(KW_SPAN(a->bytes)), kw_str_of_span(KW_SPAN(b->bytes)));
}

void kw_write_g1(kw_writer *w, const kw_group *group, const kw_group_g1 *p)
{
    kw_group_g1_bytes wire = {{0}};
    group->g1_encode(&wire, p);
    kw_write_span(w, kw_group_g1_view(group, &wire));
}

void kw_write_g2(kw_writer *w, const kw_group *group, const kw_group_g2 *p)
{
    kw_group_g2_bytes wire = {{0}};
    group->g2_encode(&wire, p);
    kw_write_span(w, kw_group_g2_view(group, &wire));
}

void kw_write_scalar(kw_writer *w, const kw_group *group, const kw_group_scalar *k)
{
    kw_group_scalar_bytes wire;
    group->scalar_encode(&wire, k);
    kw_write_span(w, KW_SPAN(wire.bytes));
}

void kw_write_proof(kw_writer *w, const kw_group *group, const kw_proof *proof)
{
    kw_write_scalar(w, group, &proof->c);
    kw_write_scalar(w, group, &proof->z);
}

kw_status kw_proof_of(kw_proof *out, const kw_group *group, kw_span bytes)
{
    kw_reader r = kw_reader_of(bytes);
    kw_proof proof;
    kw_span c = kw_read_span(&r, KW_GROUP_SCALAR_BYTES);
    kw_span z = kw_read_span(&r, KW_GROUP_SCALAR_BYTES);
    KW_TRY(kw_read_end(&r));
    KW_TRY(group->scalar_decode(&proof.c, c));
    KW_TRY(group->scalar_decode(&proof.z, z));
    *out = proof;
    return KW_OK;
}
