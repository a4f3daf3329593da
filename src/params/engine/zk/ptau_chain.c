/* SPDX-License-Identifier: Apache-2.0
 * The chain of a ceremony's contributions. */
#include "params/engine/zk/ptau_chain.h"

#include "codec/reader.h"

enum {
    KEYS = 3, /* tau, alpha, beta */
    PARTIAL_BYTES = 216,
    G1_POINTS = 3 + 2 * KEYS,
    G2_POINTS = 2 + KEYS,
    POINTS_BYTES_MAX = G1_POINTS * KW_ZK_G1_BYTES_MAX + G2_POINTS * KW_ZK_G2_BYTES_MAX,
    HASHES_BYTES = PARTIAL_BYTES + 64,
    BLANK_POINTS = 512, /* generators that are hashed at once */
};

typedef struct contribution {
    kw_zk_stand stand;
    kw_zk_proof keys[KEYS];
    kw_zk_tail tail;
} contribution;

/* The points of a contribution in their order, and where each goes. */
typedef struct row {
    bool is_g2;
    size_t offset; /* in contribution */
} row;

#define STAND(member)      offsetof(contribution, stand.member)
#define KEY(index, member) offsetof(contribution, keys[index].member)

static const row rows[] = {
    {false, STAND(tau_g1)},  {true, STAND(tau_g2)},  {false, STAND(alpha_g1)},
    {false, STAND(beta_g1)}, {true, STAND(beta_g2)}, {false, KEY(0, g1_s)},
    {false, KEY(0, g1_sx)},  {false, KEY(1, g1_s)},  {false, KEY(1, g1_sx)},
    {false, KEY(2, g1_s)},   {false, KEY(2, g1_sx)}, {true, KEY(0, g2_spx)},
    {true, KEY(1, g2_spx)},  {true, KEY(2, g2_spx)},
};

enum {
    STAND_ROWS = 5 /* the proofs follow */
};

static size_t points_bytes(const kw_zk_curve *curve)
{
    return G1_POINTS * curve->g1->wire_bytes + G2_POINTS * curve->g2->wire_bytes;
}

static kw_status decode_points(contribution *out, kw_zk_work *w, const uint8_t *wire,
                               const kw_zk_place *place, kw_error *err)
{
    size_t at = 0;
    size_t bad = 0;
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_zk_group *group = rows[i].is_g2 ? w->curve->g2 : w->curve->g1;
        kw_zk_point point;
        kw_status st = group->decode(&point, &bad, (kw_span){wire + at, group->wire_bytes}, 0);
        if (st != KW_OK) {
            kw_zk_place here = *place;
            here.offset += at;
            return kw_zk_refuse(w->fault, &here, st, NULL, err);
        }
        memcpy((uint8_t *)out + rows[i].offset, &point, sizeof point);
        at += group->wire_bytes;
    }
    return KW_OK;
}

/* The hash of the answer: the state that is stored goes on with the proofs. */
static kw_status finish_response(kw_hash64 *out, const kw_zk_curve *curve, kw_span partial,
                                 const uint8_t *wire)
{
    kw_reader r = kw_reader_of(partial);
    kw_span block = kw_read_span(&r, KW_BLAKE2B_BLOCK_BYTES);
    uint64_t h[8];
    for (size_t i = 0; i < KW_COUNT(h); i++) {
        h[i] = kw_read_u64le(&r);
    }
    uint64_t done = kw_read_u64le(&r);
    uint64_t pending = kw_read_u64le(&r);
    uint64_t final = kw_read_u64le(&r);
    KW_TRY(kw_read_end(&r));
    if (final != 0 || pending > block.len) {
        return KW_BAD_INPUT;
    }
    kw_blake2b_state hash;
    KW_TRY(kw_blake2b_resume(&hash, h, done, (kw_span){block.ptr, (size_t)pending}));
    size_t at = 0;
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_zk_group *group = rows[i].is_g2 ? curve->g2 : curve->g1;
        if (i >= STAND_ROWS) {
            kw_zk_hash_wire(&hash, group, (kw_span){wire + at, group->wire_bytes});
        }
        at += group->wire_bytes;
    }
    kw_blake2b_final(&hash, KW_MSPAN(out->bytes));
    return KW_OK;
}

