/* SPDX-License-Identifier: Apache-2.0
 * What the formats of identity-based encryption share. Source: Boneh and Franklin, SIAM J. Comput.
 * 32 (2003), with asymmetric groups. Secret inputs: r, d. */
#include "threshold/engine/use/ibe.h"

#include "codec/writer.h"
#include "crypto/hash.h"
#include "threshold/engine/use/beacon.h"
#include "threshold/engine/use/purpose.h"

enum {
    ROUND_BYTES = 8,
};

kw_status kw_ibe_master_init(kw_ibe_master *out, kw_span key, const kw_hash32 *cluster_id)
{
    kw_ibe_master master = {.cluster_id = *cluster_id};
    if (key.len != sizeof master.bytes.bytes) {
        return KW_LENGTH; /* uncompressed is not what headers hash */
    }
    KW_TRY(kw_bls_g2_decode_zcash(&master.key, key, KW_POINT_STRICT));
    memcpy(master.bytes.bytes, key.ptr, key.len);
    kw_sha256(&master.hash, key);
    *out = master;
    return KW_OK;
}

kw_status kw_ibe_id_of_app(kw_ibe_id *out, kw_ibe_kind kind, kw_span app_id)
{
    bool is_app = kind == KW_IBE_APPLICATION || kind == KW_IBE_EIGENX;
    if (!is_app || app_id.len == 0 || app_id.len > sizeof out->bytes) {
        return KW_BAD_INPUT;
    }
    *out = (kw_ibe_id){.kind = kind, .len = (uint8_t)app_id.len};
    memcpy(out->bytes, app_id.ptr, app_id.len);
    return KW_OK;
}

kw_ibe_id kw_ibe_id_of_round(uint64_t round)
{
    kw_ibe_id id = {.kind = KW_IBE_TIMELOCK, .len = ROUND_BYTES};
    kw_writer w = kw_writer_of((kw_mspan){id.bytes, ROUND_BYTES});
    kw_write_u64be(&w, round);
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    return id;
}

void kw_ibe_id_point(kw_bls_g1 *out, const kw_ibe_id *id, const kw_ibe_master *master)
{
    uint8_t timed[sizeof(kw_beacon_message)];
    kw_purposed what = {.purpose = KW_PURPOSE_APPLICATION, .message = kw_ibe_id_view(id)};
    switch (id->kind) {
    case KW_IBE_APPLICATION:
        break;
    case KW_IBE_EIGENX:
        what.purpose = KW_PURPOSE_EIGENX;
        break;
    case KW_IBE_TIMELOCK:
        memcpy(timed, master->cluster_id.bytes, sizeof master->cluster_id.bytes);
        memcpy(timed + sizeof master->cluster_id.bytes, id->bytes, ROUND_BYTES);
        what = (kw_purposed){.purpose = KW_PURPOSE_BEACON, .message = KW_SPAN(timed)};
        break;
    }
    kw_group_g1 point;
    kw_status st = kw_purposed_hash(&point, &kw_group_bls12_381, &what);
    KW_ASSERT(st == KW_OK); /* ids have lengths of their kinds */
    *out = point.bls;
}

kw_status kw_ibe_key_init(kw_ibe_key *out, const kw_ibe_master *master, const kw_ibe_id *id,
                          const kw_bls_secret_g1 *d)
{
    kw_bls_g1 q;
    kw_bls_gt wanted;
    kw_bls_gt got;
    kw_bls_g2 base = kw_bls_g2_generator();
    kw_ibe_id_point(&q, id, master);
    kw_bls_pairing(&wanted, &q, &master->key);
    kw_bls_pairing_secret(&got, d, &base);
    kw_mask is_right = kw_ct_nonzero(kw_bls_gt_equal(&got, &wanted));
    kw_wipe(&got, sizeof got);
    if (!kw_declassify_mask(is_right, "whether a key is one is no secret of the key")) {
        return KW_CORRUPT; /* d at infinity ends here too: e(Q_id, MPK) is not 1 */
    }
    *out = (kw_ibe_key){.master = master, .id = *id, .d = *d};
    return KW_OK;
}

void kw_ibe_key_drop(kw_ibe_key *key)
{
    kw_wipe(key, sizeof *key);
}

void kw_ibe_shared_drop(kw_ibe_shared *shared)
{
    kw_wipe(shared, sizeof *shared);
}

static void encode(kw_ibe_shared *out, const kw_bls_gt *value, kw_ibe_order order)
{
    switch (order) {
    case KW_IBE_COEFF:
        kw_bls_gt_encode_coeff(&out->gt, value);
        break;
    case KW_IBE_KYBER:
        kw_bls_gt_encode_kyber(&out->gt, value);
        break;
    }
}

void kw_ibe_share(kw_ibe_shared *out, kw_bls_g2_bytes *out_u, const kw_ibe_to *to,
                  const kw_bls_secret *r, kw_ibe_order order)
{
    KW_AUTO(kw_bls_secret_g1) multiple = {0};
    kw_bls_g1 q;
    kw_bls_g2 u;
    kw_bls_gt value;
    kw_bls_g2_base_secret(&u, r);
    kw_bls_g2_encode_zcash(out_u, &u);
    kw_ibe_id_point(&q, &to->id, to->master);
    kw_bls_secret_g1_of_g1(&multiple, &q);
    kw_bls_secret_g1_mul(&multiple, &multiple, r);
    kw_bls_pairing_secret(&value, &multiple, &to->master->key);
    encode(out, &value, order);
    kw_wipe(&value, sizeof value);
}

kw_status kw_ibe_unshare(kw_ibe_shared *out, const kw_ibe_key *key, const kw_bls_g2 *u,
                         kw_ibe_order order)
{
    kw_bls_gt value;
    kw_bls_gt one = kw_bls_gt_one();
    kw_bls_pairing_secret(&value, &key->d, u);
    kw_mask is_one = kw_ct_nonzero(kw_bls_gt_equal(&value, &one));
    if (kw_declassify_mask(is_one, "no valid key and U give it")) {
        return KW_CORRUPT;
    }
    encode(out, &value, order);
    kw_wipe(&value, sizeof value);
    return KW_OK;
}
