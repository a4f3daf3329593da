/* SPDX-License-Identifier: Apache-2.0
 * The chain of contributions to a key. */
#include "params/engine/zk/zkey_chain.h"

enum {
    SECTION = 10,
    HEAD_BYTES = 64 + 4, /* hash of the circuit, count */
    G1_POINTS = 3,
    POINTS_BYTES_MAX = G1_POINTS * KW_ZK_G1_BYTES_MAX + KW_ZK_G2_BYTES_MAX,
};

typedef struct contribution {
    kw_zk_point delta;
    kw_zk_proof proof;
    kw_hash64 transcript;
    kw_zk_tail tail;
    uint8_t wire[POINTS_BYTES_MAX];
    size_t wire_len;
} contribution;

static kw_status decode_points(contribution *out, kw_zk_work *w, const kw_zk_place *place,
                               kw_error *err)
{
    kw_zk_point *const points[] = {&out->delta, &out->proof.g1_s, &out->proof.g1_sx,
                                   &out->proof.g2_spx};
    size_t at = 0;
    for (size_t i = 0; i < KW_COUNT(points); i++) {
        const kw_zk_group *group = i < G1_POINTS ? w->curve->g1 : w->curve->g2;
        size_t bad = 0;
        kw_status st = group->decode(points[i], &bad, (kw_span){out->wire + at, group->wire_bytes},
                                     KW_POINT_STRICT);
        if (st != KW_OK) {
            kw_zk_place here = *place;
            here.offset += at;
            return kw_zk_refuse(w->fault, &here, st, NULL, err);
        }
        at += group->wire_bytes;
    }
    return KW_OK;
}

/* Reads a contribution at *io_at, which moves behind it. */
static kw_status read_contribution(contribution *out, kw_zk_work *w, uint64_t *io_at, uint64_t end,
                                   const kw_zk_place *place, kw_error *err)
{
    out->wire_len = G1_POINTS * w->curve->g1->wire_bytes + w->curve->g2->wire_bytes;
    if (end - *io_at < out->wire_len + sizeof out->transcript.bytes) {
        return kw_zk_refuse(w->fault, place, KW_LENGTH, "the contribution is cut short", err);
    }
    KW_TRY(kw_zk_read(w->job->source, *io_at, (kw_mspan){out->wire, out->wire_len}, err));
    *io_at += out->wire_len;
    KW_TRY(kw_zk_read(w->job->source, *io_at, KW_MSPAN(out->transcript.bytes), err));
    *io_at += sizeof out->transcript.bytes;
    if (w->job->level >= KW_ZK_POINTS) {
        KW_TRY(decode_points(out, w, place, err));
    }
    return kw_zk_tail_read(&out->tail, w, io_at, end, place, err);
}

/* Takes the points of a contribution in the order of the file, from the `first`-th on. */
static void hash_points(kw_blake2b_state *hash, const kw_zk_curve *curve, const contribution *c,
                        size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        const kw_zk_group *group = i < G1_POINTS ? curve->g1 : curve->g2;
        const kw_span wire = {c->wire + i * curve->g1->wire_bytes, group->wire_bytes};
        kw_zk_hash_wire(hash, group, wire);
    }
}

/* A beacon's secret follows from public bytes, and so does the point it is shown by. */
static bool is_key_of_beacon(const kw_zk_curve *curve, const contribution *c)
{
    kw_zk_draw draw = kw_zk_tail_draw(&c->tail);
    kw_zk_scalar secret;
    kw_zk_point wanted;
    curve->scalar_draw(&secret, &draw);
    curve->g1->draw(&wanted, &draw);
    if (!curve->g1->equal(&wanted, &c->proof.g1_s)) {
        return false;
    }
    curve->g1->mul(&wanted, &wanted, &secret);
    return curve->g1->equal(&wanted, &c->proof.g1_sx);
}

/* What is wrong with a contribution; NULL: nothing. `so_far` has all before it. */
static const char *judge(const kw_zk_work *w, const kw_zk_point *before,
                         const kw_blake2b_state *so_far, const contribution *c)
{
    kw_blake2b_state hash = *so_far;
    kw_hash64 transcript;
    hash_points(&hash, w->curve, c, 1, 2);
    kw_blake2b_final(&hash, KW_MSPAN(transcript.bytes));
    if (!kw_span_equal_var(KW_SPAN(transcript.bytes), KW_SPAN(c->transcript.bytes))) {
        return "its transcript is not that of the file";
    }
    if (w->job->level < KW_ZK_FULL) {
        return NULL;
    }
    kw_zk_draw draw = kw_zk_draw_of(transcript.bytes);
    kw_zk_point base;
    w->curve->g2->draw(&base, &draw);
    if (!kw_zk_proof_holds(w->curve, &c->proof, &base)) {
        return "the proof of its secret is wrong";
    }
    if (!w->curve->same_ratio(before, &c->delta, &base, &c->proof.g2_spx)) {
        return "it does not follow from the one before";
    }
    if (c->tail.is_beacon && !is_key_of_beacon(w->curve, c)) {
        return "its secret is not that of the beacon";
    }
    return NULL;
}

static kw_status check_end(kw_zk_work *w, const kw_zk_zkey *zkey, const kw_zk_point *delta,
                           uint64_t at, const kw_zk_point *wanted, kw_error *err)
{
    const kw_zk_section *section = kw_zk_binfile_find(&zkey->file, SECTION);
    kw_zk_place place = {SECTION, "contributions", KW_ZK_NO_INDEX, at};
    if (at != section->at + section->size) {
        return kw_zk_refuse(w->fault, &place, KW_LENGTH, "bytes stand behind the last", err);
    }
    if (w->job->level >= KW_ZK_POINTS && !w->curve->g1->equal(delta, wanted)) {
        return kw_zk_refuse(w->fault, &place, KW_REFUSED,
                            "the last one's delta is not that of the header", err);
    }
    return KW_OK;
}

kw_status kw_zk_zkey_chain_check(kw_zk_work *w, const kw_zk_zkey *zkey, const kw_zk_setup *setup,
                                 kw_error *err)
{
    const kw_zk_section *section = kw_zk_binfile_find(&zkey->file, SECTION);
    const uint64_t end = section->at + section->size;
    uint64_t at = section->at + HEAD_BYTES;
    kw_zk_point before = w->curve->g1->generator();
    kw_zk_place place = {.section = SECTION, .part = "contribution"};
    kw_blake2b_state so_far;
    kw_blake2b_init(&so_far, sizeof zkey->circuit.bytes);
    kw_blake2b_update(&so_far, KW_SPAN(zkey->circuit.bytes));
    for (uint32_t i = 0; i < zkey->contributions; i++) {
        contribution c = {.wire_len = 0};
        place.index = i;
        place.offset = at;
        KW_TRY(read_contribution(&c, w, &at, end, &place, err));
        if (w->job->level >= KW_ZK_POINTS) {
            const char *wrong = judge(w, &before, &so_far, &c);
            if (wrong != NULL) {
                return kw_zk_refuse(w->fault, &place, KW_REFUSED, wrong, err);
            }
            hash_points(&so_far, w->curve, &c, 0, 4);
            kw_blake2b_update(&so_far, KW_SPAN(c.transcript.bytes));
            before = c.delta;
        }
    }
    return check_end(w, zkey, &before, at, &setup->delta_g1, err);
}
