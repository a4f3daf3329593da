/* SPDX-License-Identifier: Apache-2.0
 * Receivers at fault: what they say of dealings, and to whom. */
#include "kw_sim/craft.h"
#include "kw_sim/faults_inner.h"
#include "threshold/engine/session/session_parts.h"

static bool is_type(const sim_letter *letter, kw_message_type type)
{
    return letter->header.type == type;
}

static kw_hash32 random_hash(sim_node *node)
{
    kw_hash32 hash;
    kw_status st = kw_rng_fill(&node->rng_port, KW_MSPAN(hash.bytes));
    KW_ASSERT(st == KW_OK);
    return hash;
}

static kw_group_secret random_secret(sim_node *node)
{
    uint8_t wide[KW_GROUP_WIDE_BYTES];
    kw_group_secret out;
    kw_status st = kw_rng_fill(&node->rng_port, KW_MSPAN(wide));
    KW_ASSERT(st == KW_OK);
    st = node->world->plan.group->secret_of_random(&out, KW_SPAN(wide));
    KW_ASSERT(st == KW_OK);
    return out;
}

/* ---- shown to some only ---- */
bool sim_fault_hello_to_some(sim_node *self, const sim_letter *letter)
{
    if (!is_type(letter, KW_MESSAGE_HELLO)) {
        return false;
    }
    sim_letter_post_some(self, letter);
    return true;
}

bool sim_fault_echo_to_some(sim_node *self, const sim_letter *letter)
{
    if (!is_type(letter, KW_MESSAGE_ECHO)) {
        return false;
    }
    sim_letter_post_some(self, letter);
    return true;
}

/* ---- two bodies ---- */
bool sim_fault_two_hellos(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    if (!is_type(letter, KW_MESSAGE_HELLO) ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    const kw_group *group = craft.scope.group;
    kw_group_secret ek = random_secret(self);
    kw_group_secret nonce = random_secret(self);
    const kw_pok_place place = {KW_POK_EK, craft.message.header.sid, self->peer->address};
    kw_hello *hello = &craft.message.body.hello;
    group->g1_base(&hello->ek, &ek);
    kw_pok_g1_make(&hello->proof, group, &place, &ek, &nonce);
    sim_craft_post_both(&craft, letter);
    sim_craft_drop(&craft);
    return true;
}

/* ---- ECHO ---- */
typedef bool (*echo_change)(sim_craft *craft, kw_echo_entry *entries, uint16_t count);

static bool echo_changed(sim_node *self, const sim_letter *letter, echo_change change,
                         bool is_to_half)
{
    sim_craft craft;
    if (!is_type(letter, KW_MESSAGE_ECHO) ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    kw_echo *echo = &craft.message.body.echo;
    kw_echo_entry *entries = kw_arena_new(&craft.arena, echo->count, sizeof *entries);
    KW_ASSERT(entries != NULL);
    memcpy(entries, echo->entries, echo->count * sizeof *entries);
    echo->entries = entries;
    bool is_changed = change(&craft, entries, echo->count);
    if (is_changed && is_to_half) {
        sim_craft_post_both(&craft, letter);
    } else if (is_changed) {
        sim_craft_post(&craft, letter);
    }
    self->has_offended = self->has_offended || is_changed;
    sim_craft_drop(&craft);
    return is_changed;
}

/* An entry that says ok; NULL: there is none. */
static kw_echo_entry *ok_entry(sim_craft *craft, kw_echo_entry *entries, uint16_t count,
                               uint16_t *dealer)
{
    uint16_t start = (uint16_t)random_below(&craft->node->world->random, count);
    for (uint16_t i = 0; i < count; i++) {
        uint16_t at = (uint16_t)((start + i) % count);
        if (entries[at].verdict == KW_ECHO_OK) {
            *dealer = (uint16_t)(at + 1);
            return &entries[at];
        }
    }
    return NULL;
}

static bool complain_falsely(sim_craft *craft, kw_echo_entry *entries, uint16_t count)
{
    const kw_session *session = craft->slot->session;
    uint16_t dealer = 0;
    kw_echo_entry *entry = ok_entry(craft, entries, count, &dealer);
    session_deal *deal = entry == NULL ? NULL : session_deal_of(session, dealer, &entry->deal);
    if (deal == NULL || deal->state < SESSION_DEAL_PROVEN) {
        return false;
    }
    kw_group_secret nonce = random_secret(craft->node);
    kw_complaint_make(entry, &deal->dealing, session->self_new, &session->ek, &nonce);
    return true;
}

bool sim_fault_false_complaint(sim_node *self, const sim_letter *letter)
{
    return echo_changed(self, letter, complain_falsely, false);
}

static bool say_missing(sim_craft *craft, kw_echo_entry *entries, uint16_t count)
{
    uint16_t dealer = 0;
    kw_echo_entry *entry = ok_entry(craft, entries, count, &dealer);
    if (entry == NULL) {
        return false;
    }
    *entry = (kw_echo_entry){.verdict = KW_ECHO_MISSING};
    return true;
}

bool sim_fault_two_echoes(sim_node *self, const sim_letter *letter)
{
    return echo_changed(self, letter, say_missing, true);
}

/* ok of what there is not, missing of what there is. */
static bool say_anything(sim_craft *craft, kw_echo_entry *entries, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        uint64_t what = random_below(&craft->node->world->random, 3);
        if (what == 0) {
            entries[i] = (kw_echo_entry){.verdict = KW_ECHO_MISSING};
        } else if (what == 1) {
            entries[i] = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = random_hash(craft->node)};
        }
    }
    return true;
}

bool sim_fault_false_echo(sim_node *self, const sim_letter *letter)
{
    return echo_changed(self, letter, say_anything, false);
}

static bool complain_of_nothing(sim_craft *craft, kw_echo_entry *entries, uint16_t count)
{
    const kw_group *group = craft->scope.group;
    kw_echo_entry *entry = &entries[random_below(&craft->node->world->random, count)];
    kw_group_secret secret = random_secret(craft->node);
    *entry = (kw_echo_entry){.verdict = KW_ECHO_COMPLAINT, .deal = random_hash(craft->node)};
    group->g1_base(&entry->p, &secret);
    entry->proof = (kw_proof){group->scalar_of_u64(1), group->scalar_of_u64(2)};
    return true;
}

bool sim_fault_complaint_of_nothing(sim_node *self, const sim_letter *letter)
{
    return echo_changed(self, letter, complain_of_nothing, false);
}

/* Claims to hold what nobody holds: who believes it asks in vain. */
bool sim_fault_false_have(sim_node *self, const sim_letter *letter)
{
    sim_craft craft;
    if (!is_type(letter, KW_MESSAGE_HAVE) ||
        !sim_craft_open(&craft, self, letter->message->payload)) {
        return false;
    }
    kw_hash_list *list = &craft.message.body.have.deals;
    kw_hash32 *items = kw_arena_new(&craft.arena, list->count, sizeof *items);
    KW_ASSERT(items != NULL);
    for (uint16_t i = 0; i < list->count; i++) {
        items[i] = sim_coin(self, 2) ? random_hash(self) : list->items[i];
    }
    list->items = items;
    sim_craft_post(&craft, letter);
    sim_craft_drop(&craft);
    return true;
}
