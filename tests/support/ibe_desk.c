/* SPDX-License-Identifier: Apache-2.0
 * One key for tests of IBE. */
#include "support/ibe_desk.h"

#include "crypto/curve_secret.h"
#include "support/expect.h"

void ibe_desk_open(ibe_desk *desk, uint64_t seed)
{
    *desk = (ibe_desk){.source = {.seed = seed}};
    desk->rng = seeded_rng_port(&desk->source);
    EXPECT_OK(kw_aead_new(&desk->aead, desk->rng));
    EXPECT_OK(kw_bls_secret_random(&desk->secret, &desk->rng));
    kw_bls_g2 key;
    kw_bls_g2_bytes bytes;
    kw_hash32 cluster_id;
    memset(cluster_id.bytes, 0xc1, sizeof cluster_id.bytes);
    kw_bls_g2_base_secret(&key, &desk->secret);
    kw_bls_g2_encode_zcash(&bytes, &key);
    EXPECT_OK(kw_ibe_master_init(&desk->master, KW_SPAN(bytes.bytes), &cluster_id));
}

void ibe_desk_close(ibe_desk *desk)
{
    kw_aead_free(desk->aead);
    desk->aead = NULL;
}

kw_ibe_to ibe_desk_to_app(const ibe_desk *desk, kw_ibe_kind kind, const char *app_id)
{
    kw_ibe_to to = {.master = &desk->master};
    EXPECT_OK(kw_ibe_id_of_app(&to.id, kind, kw_span_of_str(kw_str_of(app_id))));
    return to;
}

kw_ibe_to ibe_desk_to_round(const ibe_desk *desk, uint64_t round)
{
    return (kw_ibe_to){.master = &desk->master, .id = kw_ibe_id_of_round(round)};
}

kw_bls_secret_g1 ibe_desk_point(const ibe_desk *desk, const kw_ibe_id *id)
{
    kw_bls_g1 q;
    kw_bls_secret_g1 d;
    kw_ibe_id_point(&q, id, &desk->master);
    kw_bls_secret_g1_of_g1(&d, &q);
    kw_bls_secret_g1_mul(&d, &d, &desk->secret);
    return d;
}

kw_ibe_key ibe_desk_key(const ibe_desk *desk, const kw_ibe_id *id)
{
    kw_bls_secret_g1 d = ibe_desk_point(desk, id);
    kw_ibe_key key;
    EXPECT_OK(kw_ibe_key_init(&key, &desk->master, id, &d));
    return key;
}
