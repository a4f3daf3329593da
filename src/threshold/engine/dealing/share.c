/* SPDX-License-Identifier: Apache-2.0
 * Shares, encrypted and checked. Source: threshold.md section 4. Secret inputs: shares, and what
 * dealer and member share. */
#include "threshold/engine/dealing/share.h"

#include "crypto/merkle.h"
#include "crypto/secret.h"
#include "threshold/engine/group/transcript.h"

enum {
    HALF = KW_GROUP_SCALAR_BYTES,
};

void kw_share_drop(kw_share *share)
{
    kw_wipe(share, sizeof *share);
}

/* Adds the pad of one half to its bytes; twice is none. */
static void add_pad(uint8_t *half, const kw_group *group, const kw_share_place *place,
                    const kw_group_shared_bytes *shared, uint8_t number)
{
    kw_hash32 pad;
    kw_transcript t = kw_transcript_of(KW_STR(""));
    kw_transcript_span(&t, (kw_span){shared->bytes, group->g1_bytes});
    kw_transcript_hash(&t, &place->sid);
    kw_transcript_u16(&t, place->dealer);
    kw_transcript_u16(&t, place->member);
    kw_transcript_u8(&t, number);
    kw_transcript_end(&t, &pad);
    for (size_t i = 0; i < HALF; i++) {
        half[i] ^= pad.bytes[i];
    }
    kw_wipe(&pad, sizeof pad);
}

void kw_share_seal(kw_mspan out, const kw_share *share, const kw_message_scope *scope,
                   const kw_share_place *place, const kw_group_shared_bytes *shared)
{
    KW_ASSERT(out.len == kw_scope_share_bytes(scope));
    const kw_group_secret *const halves[] = {&share->f, &share->f2};
    for (size_t at = 0; at < out.len; at += HALF) {
        KW_AUTO(kw_group_secret_bytes) half = {{0}};
        scope->group->secret_encode(&half, halves[at / HALF]);
        add_pad(half.bytes, scope->group, place, shared, (uint8_t)(at / HALF));
        kw_span sealed = kw_declassify_span(kw_secret_span_of(KW_SPAN(half.bytes)),
                                            "encrypted with a pad that is used once");
        memcpy(&out.ptr[at], sealed.ptr, sealed.len);
    }
}

kw_status kw_share_open(kw_share *out, kw_span sealed, const kw_message_scope *scope,
                        const kw_share_place *place, const kw_group_shared_bytes *shared)
{
    if (sealed.len != kw_scope_share_bytes(scope)) {
        return KW_LENGTH;
    }
    KW_AUTO(kw_share) share = {0};
    kw_group_secret *const halves[] = {&share.f, &share.f2};
    for (size_t at = 0; at < sealed.len; at += HALF) {
        KW_AUTO(kw_group_secret_bytes) half = {{0}};
        memcpy(half.bytes, &sealed.ptr[at], HALF);
        add_pad(half.bytes, scope->group, place, shared, (uint8_t)(at / HALF));
        KW_TRY(scope->group->secret_decode(halves[at / HALF], &half));
    }
    *out = share;
    return KW_OK;
}

static bool matches_in_g1(const kw_share *share, const kw_group *group, const kw_commitments *c,
                          const kw_group_g1 *h, uint16_t member)
{
    kw_group_g1 left;
    kw_group_g1 blind;
    kw_group_g1 right;
    group->g1_base(&left, &share->f);
    group->g1_mul(&blind, h, &share->f2);
    group->g1_add(&left, &left, &blind);
    kw_wipe(&blind, sizeof blind); /* without it the point shows the share before its time */
    kw_declassify_group_g1(&left, "the commitments give this point, or the share is refused");
    return group->g1_poly_eval(&right, c->g1, c->t, member) == KW_OK &&
           group->g1_equal(&left, &right);
}

bool kw_share_matches(const kw_share *share, const kw_group *group, const kw_commitments *c,
                      const kw_group_g1 *h, uint16_t member)
{
    if (c->g1 != NULL) {
        return matches_in_g1(share, group, c, h, member);
    }
    kw_group_g2 left;
    kw_group_g2 right;
    group->g2_base(&left, &share->f);
    kw_declassify_group_g2(&left, "the commitments give this point, or the share is refused");
    return group->g2_poly_eval(&right, c->g2, c->t, member) == KW_OK &&
           group->g2_equal(&left, &right);
}

void kw_shares_root(kw_hash32 *out, const kw_shares *shares)
{
    kw_merkle_tree tree = {0};
    for (uint16_t j = 1; j <= shares->n; j++) {
        kw_hash32 leaf;
        kw_merkle_leaf(&leaf, kw_shares_at(shares, j));
        kw_status st = kw_merkle_append(&tree, &leaf);
        KW_ASSERT(st == KW_OK);
    }
    kw_merkle_root(&tree, out);
}
