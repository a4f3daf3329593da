/* SPDX-License-Identifier: Apache-2.0
 * HELLO, DEAL and SHARES. Source: threshold.md section 2. */
#include "threshold/engine/message/msg_deal.h"

static kw_status check_suites(kw_span suites)
{
    for (size_t i = 1; i < suites.len; i++) {
        if (suites.ptr[i - 1] >= suites.ptr[i]) {
            return KW_ENCODING;
        }
    }
    return suites.len > 0 ? KW_OK : KW_ENCODING;
}

kw_status kw_hello_read(kw_hello *out, kw_reader *r, const kw_message_scope *scope)
{
    kw_hello hello = {0};
    hello.suites = kw_read_span_u16be(r, KW_THRESHOLD_SUITES_MAX);
    kw_read_into(r, KW_MSPAN(hello.head.bytes));
    kw_span ek = kw_read_span(r, scope->group->g1_bytes);
    kw_span proof = kw_read_span(r, KW_PROOF_BYTES);
    KW_TRY(kw_read_end(r));
    KW_TRY(check_suites(hello.suites));
    KW_TRY(kw_proof_of(&hello.proof, scope->group, proof));
    KW_TRY(scope->group->g1_decode(&hello.ek, ek));
    *out = hello;
    return KW_OK;
}

void kw_hello_write(kw_writer *w, const kw_hello *hello, const kw_message_scope *scope)
{
    kw_write_span_u16be(w, hello->suites);
    kw_write_span(w, KW_SPAN(hello->head.bytes));
    kw_write_g1(w, scope->group, &hello->ek);
    kw_write_proof(w, scope->group, &hello->proof);
}

static kw_status decode_commitments(kw_commitments *out, kw_span bytes,
                                    const kw_message_scope *scope, kw_arena *arena)
{
    const kw_group *group = scope->group;
    bool in_g1 = scope->suite == KW_SUITE_PEDERSEN;
    void *points = kw_arena_new(arena, scope->t, in_g1 ? sizeof(kw_group_g1) : sizeof(kw_group_g2));
    if (points == NULL) {
        return KW_LIMIT;
    }
    *out = (kw_commitments){.t = scope->t, .wire = bytes};
    if (in_g1) {
        out->g1 = points;
        return group->g1_decode_all(points, bytes, scope->t);
    }
    out->g2 = points;
    return group->g2_decode_all(points, bytes, scope->t);
}

static size_t commitment_bytes(const kw_message_scope *scope)
{
    bool in_g1 = scope->suite == KW_SUITE_PEDERSEN;
    return in_g1 ? scope->group->g1_bytes : scope->group->g2_bytes;
}

kw_status kw_deal_read(kw_deal *out, kw_reader *r, const kw_message_scope *scope, kw_arena *arena)
{
    const kw_group *group = scope->group;
    bool proves_a0 = kw_scope_proves_a0(scope);
    kw_deal deal = {0};
    uint16_t t = kw_read_u16be(r);
    deal.n = kw_read_u16be(r);
    if (kw_read_is_good(r) && (t != scope->t || deal.n != scope->n)) {
        return KW_LENGTH; /* another degree would change the key's threshold unnoticed */
    }
    kw_span c = kw_read_span(r, t * commitment_bytes(scope));
    kw_span point_r = kw_read_span(r, group->g1_bytes);
    kw_span proof_r = kw_read_span(r, KW_PROOF_BYTES);
    deal.receivers = kw_read_hashes(r, deal.n);
    kw_read_into(r, KW_MSPAN(deal.shares_root.bytes));
    kw_span proof_a0 = proves_a0 ? kw_read_span(r, KW_PROOF_BYTES) : (kw_span){0};
    KW_TRY(kw_read_end(r));
    KW_TRY(kw_proof_of(&deal.proof_r, group, proof_r));
    if (proves_a0) {
        KW_TRY(kw_proof_of(&deal.proof_a0, group, proof_a0));
    }
    KW_TRY(group->g1_decode(&deal.r, point_r));
    KW_TRY(decode_commitments(&deal.c, c, scope, arena));
    *out = deal;
    return KW_OK;
}

void kw_commitments_write(kw_writer *w, const kw_group *group, const kw_commitments *c)
{
    for (size_t k = 0; k < c->t; k++) {
        if (c->g1 != NULL) {
            kw_write_g1(w, group, &c->g1[k]);
        } else {
            kw_write_g2(w, group, &c->g2[k]);
        }
    }
}

void kw_deal_write(kw_writer *w, const kw_deal *deal, const kw_message_scope *scope)
{
    kw_write_u16be(w, deal->c.t);
    kw_write_u16be(w, deal->n);
    kw_commitments_write(w, scope->group, &deal->c);
    kw_write_g1(w, scope->group, &deal->r);
    kw_write_proof(w, scope->group, &deal->proof_r);
    kw_write_span(w, kw_hash_list_view(deal->receivers));
    kw_write_span(w, KW_SPAN(deal->shares_root.bytes));
    if (kw_scope_proves_a0(scope)) {
        kw_write_proof(w, scope->group, &deal->proof_a0);
    }
}

kw_status kw_shares_read(kw_shares *out, kw_reader *r, const kw_message_scope *scope)
{
    kw_shares shares = {.n = kw_read_u16be(r)};
    if (kw_read_is_good(r) && shares.n != scope->n) {
        return KW_LENGTH;
    }
    shares.encrypted = kw_read_span(r, shares.n * kw_scope_share_bytes(scope));
    KW_TRY(kw_read_end(r));
    *out = shares;
    return KW_OK;
}

void kw_shares_write(kw_writer *w, const kw_shares *shares)
{
    kw_write_u16be(w, shares->n);
    kw_write_span(w, shares->encrypted);
}

kw_span kw_shares_at(const kw_shares *shares, uint16_t member)
{
    KW_ASSERT(member >= 1 && member <= shares->n);
    size_t size = shares->encrypted.len / shares->n;
    return (kw_span){&shares->encrypted.ptr[(member - 1) * size], size};
}
