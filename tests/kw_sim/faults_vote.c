/* SPDX-License-Identifier: Apache-2.0
 * Voters and finishers at fault. */
#include "kw_sim/craft.h"
#include "kw_sim/faults_inner.h"
#include "threshold/engine/session/session_parts.h"

static bool is_vote(const sim_letter *letter)
{
    return letter->header.type == KW_MESSAGE_PREVOTE || letter->header.type == KW_MESSAGE_PRECOMMIT;
}

/* Another value than its engine votes for: nil, or that of some proposal. */
static kw_hash32 other_value(const sim_craft *craft)
{
    const kw_vote *own = &craft->message.body.vote;
    kw_hash32 value = {{0}};
    if (!kw_hash32_is_none(&own->value)) {
        return value;
    }
    memset(value.bytes, 0xab, sizeof value.bytes);
    const kw_letter *at = NULL;
    while (craft->slot != NULL &&
           (at = kw_mailbox_next(&craft->slot->session->mailbox, KW_MESSAGE_PROPOSE, at)) != NULL) {
        if (at->read != NULL && at->place.instance == craft->scope.instance) {
            value = ((const session_vote *)at->read)->vote.value;
        }
    }
    return value;
}

bool sim_fault_double_vote(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    if (!is_vote(letter) || !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    craft.message.body.vote.value = other_value(&craft);
    craft.message.body.vote.wanted.count = 0;
    sim_craft_post_both(&craft, letter);
    sim_craft_drop(&craft);
    return true;
}

/* Two lists of one view, one to each half. */
bool sim_fault_double_proposal(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    if (letter->header.type != KW_MESSAGE_PROPOSE ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    kw_propose *propose = &craft.message.body.propose;
    bool is_changed = propose->hashes.count > 1;
    if (is_changed) {
        propose->hashes.count--;
        sim_craft_post_both(&craft, letter);
    }
    sim_craft_drop(&craft);
    return is_changed;
}

static bool repeat_hash(sim_craft *craft)
{
    kw_hash_list *list = &craft->message.body.propose.hashes;
    kw_hash32 *items = kw_arena_new(&craft->arena, list->count + 1U, sizeof *items);
    if (list->count == 0 || items == NULL) {
        return false;
    }
    memcpy(items, list->items, list->count * sizeof *items);
    items[list->count] = items[0];
    *list = (kw_hash_list){items, (uint16_t)(list->count + 1)};
    return true;
}

static bool repeat_share(sim_craft *craft)
{
    kw_reconstruct *list = &craft->message.body.reconstruct;
    kw_opened_share *items = kw_arena_new(&craft->arena, list->count + 1U, sizeof *items);
    if (list->count == 0 || items == NULL) {
        return false;
    }
    memcpy(items, list->shares, list->count * sizeof *items);
    items[list->count] = items[0];
    *list = (kw_reconstruct){items, (uint16_t)(list->count + 1)};
    return true;
}

bool sim_fault_duplicate_index(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    bool is_list =
        letter->header.type == KW_MESSAGE_PROPOSE || letter->header.type == KW_MESSAGE_RECONSTRUCT;
    if (!is_list || !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    bool is_changed =
        letter->header.type == KW_MESSAGE_PROPOSE ? repeat_hash(&craft) : repeat_share(&craft);
    if (is_changed) {
        sim_craft_post(&craft, letter);
    }
    sim_craft_drop(&craft);
    return is_changed;
}

/* ---- extraction ---- */
bool sim_fault_silent_extraction(sim_node *self, const sim_letter *letter)
{
    KW_UNUSED(self);
    return letter->header.type == KW_MESSAGE_EXTRACT;
}

bool sim_fault_extract_to_some(sim_node *self, const sim_letter *letter)
{
    if (letter->header.type != KW_MESSAGE_EXTRACT) {
        return false;
    }
    sim_letter_post_some(self, letter);
    return true;
}

bool sim_fault_lying_extraction(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    if (letter->header.type != KW_MESSAGE_EXTRACT ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    kw_extract *extract = &craft.message.body.extract;
    kw_group_g2 *a = kw_arena_new(&craft.arena, extract->t, sizeof *a);
    KW_ASSERT(a != NULL);
    memcpy(a, extract->a, extract->t * sizeof *a);
    craft.scope.group->g2_add(&a[0], &a[0], &a[0]);
    extract->a = a;
    sim_craft_post(&craft, letter);
    self->has_offended = true;
    sim_craft_drop(&craft);
    return true;
}

bool sim_fault_wrong_reconstruct(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    if (letter->header.type != KW_MESSAGE_RECONSTRUCT ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    const kw_group *group = craft.scope.group;
    kw_reconstruct *list = &craft.message.body.reconstruct;
    kw_opened_share *items = kw_arena_new(&craft.arena, list->count, sizeof *items);
    KW_ASSERT(items != NULL);
    memcpy(items, list->shares, list->count * sizeof *items);
    kw_group_scalar one = group->scalar_of_u64(1);
    for (uint16_t i = 0; i < list->count; i++) {
        group->scalar_add(&items[i].f, &items[i].f, &one);
    }
    list->shares = items;
    sim_craft_post(&craft, letter);
    sim_craft_drop(&craft);
    return true;
}

/* ---- the end ---- */

/* Adds the generator to the share in a COMMIT or SEAL. */
static bool wrong_share_in(sim_node *self, const sim_letter *letter, kw_message_type type)
{
    if (letter->header.type != type) {
        return false;
    }
    kw_group_g1 share;
    kw_group_g1_bytes bytes;
    const kw_group *group = self->world->plan.group;
    kw_span payload = letter->message->payload;
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    size_t at = KW_MESSAGE_HEADER_BYTES + sizeof(kw_hash32);
    kw_group_g1 one = group->g1_generator();
    if (payload.len != at + group->g1_bytes ||
        group->g1_decode(&share, (kw_span){payload.ptr + at, group->g1_bytes}) != KW_OK ||
        kw_buf_append(&wire, (kw_span){payload.ptr, at}) != KW_OK) {
        return false;
    }
    group->g1_add(&share, &share, &one);
    group->g1_encode(&bytes, &share);
    kw_status st = kw_buf_append(&wire, kw_group_g1_view(group, &bytes));
    KW_ASSERT(st == KW_OK);
    sim_craft_post_bytes(self, letter, kw_buf_view(&wire));
    return true;
}

bool sim_fault_wrong_commit(sim_node *self, const sim_letter *letter)
{
    return wrong_share_in(self, letter, KW_MESSAGE_COMMIT);
}

bool sim_fault_wrong_canary(sim_node *self, const sim_letter *letter)
{
    return wrong_share_in(self, letter, KW_MESSAGE_SEAL);
}

/* What ends a session comes when the next one has begun. */
bool sim_fault_late_end(sim_node *self, const sim_letter *letter)
{
    bool is_end = letter->header.type == KW_MESSAGE_COMMIT ||
                  letter->header.type == KW_MESSAGE_SEAL || is_vote(letter);
    if (!is_end) {
        return false;
    }
    uint64_t delay_ms =
        random_below(&self->world->random, 2000 * (uint64_t)sim_interval_s(&self->world->plan));
    sim_letter_post_late(self, letter, delay_ms);
    return true;
}