/* Reads a contribution at *io_at, which moves behind it. */
static kw_status read_contribution(contribution *out, kw_zk_work *w, uint64_t *io_at, uint64_t end,
                                   const kw_zk_place *place, kw_error *err)
{
    uint8_t bytes[POINTS_BYTES_MAX + HASHES_BYTES];
    size_t wire_bytes = points_bytes(w->curve);
    kw_mspan room = {bytes, wire_bytes + HASHES_BYTES};
    if (end - *io_at < room.len) {
        return kw_zk_refuse(w->fault, place, KW_LENGTH, "the contribution is cut short", err);
    }
    KW_TRY(kw_zk_read(w->job->source, *io_at, room, err));
    if (w->job->level >= KW_ZK_POINTS) {
        KW_TRY(decode_points(out, w, bytes, place, err));
        const kw_span partial = {bytes + wire_bytes, PARTIAL_BYTES};
        kw_zk_place here = *place;
        here.offset += wire_bytes;
        if (finish_response(&out->stand.response, w->curve, partial, bytes) != KW_OK) {
            return kw_zk_refuse(w->fault, &here, KW_BAD_INPUT, "no state of a hash", err);
        }
    }
    memcpy(out->stand.next_challenge.bytes, bytes + wire_bytes + PARTIAL_BYTES,
           sizeof out->stand.next_challenge.bytes);
    *io_at += room.len;
    return kw_zk_tail_read(&out->tail, w, io_at, end, place, err);
}

/* `count` times the same point. */
static void hash_blank(kw_blake2b_state *hash, const kw_zk_group *group, uint64_t count)
{
    uint8_t blank[BLANK_POINTS * KW_ZK_G1_BYTES_MAX];
    uint8_t wire[KW_ZK_G2_BYTES_MAX];
    size_t room = sizeof blank / group->wire_bytes;
    const kw_zk_point generator = group->generator();
    group->encode(wire, &generator);
    for (size_t i = 0; i < room; i++) {
        group->to_hashed(blank + i * group->wire_bytes, (kw_span){wire, group->wire_bytes});
    }
    while (count > 0) {
        size_t n = (size_t)KW_MIN(count, (uint64_t)room);
        kw_blake2b_update(hash, (kw_span){blank, n * group->wire_bytes});
        count -= n;
    }
}

/* The first challenge of the ceremony of 2^28 on BN254, from which most files that are in use were
 * cut: 100 GB of generators, hashed with Python's hashlib as below. */
static const kw_hash64 bn254_28 = {{
    0x93, 0xda, 0x91, 0x92, 0x0d, 0x5a, 0x54, 0xa8, 0xa0, 0xfd, 0xe5, 0x5c, 0xd9, 0xdc, 0x3a, 0x10,
    0xc4, 0xf3, 0xee, 0xf7, 0x68, 0xb6, 0x2c, 0x09, 0x48, 0x74, 0x13, 0x70, 0x86, 0x42, 0x54, 0xb4,
    0xc1, 0x92, 0x0f, 0x3f, 0x29, 0xd4, 0xeb, 0xc0, 0xef, 0x3a, 0xce, 0xcf, 0x2e, 0x2d, 0xb6, 0x3a,
    0x75, 0x57, 0x13, 0xd7, 0x7e, 0x1e, 0xd7, 0x73, 0x47, 0xa5, 0x6f, 0xbc, 0x31, 0x7c, 0x7a, 0x93,
}};

/* The first challenge is the hash of a file of that ceremony's power in which every secret is 1:
 * all points are generators. A short file of a long ceremony may cost no more than it is worth. */
static bool first_challenge(kw_hash64 *out, const kw_zk_ptau *ptau)
{
    const kw_zk_curve *curve = ptau->curve;
    const uint64_t n = UINT64_C(1) << ptau->ceremony_power;
    kw_blake2b_state hash;
    kw_hash64 nothing;
    if (curve == &kw_zk_bn254 && ptau->ceremony_power == 28) {
        *out = bn254_28;
        return true;
    }
    if (ptau->ceremony_power > KW_ZK_BLANK_POWER_MAX && ptau->ceremony_power > ptau->power) {
        return false;
    }
    kw_blake2b(KW_MSPAN(nothing.bytes), (kw_span){0});
    kw_blake2b_init(&hash, sizeof out->bytes);
    kw_blake2b_update(&hash, KW_SPAN(nothing.bytes));
    hash_blank(&hash, curve->g1, 2 * n - 1);
    hash_blank(&hash, curve->g2, n);
    hash_blank(&hash, curve->g1, 2 * n);
    hash_blank(&hash, curve->g2, 1);
    kw_blake2b_final(&hash, KW_MSPAN(out->bytes));
    return true;
}

/* Where a ceremony begins. */
static kw_status first_stand(kw_zk_stand *out, kw_zk_work *w, const kw_zk_ptau *ptau, kw_error *err)
{
    const kw_zk_curve *curve = ptau->curve;
    *out = (kw_zk_stand){.tau_g1 = curve->g1->generator(),
                         .tau_g2 = curve->g2->generator(),
                         .alpha_g1 = curve->g1->generator(),
                         .beta_g1 = curve->g1->generator(),
                         .beta_g2 = curve->g2->generator()};
    if (!first_challenge(&out->next_challenge, ptau)) {
        const kw_zk_place place = {1, "header", KW_ZK_NO_INDEX, 0};
        return kw_zk_refuse(w->fault, &place, KW_LIMIT,
                            "its ceremony is too long to recompute where it began", err);
    }
    return KW_OK;
}

/* The point of G2 by which a contributor proves one of its three secrets: drawn from the challenge
 * and what it says of the secret in G1. */
