/* SPDX-License-Identifier: Apache-2.0
 * One dealing among four members. */
#include "support/dealt.h"

#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"
#include "threshold/engine/group/generator.h"
#include "threshold/engine/group/transcript.h"

static void fill(seeded_rng *rng, kw_mspan out)
{
    kw_rng port = seeded_rng_port(rng);
    EXPECT_OK(port.fill(port.ctx, out));
}

static void make_members(dealt *d, seeded_rng *rng)
{
    for (size_t j = 0; j < DEALT_MEMBERS; j++) {
        uint8_t random[KW_GROUP_WIDE_BYTES];
        fill(rng, KW_MSPAN(random));
        EXPECT_OK(d->scope.group->secret_of_random(&d->ek[j], KW_SPAN(random)));
        d->scope.group->g1_base(&d->receivers[j].ek, &d->ek[j]);
        d->receivers[j].hello = (kw_hash32){{(uint8_t)(j + 1)}};
    }
}

void dealt_prepare(dealt *d, const kw_group *group, uint8_t suite, const kw_group_secret *source)
{
    *d = (dealt){.arena = kw_arena_init(1 << 20)};
    d->scope = (kw_message_scope){.group = group,
                                  .kind = source != NULL ? KW_SESSION_RESHARE : KW_SESSION_GENESIS,
                                  .suite = suite,
                                  .n = DEALT_MEMBERS,
                                  .t = 3,
                                  .dealers = DEALT_MEMBERS};
    d->place = (kw_dealing_place){.sid = {{7}}, .sender = {{DEALT_DEALER}}, .dealer = DEALT_DEALER};
    kw_pedersen_generator(&d->place.h, group, &d->place.sid, &d->place.sid);
    seeded_rng rng = {.seed = 4};
    make_members(d, &rng);
    uint8_t random[11 * KW_GROUP_WIDE_BYTES];
    size_t len = kw_dealer_random_bytes(&d->scope);
    assert_in_range(len, 1, sizeof random);
    fill(&rng, (kw_mspan){random, len});
    EXPECT_OK(
        kw_dealer_secrets_draw(&d->secrets, &d->arena, &d->scope, (kw_span){random, len}, source));
}

void dealt_make(dealt *d)
{
    d->parts = (kw_dealing_parts){&d->scope, &d->place, &d->secrets, d->receivers};
    EXPECT_OK(kw_dealing_make(&d->deal, &d->shares, &d->arena, &d->parts));
    d->claim = (kw_dealing_claim){&d->deal, {{9, 9}}, &d->shares, &d->scope, &d->place};
    d->dealing = (kw_dealing){&d->deal, {{9, 9}}, &d->shares, &d->scope, &d->place};
}

void dealt_drop(dealt *d)
{
    kw_dealer_secrets_drop(&d->secrets);
    kw_arena_drop(&d->arena);
}

uint8_t *dealt_share_bytes(dealt *d, uint16_t member)
{
    return (uint8_t *)(uintptr_t)kw_shares_at(&d->shares, member).ptr;
}

void dealt_fix_root(dealt *d)
{
    kw_shares_root(&d->deal.shares_root, &d->shares);
}

/* The pad of one half of a share, as threshold.md section 4 words it. */
static kw_hash32 pad_of(const dealt *d, uint16_t member, size_t half)
{
    const kw_group *group = d->scope.group;
    kw_group_shared_bytes shared;
    group->g1_share(&shared, &d->deal.r, &d->ek[member - 1]);
    kw_transcript t = kw_transcript_of(KW_STR(""));
    kw_transcript_span(&t, (kw_span){shared.bytes, group->g1_bytes});
    kw_transcript_hash(&t, &d->place.sid);
    kw_transcript_u16(&t, d->place.dealer);
    kw_transcript_u16(&t, member);
    kw_transcript_u8(&t, (uint8_t)half);
    kw_hash32 pad;
    kw_transcript_end(&t, &pad);
    return pad;
}

void dealt_add_order(dealt *d, uint16_t member, size_t half)
{
    static const char order[] = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    hexed r = hexed_of(order);
    kw_hash32 pad = pad_of(d, member, half);
    uint8_t *sealed = dealt_share_bytes(d, member) + 32 * half;
    unsigned carry = 0;
    for (size_t i = 32; i > 0; i--) {
        unsigned sum = (unsigned)(sealed[i - 1] ^ pad.bytes[i - 1]) + r.bytes[i - 1] + carry;
        sealed[i - 1] = (uint8_t)sum ^ pad.bytes[i - 1];
        carry = sum >> 8;
    }
    assert_int_equal(carry, 0);
}
