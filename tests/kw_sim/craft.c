/* SPDX-License-Identifier: Apache-2.0
 * From a message to another one that its sender signs as well. */
#include "kw_sim/craft.h"

#include "kw_sim/node.h"
#include "kw_sim/post.h"
#include "threshold/engine/session/session_parts.h"

enum {
    PAYLOAD_MAX = 1 << 20,
    ARENA_MAX = 4 << 20,
};

bool sim_coin(sim_node *node, uint32_t of)
{
    return random_below(&node->world->random, of) == 0;
}

static bool is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static kw_operator_slot *slot_of(sim_node *node, const kw_hash32 *sid)
{
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        kw_operator_slot *slot = &node->engine->slots[i];
        if (slot->session != NULL &&
            (is_same(&slot->sid, sid) || is_same(&slot->session->open_id, sid))) {
            return slot;
        }
    }
    return NULL;
}

/* Of a handover's votes only the number of members counts. */
static kw_message_scope scope_of(const sim_craft *craft, const kw_message_header *header)
{
    if (craft->slot == NULL) {
        return (kw_message_scope){.group = craft->node->world->plan.group,
                                  .instance = KW_INSTANCE_HANDOVER};
    }
    kw_message_scope scope = craft->slot->session->scope;
    bool is_open = is_same(&craft->slot->session->open_id, &header->sid);
    scope.instance = is_open ? KW_INSTANCE_OPEN : KW_INSTANCE_SET;
    return scope;
}

bool sim_craft_open(sim_craft *out, sim_node *node, kw_span payload)
{
    kw_message_header header;
    *out = (sim_craft){.node = node, .arena = kw_arena_init(ARENA_MAX)};
    if (kw_message_header_decode(&header, payload) != KW_OK) {
        return false;
    }
    out->slot = slot_of(node, &header.sid);
    out->scope = scope_of(out, &header);
    bool is_read = kw_message_decode(&out->message, &out->arena, payload, &out->scope) == KW_OK;
    if (!is_read) {
        sim_craft_drop(out);
    }
    return is_read;
}

void sim_craft_drop(sim_craft *craft)
{
    kw_arena_drop(&craft->arena);
}

kw_authenticated sim_craft_sign(const sim_craft *craft)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(PAYLOAD_MAX);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, &craft->message, &craft->scope);
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    kw_span payload;
    st = kw_arena_copy_span(&craft->node->world->arena, &payload, kw_buf_view(&wire));
    KW_ASSERT(st == KW_OK);
    return sim_node_sign(craft->node, payload);
}

static void post_half(sim_node *node, const sim_letter *letter, const kw_authenticated *message,
                      size_t parity)
{
    for (size_t i = parity; i < letter->to_count; i += 2) {
        sim_post_message(node->world, node->number, letter->to[i], message, letter->until_ms);
    }
}

void sim_craft_post_half(const sim_craft *craft, const sim_letter *letter, size_t parity)
{
    kw_authenticated message = sim_craft_sign(craft);
    post_half(craft->node, letter, &message, parity);
}

void sim_craft_post_both(const sim_craft *craft, const sim_letter *letter)
{
    sim_node *node = craft->node;
    kw_authenticated other = sim_craft_sign(craft);
    post_half(node, letter, letter->message, 0);
    post_half(node, letter, &other, 1);
    size_t witness = letter->to_count;
    for (size_t i = 0; i < letter->to_count; i += 2) {
        bool is_honest = node->world->nodes[letter->to[i]].part.fate == SIM_HONEST;
        witness = is_honest ? i : witness;
    }
    if (witness < letter->to_count) {
        sim_post_message(node->world, node->number, letter->to[witness], &other, letter->until_ms);
        node->has_offended = true;
    }
}

void sim_craft_post(const sim_craft *craft, const sim_letter *letter)
{
    kw_authenticated message = sim_craft_sign(craft);
    post_half(craft->node, letter, &message, 0);
    post_half(craft->node, letter, &message, 1);
}

void sim_letter_post(sim_node *node, const sim_letter *letter)
{
    post_half(node, letter, letter->message, 0);
    post_half(node, letter, letter->message, 1);
}

void sim_letter_post_half(sim_node *node, const sim_letter *letter, size_t parity)
{
    post_half(node, letter, letter->message, parity);
}

void sim_letter_post_some(sim_node *node, const sim_letter *letter)
{
    for (size_t i = 0; i < letter->to_count; i++) {
        if (sim_coin(node, 2)) {
            sim_post_message(node->world, node->number, letter->to[i], letter->message,
                             letter->until_ms);
        }
    }
}

void sim_letter_post_late(sim_node *node, const sim_letter *letter, uint64_t delay_ms)
{
    sim_parcel parcel = {.kind = SIM_POST, .messages = {letter->message, 1}};
    uint32_t place = sim_post_parcel(node->world, &parcel);
    for (size_t i = 0; i < letter->to_count; i++) {
        sim_post_later(node->world, node->number, letter->to[i], place, delay_ms);
    }
}

void sim_craft_post_bytes(sim_node *node, const sim_letter *letter, kw_span payload)
{
    kw_authenticated message = sim_node_sign(node, payload);
    post_half(node, letter, &message, 0);
    post_half(node, letter, &message, 1);
}

bool sim_mask_hides_hash(const sim_node *node, const kw_hash32 *hash)
{
    const sim_mask *mask = &node->mask;
    for (size_t i = 0; mask->is_on && i < KW_COUNT(mask->hidden); i++) {
        if (is_same(&mask->hidden[i], hash)) {
            return true;
        }
    }
    return false;
}

bool sim_mask_is_of(const sim_node *node, const kw_authenticated *deal)
{
    return is_same(&node->mask.hidden[0], &deal->hash);
}

bool sim_mask_hides(const sim_node *node, const kw_authenticated *message)
{
    return sim_mask_hides_hash(node, &message->hash);
}

kw_authenticated sim_mask_message(sim_node *node, const kw_authenticated *message)
{
    const sim_mask *mask = &node->mask;
    size_t size = sizeof mask->deal.hash.bytes;
    kw_span copy;
    if (!mask->is_on) {
        return *message;
    }
    kw_status st = kw_arena_copy_span(&node->world->arena, &copy, message->payload);
    KW_ASSERT(st == KW_OK);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.ptr;
    bool is_changed = false;
    for (size_t at = 0; at + size <= copy.len; at++) {
        if (memcmp(&bytes[at], mask->hidden[0].bytes, size) == 0) {
            memcpy(&bytes[at], mask->deal.hash.bytes, size);
            is_changed = true;
        }
    }
    return is_changed ? sim_node_sign(node, copy) : *message;
}
