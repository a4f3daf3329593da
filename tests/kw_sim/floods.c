/* SPDX-License-Identifier: Apache-2.0
 * Floods: what the engine says, once more and once more with another content. */
#include "kw_sim/floods.h"

#include "kw_sim/craft.h"
#include "kw_sim/post.h"

enum {
    BODIES = 1024, /* of one flood */
    BODIES_AT_ONCE = 256,
    FLOODS = 2, /* by one operator for one boundary */
    VIEWS = 16,
    WANTED = 16,
};

static kw_hash32 hash_of(uint32_t k, uint32_t i)
{
    kw_hash32 hash = {{0xf1, 0x00, 0xd5}};
    memcpy(&hash.bytes[4], &k, sizeof k);
    memcpy(&hash.bytes[8], &i, sizeof i);
    return hash;
}

static kw_hash_list hashes_of(sim_craft *craft, uint32_t k, uint16_t count)
{
    kw_hash32 *items = kw_arena_new(&craft->arena, count, sizeof *items);
    KW_ASSERT(items != NULL);
    for (uint16_t i = 0; i < count; i++) {
        items[i] = hash_of(k, i);
    }
    return (kw_hash_list){items, count};
}

static void vary_shares(sim_craft *craft, uint32_t k)
{
    kw_span copy;
    kw_status st = kw_arena_copy_span(&craft->arena, &copy, craft->message.body.shares.encrypted);
    KW_ASSERT(st == KW_OK);
    memcpy((uint8_t *)(uintptr_t)copy.ptr, &k, sizeof k);
    craft->message.body.shares.encrypted = copy;
}

static void vary_echo(sim_craft *craft, uint32_t k)
{
    kw_echo *echo = &craft->message.body.echo;
    kw_echo_entry *entries = kw_arena_new(&craft->arena, echo->count, sizeof *entries);
    KW_ASSERT(entries != NULL);
    for (uint16_t i = 0; i < echo->count; i++) {
        entries[i] = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = hash_of(k, i)};
    }
    echo->entries = entries;
}

/* For a value, or for nil and with wishes. */
static void vary_vote(sim_craft *craft, uint32_t k)
{
    bool has_wishes = craft->message.header.type == KW_MESSAGE_PREVOTE && k % 2 == 1 &&
                      craft->scope.instance == KW_INSTANCE_SET;
    craft->message.body.vote = (kw_vote){.view = k % VIEWS};
    if (has_wishes) {
        craft->message.body.vote.wanted = hashes_of(craft, k, WANTED);
    } else {
        craft->message.body.vote.value = hash_of(k, 0);
    }
}

static void vary_propose(sim_craft *craft, uint32_t k)
{
    kw_propose *propose = &craft->message.body.propose;
    propose->view = k % VIEWS;
    propose->valid_view = KW_VIEW_NONE;
    if (craft->scope.instance != KW_INSTANCE_OPEN) {
        propose->hashes = hashes_of(craft, k, propose->hashes.count);
        propose->digest = hash_of(k, 0);
    }
}

static void vary_reconstruct(sim_craft *craft, uint32_t k)
{
    kw_opened_share *share = kw_arena_new(&craft->arena, 1, sizeof *share);
    KW_ASSERT(share != NULL);
    *share = (kw_opened_share){.dealer = 1, .f = craft->scope.group->scalar_of_u64(k)};
    craft->message.body.reconstruct = (kw_reconstruct){share, 1};
}

static void vary(sim_craft *craft, uint32_t k)
{
    kw_message *m = &craft->message;
    switch (m->header.type) {
    case KW_MESSAGE_HELLO:
        m->body.hello.head = hash_of(k, 0);
        break;
    case KW_MESSAGE_DEAL:
        m->body.deal.shares_root = hash_of(k, 0);
        break;
    case KW_MESSAGE_SHARES:
        vary_shares(craft, k);
        break;
    case KW_MESSAGE_HAVE:
        m->body.have.deals = hashes_of(craft, k, m->body.have.deals.count);
        break;
    case KW_MESSAGE_ECHO:
        vary_echo(craft, k);
        break;
    case KW_MESSAGE_PROPOSE:
        vary_propose(craft, k);
        break;
    case KW_MESSAGE_PREVOTE:
    case KW_MESSAGE_PRECOMMIT:
        vary_vote(craft, k);
        break;
    case KW_MESSAGE_EXTRACT:
        m->body.extract.proof.c = craft->scope.group->scalar_of_u64(k);
        break;
    case KW_MESSAGE_RECONSTRUCT:
        vary_reconstruct(craft, k);
        break;
    case KW_MESSAGE_COMMIT:
    case KW_MESSAGE_SEAL:
        m->body.commit.digest = hash_of(k, 0);
        break;
    }
}

static void pour(sim_craft *craft, const sim_letter *letter, bool is_of_nothing)
{
    sim_node *self = craft->node;
    kw_authenticated items[BODIES_AT_ONCE];
    sim_parcel parcel = {
        .kind = SIM_POST, .messages = {items, BODIES_AT_ONCE}, .until_ms = letter->until_ms};
    for (uint32_t k = 0; k < BODIES; k++) {
        vary(craft, k);
        if (is_of_nothing) {
            craft->message.header.sid = hash_of(k, 1);
        }
        items[k % BODIES_AT_ONCE] = sim_craft_sign(craft);
        self->poured += items[k % BODIES_AT_ONCE].payload.len;
        if ((k + 1) % BODIES_AT_ONCE == 0) {
            uint32_t place = sim_post_parcel(self->world, &parcel);
            for (size_t i = 0; i < letter->to_count; i++) {
                sim_post_send(self->world, self->number, letter->to[i], place);
            }
        }
    }
}

/* Beside what its engine says. Openings are rare: RECONSTRUCTs come with the EXTRACT. */
static bool flood(sim_node *self, const sim_letter *letter)
{
    size_t number = (size_t)(self->part.rows[0] - sim_floods);
    kw_message_type type = number == 0 ? KW_MESSAGE_HELLO : (kw_message_type)number;
    kw_message_type occasion = type == KW_MESSAGE_RECONSTRUCT ? KW_MESSAGE_EXTRACT : type;
    sim_craft craft;
    if (self->mischief_left == 0 || letter->header.type != occasion ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    self->mischief_left--;
    craft.message.header.type = type;
    pour(&craft, letter, number == 0);
    sim_craft_drop(&craft);
    return false;
}

static void begin(sim_node *self)
{
    self->mischief_left = FLOODS;
}

const sim_fault sim_floods[] = {
    {.name = "flood of strange HELLOs", .send = flood, .begin = begin},
    {.name = "flood of HELLOs", .send = flood, .begin = begin},
    {.name = "flood of DEALs", .send = flood, .begin = begin},
    {.name = "flood of SHARES", .send = flood, .begin = begin},
    {.name = "flood of HAVEs", .send = flood, .begin = begin},
    {.name = "flood of ECHOs", .send = flood, .begin = begin},
    {.name = "flood of PROPOSEs", .send = flood, .begin = begin},
    {.name = "flood of PREVOTEs", .send = flood, .begin = begin},
    {.name = "flood of PRECOMMITs", .send = flood, .begin = begin},
    {.name = "flood of EXTRACTs", .send = flood, .begin = begin},
    {.name = "flood of RECONSTRUCTs", .send = flood, .begin = begin},
    {.name = "flood of COMMITs", .send = flood, .begin = begin},
    {.name = "flood of SEALs", .send = flood, .begin = begin},
};
const size_t sim_floods_count = KW_COUNT(sim_floods);

const sim_fault sim_fault_none = {.name = "nothing"};
