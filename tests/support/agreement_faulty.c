/* SPDX-License-Identifier: Apache-2.0
 * Faulty members of an agreement: they hear everything at once, and sign anything. */
#include "support/agreement_world.h"

#include "base/error.h"

/* To one member, or to each with probability 1/2. */
static void show_to_some(agreement_world *world, uint16_t self, uint32_t place)
{
    uint16_t n = world->quorum.n;
    if (random_below(&world->random, 2) == 0) {
        agreement_world_post(world, self, (uint16_t)(1 + random_below(&world->random, n)), place);
        return;
    }
    for (uint16_t i = 1; i <= n; i++) {
        if (random_below(&world->random, 2) == 0) {
            agreement_world_post(world, self, i, place);
        }
    }
}

static kw_agreement_message any_message(agreement_world *world)
{
    return world->messages[random_below(&world->random, world->messages_count)].message;
}

/* Some ECHOs, acceptable or not; or what is no value at all. */
static kw_hash32 any_value(agreement_world *world)
{
    echo_mask all = (UINT32_C(1) << world->quorum.n) - 1;
    echo_mask but_one = all & ~(UINT32_C(1) << random_below(&world->random, world->quorum.n));
    kw_hash32 value;
    switch (random_below(&world->random, 5)) {
    case 0:
        return any_message(world).value;
    case 1:
        return agreement_world_value(all);
    case 2:
        return agreement_world_value(but_one);
    case 3:
        return agreement_world_value((echo_mask)random_u64(&world->random) & all);
    default:
        memset(value.bytes, (int)random_below(&world->random, 256), sizeof value.bytes);
        return value;
    }
}

static kw_agreement_kind any_kind(agreement_world *world)
{
    return random_below(&world->random, 2) == 0 ? KW_AGREEMENT_PREVOTE : KW_AGREEMENT_PRECOMMIT;
}

static void vote(agreement_world *world, uint16_t self, uint32_t view, kw_hash32 value,
                 kw_agreement_kind kind)
{
    kw_agreement_message message = {
        .kind = kind,
        .sender = self,
        .view = view,
        .valid_view = KW_AGREEMENT_NO_VIEW,
        .value = value,
    };
    show_to_some(world, self, agreement_world_add(world, &message, 0));
}

/* A value that some member saw b prevotes for, before `view`; it looks into the engine for that. */
static bool find_valid(agreement_world *world, uint32_t view, kw_agreement_message *out)
{
    const world_member *member = &world->members[1 + random_below(&world->random, world->quorum.n)];
    uint32_t earlier = view == 0 ? 0 : (uint32_t)random_below(&world->random, view);
    if (view == 0 || !member->is_up) {
        return false;
    }
    const kw_ballot_view *seen = kw_ballots_view(&member->engine.ballots, earlier);
    if (seen == NULL || !seen->prevotes.has_winner) {
        return false;
    }
    out->valid_view = earlier;
    out->value = seen->prevotes.winner;
    return true;
}

/* Fresh, or with a valid view: one in which the value was really voted on, or made up. */
static kw_agreement_message any_proposal(agreement_world *world, uint16_t self, uint32_t view)
{
    kw_agreement_message message = {
        .kind = KW_AGREEMENT_PROPOSE,
        .sender = self,
        .view = view,
        .valid_view = KW_AGREEMENT_NO_VIEW,
        .value = any_value(world),
    };
    uint64_t choice = random_below(&world->random, 8);
    for (int times = 0; choice < 4 && times < 8; times++) {
        if (find_valid(world, view, &message)) {
            return message;
        }
    }
    if (choice == 4 && view > 0) {
        message.valid_view = (uint32_t)random_below(&world->random, view);
    }
    return message;
}

static void propose(agreement_world *world, uint16_t self, uint32_t view)
{
    for (int times = 0; times < 2; times++) {
        kw_agreement_message message = any_proposal(world, self, view);
        uint32_t place = agreement_world_add(world, &message, 0);
        world->messages[place].is_hollow =
            world->options.is_handover && random_below(&world->random, 2) == 0;
        show_to_some(world, self, place);
    }
}

static void send_junk(agreement_world *world, uint16_t self, uint32_t view)
{
    kw_agreement_message message = any_message(world);
    message.sender = self;
    message.view = random_below(&world->random, 2) == 0
                       ? (uint32_t)random_u64(&world->random)
                       : view + (uint32_t)random_below(&world->random, 20);
    message.valid_view = (uint32_t)random_below(&world->random, 2) * message.view;
    show_to_some(world, self, agreement_world_add(world, &message, 0));
}

/* Anybody's message, which others may have missed. */
static void replay(agreement_world *world, uint16_t self)
{
    uint32_t place = (uint32_t)random_below(&world->random, world->messages_count);
    show_to_some(world, self, place);
}

void agreement_faulty_hear(agreement_world *world, uint16_t self, uint32_t place)
{
    const kw_agreement_message heard = world->messages[place].message;
    kw_hash32 nil = {{0}};
    if (world->mischief_left == 0) {
        return;
    }
    world->mischief_left--;
    for (uint32_t view = heard.view; view < heard.view + 2; view++) {
        if (kw_agreement_proposer(&world->iid, world->quorum.n, view) == self) {
            propose(world, self, view);
        }
    }
    if (world->has_accomplices) {
        vote(world, self, heard.view, heard.value, KW_AGREEMENT_PREVOTE);
        vote(world, self, heard.view, heard.value, KW_AGREEMENT_PRECOMMIT);
        return;
    }
    switch (random_below(&world->random, 8)) {
    case 0:
    case 1:
    case 2:
    case 3:
        vote(world, self, heard.view, heard.value, any_kind(world));
        break;
    case 4:
        vote(world, self, heard.view, nil, any_kind(world));
        break;
    case 5:
        vote(world, self, heard.view, any_value(world), any_kind(world));
        break;
    case 6:
        replay(world, self);
        break;
    default:
        send_junk(world, self, heard.view);
        break;
    }
}
