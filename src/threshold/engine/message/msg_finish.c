/* SPDX-License-Identifier: Apache-2.0
 * EXTRACT, RECONSTRUCT, COMMIT and SEAL. Source: threshold.md section 2. */
#include "threshold/engine/message/msg_finish.h"

kw_status kw_extract_read(kw_extract *out, kw_reader *r, const kw_message_scope *scope,
                          kw_arena *arena)
{
    const kw_group *group = scope->group;
    kw_extract extract = {.t = kw_read_u16be(r)};
    if (kw_read_is_good(r) && extract.t != scope->t) {
        return KW_LENGTH;
    }
    kw_span a = kw_read_span(r, (size_t)extract.t * group->g2_bytes);
    kw_span c = kw_read_span(r, KW_GROUP_SCALAR_BYTES);
    kw_span z_a = kw_read_span(r, KW_GROUP_SCALAR_BYTES);
    kw_span z_b = kw_read_span(r, KW_GROUP_SCALAR_BYTES);
    KW_TRY(kw_read_end(r));
    KW_TRY(group->scalar_decode(&extract.proof.c, c));
    KW_TRY(group->scalar_decode(&extract.proof.z_a, z_a));
    KW_TRY(group->scalar_decode(&extract.proof.z_b, z_b));
    kw_group_g2 *points = kw_arena_new(arena, extract.t, sizeof *points);
    if (points == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(group->g2_decode_all(points, a, extract.t));
    extract.a = points;
    extract.wire = a;
    *out = extract;
    return KW_OK;
}

void kw_extract_write(kw_writer *w, const kw_extract *extract, const kw_message_scope *scope)
{
    kw_write_u16be(w, extract->t);
    for (size_t k = 0; k < extract->t; k++) {
        kw_write_g2(w, scope->group, &extract->a[k]);
    }
    kw_write_scalar(w, scope->group, &extract->proof.c);
    kw_write_scalar(w, scope->group, &extract->proof.z_a);
    kw_write_scalar(w, scope->group, &extract->proof.z_b);
}

static kw_status read_opened(kw_opened_share *out, kw_reader *r, const kw_group *group)
{
    out->dealer = kw_read_u16be(r);
    kw_span f = kw_read_span(r, KW_GROUP_SCALAR_BYTES);
    kw_span f2 = kw_read_span(r, KW_GROUP_SCALAR_BYTES);
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    KW_TRY(group->scalar_decode(&out->f, f));
    return group->scalar_decode(&out->f2, f2);
}

kw_status kw_reconstruct_read(kw_reconstruct *out, kw_reader *r, const kw_message_scope *scope,
                              kw_arena *arena)
{
    uint16_t count = kw_read_u16be(r);
    if (kw_read_is_good(r) && (count == 0 || count > scope->dealers)) {
        return KW_LENGTH;
    }
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    kw_opened_share *shares = kw_arena_new(arena, count, sizeof *shares);
    if (shares == NULL) {
        return KW_LIMIT;
    }
    uint16_t last = 0;
    for (size_t i = 0; i < count; i++) {
        KW_TRY(read_opened(&shares[i], r, scope->group));
        if (shares[i].dealer <= last) {
            return KW_ENCODING;
        }
        last = shares[i].dealer;
    }
    KW_TRY(kw_read_end(r));
    if (last > scope->dealers) {
        return KW_RANGE;
    }
    *out = (kw_reconstruct){shares, count};
    return KW_OK;
}

void kw_reconstruct_write(kw_writer *w, const kw_reconstruct *reconstruct,
                          const kw_message_scope *scope)
{
    kw_write_u16be(w, reconstruct->count);
    for (size_t i = 0; i < reconstruct->count; i++) {
        kw_write_u16be(w, reconstruct->shares[i].dealer);
        kw_write_scalar(w, scope->group, &reconstruct->shares[i].f);
        kw_write_scalar(w, scope->group, &reconstruct->shares[i].f2);
    }
}

kw_status kw_commit_read(kw_commit *out, kw_reader *r, const kw_message_scope *scope)
{
    if (scope->kind != KW_SESSION_TOKEN_KEY) {
        return kw_seal_read(out, r, scope);
    }
    kw_commit commit = {0};
    kw_read_into(r, KW_MSPAN(commit.digest.bytes));
    kw_span proof = kw_read_span(r, KW_PROOF_BYTES);
    KW_TRY(kw_read_end(r));
    KW_TRY(kw_proof_of(&commit.proof, scope->group, proof));
    *out = commit;
    return KW_OK;
}

kw_status kw_seal_read(kw_commit *out, kw_reader *r, const kw_message_scope *scope)
{
    kw_commit seal = {0};
    kw_read_into(r, KW_MSPAN(seal.digest.bytes));
    kw_span share = kw_read_span(r, scope->group->g1_bytes);
    KW_TRY(kw_read_end(r));
    KW_TRY(scope->group->g1_decode(&seal.share, share));
    *out = seal;
    return KW_OK;
}

void kw_commit_write(kw_writer *w, const kw_commit *commit, const kw_message_scope *scope)
{
    if (scope->kind != KW_SESSION_TOKEN_KEY) {
        kw_seal_write(w, commit, scope);
        return;
    }
    kw_write_span(w, KW_SPAN(commit->digest.bytes));
    kw_write_proof(w, scope->group, &commit->proof);
}

void kw_seal_write(kw_writer *w, const kw_commit *seal, const kw_message_scope *scope)
{
    kw_write_span(w, KW_SPAN(seal->digest.bytes));
    kw_write_g1(w, scope->group, &seal->share);
}
