/* SPDX-License-Identifier: Apache-2.0
 * Which key of an operator signs for which entry of a roster. */
#include "threshold/engine/roster/own_key.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/peers.h"

enum {
    KEYS = 3,
};

typedef struct desk {
    kw_arena arena;
    peer peers[KEYS]; /* one operator's keys */
    kw_roster rosters[KEYS];
    kw_own_keys keys; /* the first two */
} desk;

static void open_desk(desk *d, const uint8_t *curves)
{
    *d = (desk){.arena = kw_arena_init(1 << 20)};
    for (uint32_t i = 0; i < KEYS; i++) {
        peer_make(&d->peers[i], i + 1, curves[i]);
        d->peers[i].address = d->peers[0].address;
        d->rosters[i] = peers_roster(&d->peers[i], 1, &d->arena);
    }
    d->keys = (kw_own_keys){{peer_own_key(&d->peers[0], d->peers[0].signer),
                             peer_own_key(&d->peers[1], d->peers[1].signer)}};
}

/* Each signs what its own entry verifies, and nothing else. */
static void own_keys_signer__is_that_of_the_entry(void **state)
{
    (void)state;
    static const uint8_t curves[][KEYS] = {{PEER_ED25519, PEER_ED25519, PEER_ED25519},
                                           {KW_PEER_ECDSA, KW_PEER_BN254, PEER_ED25519},
                                           {KW_PEER_BN254, KW_PEER_BN254, KW_PEER_ECDSA}};
    for (size_t c = 0; c < KW_COUNT(curves); c++) {
        desk d;
        open_desk(&d, curves[c]);
        for (size_t i = 0; i < 2; i++) {
            kw_peer_signer signer;
            kw_peer_signature signature;
            const kw_hash32 hash = {{(uint8_t)i, 7}};
            EXPECT_OK(kw_own_keys_signer(&d.keys, &signer, kw_roster_at(&d.rosters[i], 1)));
            EXPECT_OK(signer.sign(signer.ctx, &signature, &hash));
            for (size_t k = 0; k < KEYS; k++) {
                const kw_member *member = kw_roster_at(&d.rosters[k], 1);
                kw_peer_claim claim = {member->scheme, &member->key, &hash,
                                       kw_peer_signature_view(&signature)};
                assert_int_equal(member->scheme->verify(&claim), k == i);
            }
        }
        kw_arena_drop(&d.arena);
    }
}

static void own_keys_signer__is_unavailable_for_a_key_that_is_not_here(void **state)
{
    (void)state;
    desk d;
    kw_peer_signer signer;
    open_desk(&d, (const uint8_t[KEYS]){PEER_ED25519, PEER_ED25519, PEER_ED25519});
    const kw_member *third = kw_roster_at(&d.rosters[2], 1);
    EXPECT_STATUS(kw_own_keys_signer(&d.keys, &signer, third), KW_UNAVAILABLE);
    d.keys.items[1] = (kw_own_key){0}; /* no rotation */
    EXPECT_STATUS(kw_own_keys_signer(&d.keys, &signer, kw_roster_at(&d.rosters[1], 1)),
                  KW_UNAVAILABLE);
    EXPECT_OK(kw_own_keys_signer(&d.keys, &signer, kw_roster_at(&d.rosters[0], 1)));
    d.keys.items[0].curve = KW_PEER_ECDSA; /* the bytes alone are not the key */
    EXPECT_STATUS(kw_own_keys_signer(&d.keys, &signer, kw_roster_at(&d.rosters[0], 1)),
                  KW_UNAVAILABLE);
    kw_arena_drop(&d.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_keys_signer__is_that_of_the_entry),
        cmocka_unit_test(own_keys_signer__is_unavailable_for_a_key_that_is_not_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