static kw_zk_point proof_base(const kw_zk_curve *curve, const kw_hash64 *challenge, uint8_t key,
                              const kw_zk_proof *proof)
{
    kw_blake2b_state hash;
    kw_hash64 digest;
    kw_zk_point base;
    kw_blake2b_init(&hash, sizeof digest.bytes);
    kw_blake2b_update(&hash, (kw_span){&key, 1});
    kw_blake2b_update(&hash, KW_SPAN(challenge->bytes));
    kw_zk_hash_point(&hash, curve->g1, &proof->g1_s);
    kw_zk_hash_point(&hash, curve->g1, &proof->g1_sx);
    kw_blake2b_final(&hash, KW_MSPAN(digest.bytes));
    kw_zk_draw draw = kw_zk_draw_of(digest.bytes);
    curve->g2->draw(&base, &draw);
    return base;
}

/* A beacon's secrets follow from public bytes: three scalars, then for each the point it is shown
 * by. */
static bool is_key_of_beacon(const kw_zk_curve *curve, const contribution *c,
                             const kw_zk_point bases[KEYS])
{
    kw_zk_draw draw = kw_zk_tail_draw(&c->tail);
    kw_zk_scalar secrets[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        curve->scalar_draw(&secrets[i], &draw);
    }
    for (size_t i = 0; i < KEYS; i++) {
        kw_zk_point wanted;
        curve->g1->draw(&wanted, &draw);
        if (!curve->g1->equal(&wanted, &c->keys[i].g1_s)) {
            return false;
        }
        curve->g1->mul(&wanted, &wanted, &secrets[i]);
        if (!curve->g1->equal(&wanted, &c->keys[i].g1_sx)) {
            return false;
        }
        curve->g2->mul(&wanted, &bases[i], &secrets[i]);
        if (!curve->g2->equal(&wanted, &c->keys[i].g2_spx)) {
            return false;
        }
    }
    return true;
}

/* What is wrong with the step from `before` to `c`; NULL: nothing. */
static const char *judge_step(const kw_zk_curve *curve, const kw_zk_stand *before,
                              const contribution *c)
{
    kw_zk_point bases[KEYS];
    for (uint8_t i = 0; i < KEYS; i++) {
        bases[i] = proof_base(curve, &before->next_challenge, i, &c->keys[i]);
        if (!kw_zk_proof_holds(curve, &c->keys[i], &bases[i])) {
            return "a proof of its secrets is wrong";
        }
    }
    const kw_zk_stand *now = &c->stand;
    if (!curve->same_ratio(&before->tau_g1, &now->tau_g1, &bases[0], &c->keys[0].g2_spx) ||
        !curve->same_ratio(&c->keys[0].g1_s, &c->keys[0].g1_sx, &before->tau_g2, &now->tau_g2) ||
        !curve->same_ratio(&before->alpha_g1, &now->alpha_g1, &bases[1], &c->keys[1].g2_spx) ||
        !curve->same_ratio(&before->beta_g1, &now->beta_g1, &bases[2], &c->keys[2].g2_spx) ||
        !curve->same_ratio(&c->keys[2].g1_s, &c->keys[2].g1_sx, &before->beta_g2, &now->beta_g2)) {
        return "it does not follow from the one before";
    }
    if (c->tail.is_beacon && !is_key_of_beacon(curve, c, bases)) {
        return "its secrets are not those of the beacon";
    }
    return NULL;
}

kw_status kw_zk_ptau_chain_check(kw_zk_stand *out, kw_zk_work *w, const kw_zk_ptau *ptau,
                                 kw_error *err)
{
    const kw_zk_section *section = kw_zk_binfile_find(&ptau->file, 7);
    const uint64_t end = section->at + section->size;
    const bool is_full = w->job->level == KW_ZK_FULL;
    kw_zk_stand before = {.response = {{0}}};
    kw_zk_place place = {.section = 7, .part = "contribution"};
    uint64_t at = section->at + sizeof(uint32_t);
    if (is_full) {
        KW_TRY(first_stand(&before, w, ptau, err));
    }
    for (uint32_t i = 0; i < ptau->contributions; i++) {
        contribution c = {.tail = {.exponent = 0}};
        place.index = i;
        place.offset = at;
        KW_TRY(read_contribution(&c, w, &at, end, &place, err));
        const char *wrong = is_full ? judge_step(ptau->curve, &before, &c) : NULL;
        if (wrong != NULL) {
            return kw_zk_refuse(w->fault, &place, KW_REFUSED, wrong, err);
        }
        before = c.stand;
    }
    if (at != end) {
        place = (kw_zk_place){7, "contributions", KW_ZK_NO_INDEX, at};
        return kw_zk_refuse(w->fault, &place, KW_LENGTH, "bytes stand behind the last", err);
    }
    if (w->job->level >= KW_ZK_POINTS) {
        *out = before;
    }
    return KW_OK;
}
