/* SPDX-License-Identifier: Apache-2.0
 * Tails of contributions, beacons, transcripts. */
#include "params/engine/zk/ceremony.h"

#include "codec/reader.h"
#include "crypto/hash.h"

enum {
    FIXED_BYTES = 8,
    KIND_NAME = 1,
    KIND_EXPONENT = 2,
    KIND_BEACON = 3,
};

static void keep(uint8_t *out, uint8_t *out_len, kw_span text)
{
    if (text.len > 0) {
        memcpy(out, text.ptr, text.len);
    }
    *out_len = (uint8_t)text.len;
}

/* One parameter; its kind. */
static unsigned read_parameter(kw_zk_tail *out, kw_reader *r)
{
    unsigned kind = kw_read_u8(r);
    kw_span text = {0};
    switch (kind) {
    case KIND_NAME:
        text = kw_read_span_u8(r, sizeof out->name);
        keep((uint8_t *)out->name, &out->name_len, text);
        break;
    case KIND_EXPONENT:
        out->exponent = kw_read_u8(r);
        break;
    case KIND_BEACON:
        text = kw_read_span_u8(r, sizeof out->beacon);
        keep(out->beacon, &out->beacon_len, text);
        break;
    default:
        kw_read_fail(r);
        break;
    }
    return kind;
}

static bool read_parameters(kw_zk_tail *out, kw_span bytes)
{
    kw_reader r = kw_reader_of(bytes);
    unsigned kinds = 0;
    unsigned last = 0;
    while (kw_read_left(&r) > 0) {
        unsigned kind = read_parameter(out, &r);
        if (kind <= last || !kw_read_is_good(&r)) {
            return false;
        }
        kinds |= 1U << kind;
        last = kind;
    }
    bool has_beacon = (kinds & 1U << KIND_EXPONENT) != 0 && (kinds & 1U << KIND_BEACON) != 0;
    return kw_read_end(&r) == KW_OK && (!out->is_beacon || has_beacon);
}

kw_status kw_zk_tail_read(kw_zk_tail *out, kw_zk_work *w, uint64_t *io_at, uint64_t end,
                          const kw_zk_place *place, kw_error *err)
{
    uint8_t fixed[FIXED_BYTES];
    uint8_t params[KW_ZK_CONTRIBUTION_PARAMS_MAX];
    kw_zk_tail tail = {.exponent = 0};
    kw_zk_place here = *place;
    here.offset = *io_at;
    if (end - *io_at < sizeof fixed) {
        return kw_zk_refuse(w->fault, &here, KW_LENGTH, "the contribution is cut short", err);
    }
    KW_TRY(kw_zk_read(w->job->source, *io_at, KW_MSPAN(fixed), err));
    kw_reader r = kw_reader_of(KW_SPAN(fixed));
    uint32_t type = kw_read_u32le(&r);
    uint32_t len = kw_read_u32le(&r);
    *io_at += sizeof fixed;
    if (type > 1 || len > sizeof params || end - *io_at < len) {
        return kw_zk_refuse(w->fault, &here, KW_BAD_INPUT, "no such kind of contribution", err);
    }
    tail.is_beacon = type == 1;
    KW_TRY(kw_zk_read(w->job->source, *io_at, (kw_mspan){params, len}, err));
    if (!read_parameters(&tail, (kw_span){params, len})) {
        return kw_zk_refuse(w->fault, &here, KW_BAD_INPUT, "its parameters cannot be read", err);
    }
    if (tail.is_beacon && tail.exponent > KW_ZK_BEACON_EXP_MAX) {
        return kw_zk_refuse(w->fault, &here, KW_LIMIT, "the beacon takes too many hashes", err);
    }
    *io_at += len;
    *out = tail;
    return KW_OK;
}

kw_zk_draw kw_zk_tail_draw(const kw_zk_tail *tail)
{
    kw_hash32 hash;
    kw_sha256(&hash, (kw_span){tail->beacon, tail->beacon_len});
    for (uint64_t i = 1; i < UINT64_C(1) << tail->exponent; i++) {
        kw_sha256(&hash, KW_SPAN(hash.bytes));
    }
    return kw_zk_draw_of(hash.bytes);
}

bool kw_zk_proof_holds(const kw_zk_curve *curve, const kw_zk_proof *proof, const kw_zk_point *g2_sp)
{
    return curve->same_ratio(&proof->g1_s, &proof->g1_sx, g2_sp, &proof->g2_spx);
}

void kw_zk_hash_wire(kw_blake2b_state *hash, const kw_zk_group *group, kw_span wire)
{
    uint8_t hashed[KW_ZK_G2_BYTES_MAX];
    for (size_t at = 0; at < wire.len; at += group->wire_bytes) {
        group->to_hashed(hashed, (kw_span){wire.ptr + at, group->wire_bytes});
        kw_blake2b_update(hash, (kw_span){hashed, group->wire_bytes});
    }
}

void kw_zk_hash_point(kw_blake2b_state *hash, const kw_zk_group *group, const kw_zk_point *point)
{
    uint8_t wire[KW_ZK_G2_BYTES_MAX];
    group->encode(wire, point);
    kw_zk_hash_wire(hash, group, (kw_span){wire, group->wire_bytes});
}
