/* SPDX-License-Identifier: Apache-2.0
 * Complaints, made and judged. Source: threshold.md section 4. Secret inputs: session keys. */
#include "threshold/engine/dealing/complaint.h"

static kw_dleq_claim claim_of(const kw_dealing *dealing, uint16_t member, const kw_group_g1 *ek,
                              const kw_group_g1 *p)
{
    return (kw_dleq_claim){.sid = dealing->place->sid,
                           .dealer = dealing->place->dealer,
                           .member = member,
                           .deal = dealing->hash,
                           .ek = *ek,
                           .r = dealing->deal->r,
                           .p = *p};
}

void kw_complaint_make(kw_echo_entry *out, const kw_dealing *dealing, uint16_t member,
                       const kw_group_secret *ek, const kw_group_secret *nonce)
{
    const kw_group *group = dealing->scope->group;
    kw_echo_entry entry = {.verdict = KW_ECHO_COMPLAINT, .deal = dealing->hash};
    kw_group_g1 public_ek;
    group->g1_base(&public_ek, ek);
    group->g1_mul(&entry.p, &dealing->deal->r, ek);
    kw_declassify_group_g1(&public_ek, "the public half of a session key");
    kw_declassify_group_g1(&entry.p, "a complaint opens it");
    const kw_dleq_claim claim = claim_of(dealing, member, &public_ek, &entry.p);
    kw_dleq_make(&entry.proof, group, &claim, ek, nonce);
    *out = entry;
}

static bool share_is_good(const kw_dealing *dealing, uint16_t member, const kw_group_g1 *p)
{
    const kw_group *group = dealing->scope->group;
    kw_group_g1_bytes wire = {{0}};
    group->g1_encode(&wire, p);
    kw_group_shared_bytes shared;
    memcpy(shared.bytes, wire.bytes, sizeof shared.bytes);
    const kw_share_place place = {dealing->place->sid, dealing->place->dealer, member};
    KW_AUTO(kw_share) share = {0};
    kw_span sealed = kw_shares_at(dealing->shares, member);
    /* A half >= r fails here; a contract's sum of products would take it modulo r. */
    return kw_share_open(&share, sealed, dealing->scope, &place, &shared) == KW_OK &&
           kw_share_matches(&share, group, &dealing->deal->c, &dealing->place->h, member);
}

kw_complaint_verdict kw_complaint_judge(const kw_echo_entry *entry, const kw_dealing *dealing,
                                        uint16_t member, const kw_group_g1 *ek)
{
    KW_ASSERT(member >= 1 && member <= dealing->scope->n);
    bool is_about_it = entry->verdict == KW_ECHO_COMPLAINT &&
                       kw_span_equal_var(KW_SPAN(entry->deal.bytes), KW_SPAN(dealing->hash.bytes));
    bool is_receiver = !kw_hash32_is_none(&dealing->deal->receivers.items[member - 1]);
    const kw_dleq_claim claim = claim_of(dealing, member, ek, &entry->p);
    if (!is_about_it || !is_receiver ||
        !kw_dleq_holds(&entry->proof, dealing->scope->group, &claim)) {
        return KW_COMPLAINT_VOID;
    }
    return share_is_good(dealing, member, &entry->p) ? KW_COMPLAINT_FALSE : KW_COMPLAINT_TRUE;
}
