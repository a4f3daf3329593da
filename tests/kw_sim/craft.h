/* SPDX-License-Identifier: Apache-2.0
 * Messages as a faulty operator makes them: an honest one is decoded, changed, signed again. */
#ifndef KW_TESTS_KW_SIM_CRAFT_H
#define KW_TESTS_KW_SIM_CRAFT_H

#include "kw_sim/world.h"

/* What is being changed. */
typedef struct sim_craft {
    sim_node *node;
    kw_operator_slot *slot; /* the session that it is of; NULL: of a handover */
    kw_arena arena;
    kw_message_scope scope;
    kw_message message;
} sim_craft;

/* False: it is of no session that the engine has. */
bool sim_craft_open(sim_craft *out, sim_node *node, kw_span payload);
void sim_craft_drop(sim_craft *craft);

/* The message as it is now, signed; its payload lives until the end of the run. */
kw_authenticated sim_craft_sign(const sim_craft *craft);

/* Signs it and sends it to all that the letter is for; to those whose place in the list is even or
 * odd; to one in two, drawn. */
void sim_craft_post(const sim_craft *craft, const sim_letter *letter);
void sim_craft_post_half(const sim_craft *craft, const sim_letter *letter, size_t parity);

/* Both bodies: the letter's to one half, this one to the other; one member sees both, for what
 * nobody sees nobody can prove. */
void sim_craft_post_both(const sim_craft *craft, const sim_letter *letter);

/* The letter as it is, to one half; to some; to all but later. */
void sim_letter_post(sim_node *node, const sim_letter *letter);
void sim_letter_post_half(sim_node *node, const sim_letter *letter, size_t parity);
void sim_letter_post_some(sim_node *node, const sim_letter *letter);
void sim_letter_post_late(sim_node *node, const sim_letter *letter, uint64_t delay_ms);

/* Whether the mask was made for this dealing of its sender. */
bool sim_mask_is_of(const sim_node *node, const kw_authenticated *deal);

/* Whether the message is one that its sender's mask hides. */
bool sim_mask_hides(const sim_node *node, const kw_authenticated *message);
bool sim_mask_hides_hash(const sim_node *node, const kw_hash32 *hash);

/* The message with the hidden dealing's name changed to that of the other, signed again; as it is
 * where it does not name it. */
kw_authenticated sim_mask_message(sim_node *node, const kw_authenticated *message);

/* Signs any bytes and sends them to all. */
void sim_craft_post_bytes(sim_node *node, const sim_letter *letter, kw_span payload);

/* True once in `of`. */
bool sim_coin(sim_node *node, uint32_t of);

#endif /* KW_TESTS_KW_SIM_CRAFT_H */
