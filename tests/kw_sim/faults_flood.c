/* SPDX-License-Identifier: Apache-2.0
 * Noise: junk, old messages in new sessions, certificates of clusters that are none. */
#include "kw_sim/craft.h"
#include "kw_sim/faults_inner.h"
#include "kw_sim/node.h"
#include "kw_sim/post.h"

enum {
    JUNK_MESSAGES = 24,
    JUNK_BYTES_MAX = 2000,
};

static void post_to_all(sim_node *self, const kw_authenticated *message)
{
    for (uint16_t i = 0; i < self->world->plan.nodes; i++) {
        if (i != self->number) {
            sim_post_message(self->world, self->number, i, message, 0);
        }
    }
}

static void random_bytes(sim_node *self, uint8_t *out, size_t len)
{
    kw_status st = kw_rng_fill(&self->rng_port, (kw_mspan){out, len});
    KW_ASSERT(st == KW_OK);
}

/* Any bytes, signed. */
static void post_noise(sim_node *self)
{
    uint8_t bytes[JUNK_BYTES_MAX];
    size_t len = 1 + random_below(&self->world->random, sizeof bytes);
    random_bytes(self, bytes, len);
    kw_authenticated message = sim_node_sign(self, (kw_span){bytes, len});
    post_to_all(self, &message);
}

/* A good header with another type or body, signed, and then with a signature that is none. */
static void post_garbled(sim_node *self, const sim_letter *letter)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_status st = kw_buf_append(&wire, letter->message->payload);
    KW_ASSERT(st == KW_OK);
    size_t at = random_below(&self->world->random, wire.len);
    wire.ptr[at] ^= (uint8_t)(1 + random_below(&self->world->random, 255));
    kw_authenticated message = sim_node_sign(self, kw_buf_view(&wire));
    post_to_all(self, &message);
    message.signature.bytes[0] ^= 1;
    post_to_all(self, &message);
}

void sim_fault_junk_begin(sim_node *self)
{
    for (uint32_t i = 0; i < JUNK_MESSAGES; i++) {
        post_noise(self);
    }
}

bool sim_fault_junk(sim_node *self, const sim_letter *letter)
{
    if (self->mischief_left > 0) {
        self->mischief_left--;
        post_garbled(self, letter);
    }
    return false; /* and says what it has to say */
}

/* ---- old messages ---- */

/* The body of an earlier message under the header of the present session; the old one, too. */
bool sim_fault_replay(sim_node *self, const sim_letter *letter)
{
    kw_message_type type = letter->header.type;
    const kw_authenticated *old = &self->old[type];
    bool is_old = old->payload.len > KW_MESSAGE_HEADER_BYTES;
    if (is_old) {
        KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
        kw_span header = {letter->message->payload.ptr, KW_MESSAGE_HEADER_BYTES};
        kw_span body = {old->payload.ptr + KW_MESSAGE_HEADER_BYTES,
                        old->payload.len - KW_MESSAGE_HEADER_BYTES};
        kw_status st = kw_buf_append(&wire, header);
        KW_ASSERT(st == KW_OK);
        st = kw_buf_append(&wire, body);
        KW_ASSERT(st == KW_OK);
        sim_craft_post_bytes(self, letter, kw_buf_view(&wire));
        post_to_all(self, old);
    }
    kw_span copy;
    kw_status st = kw_arena_copy_span(&self->world->arena, &copy, letter->message->payload);
    KW_ASSERT(st == KW_OK);
    self->old[type] = *letter->message;
    self->old[type].payload = copy;
    return is_old;
}
