/* SPDX-License-Identifier: Apache-2.0
 * Dealers at fault. DEAL and SHARES leave together: what is done to both is done when the DEAL
 * leaves, and the SHARES that follow are dropped. */
#include "kw_sim/craft.h"
#include "kw_sim/faults_inner.h"
#include "kw_sim/post.h"
#include "threshold/engine/session/session_parts.h"

enum {
    HALF_BYTES = KW_GROUP_SCALAR_BYTES,
    DRAW_BYTES_MAX = 64 << 10,
};

typedef struct dealing_craft {
    sim_craft deal;
    sim_craft shares;
    kw_hash32 shares_hash;
} dealing_craft;

typedef bool (*dealing_change)(dealing_craft *d);

static kw_deal *deal_of(dealing_craft *d)
{
    return &d->deal.message.body.deal;
}

static kw_shares *shares_of(dealing_craft *d)
{
    return &d->shares.message.body.shares;
}

/* The encrypted shares, to be damaged. */
static uint8_t *bytes_of(dealing_craft *d, uint16_t member)
{
    return (uint8_t *)(uintptr_t)kw_shares_at(shares_of(d), member).ptr;
}

static bool own_bytes(dealing_craft *d)
{
    kw_span copy;
    bool is_copied = kw_arena_copy_span(&d->shares.arena, &copy, shares_of(d)->encrypted) == KW_OK;
    shares_of(d)->encrypted = copy;
    return is_copied;
}

static bool open_dealing(dealing_craft *out, sim_node *self, const sim_letter *letter)
{
    *out = (dealing_craft){0};
    if (!sim_craft_open(&out->deal, self, letter->message->payload)) {
        return false;
    }
    const kw_letter *shares = out->deal.slot == NULL
                                  ? NULL
                                  : kw_session_find(out->deal.slot->session,
                                                    &out->deal.message.body.deal.shares_root, NULL);
    if (shares != NULL) {
        out->shares_hash = shares->message.hash;
    }
    return shares != NULL && sim_craft_open(&out->shares, self, shares->message.payload) &&
           own_bytes(out);
}

static void drop_dealing(dealing_craft *d)
{
    sim_craft_drop(&d->deal);
    sim_craft_drop(&d->shares);
}

/* The other dealing to every receiver, or from the second on to every other one. */
static void post_masked(sim_node *self, const sim_letter *letter, bool is_to_half)
{
    for (size_t i = is_to_half ? 1 : 0; i < letter->to_count; i += is_to_half ? 2 : 1) {
        sim_post_message(self->world, self->number, letter->to[i], &self->mask.deal,
                         letter->until_ms);
        sim_post_message(self->world, self->number, letter->to[i], &self->mask.shares,
                         letter->until_ms);
    }
}

static void post_dealing(sim_node *self, const sim_letter *letter, bool is_to_half)
{
    post_masked(self, letter, is_to_half);
    if (is_to_half) {
        sim_letter_post_half(self, letter, 0);
    }
}

/* Sends another dealing than the engine's: to all, who never see that one; or only to one half,
 * which the other half does not know. */
static bool deal_changed(sim_node *self, const sim_letter *letter, dealing_change change,
                         bool is_to_half)
{
    if (letter->header.type != KW_MESSAGE_DEAL) {
        return letter->header.type == KW_MESSAGE_SHARES && sim_mask_hides(self, letter->message);
    }
    if (sim_mask_is_of(self, letter->message)) {
        post_dealing(self, letter, is_to_half);
        return true;
    }
    dealing_craft d;
    bool is_changed = open_dealing(&d, self, letter) && change(&d);
    if (is_changed) {
        kw_hash32 root = deal_of(&d)->shares_root;
        kw_shares_root(&deal_of(&d)->shares_root, shares_of(&d));
        self->mask = (sim_mask){.is_on = !is_to_half,
                                .hidden = {letter->message->hash, d.shares_hash, root},
                                .deal = sim_craft_sign(&d.deal),
                                .shares = sim_craft_sign(&d.shares)};
        self->has_offended = true;
    }
    if (is_changed) {
        post_dealing(self, letter, is_to_half);
    }
    drop_dealing(&d);
    return is_changed;
}

static bool is_honest(const sim_world *world, const kw_address *address)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        if (memcmp(node->peer->address.bytes, address->bytes, sizeof address->bytes) == 0) {
            return node->part.fate == SIM_HONEST;
        }
    }
    return false;
}

/* An honest receiver: a faulty one may keep quiet; 0: there is none. */
static uint16_t victim_of(dealing_craft *d)
{
    const kw_session *session = d->deal.slot->session;
    sim_world *world = d->deal.node->world;
    uint16_t n = d->deal.scope.n;
    uint64_t start = random_below(&world->random, n);
    for (uint16_t i = 0; i < n; i++) {
        uint16_t at = (uint16_t)(1 + (start + i) % n);
        const kw_member *member = kw_roster_at(session->setup.roster_new, at);
        if (!kw_hash32_is_none(&deal_of(d)->receivers.items[at - 1]) &&
            is_honest(world, &member->address)) {
            return at;
        }
    }
    return 0;
}

/* ---- wrong share ---- */
static bool damage_share(dealing_craft *d)
{
    uint16_t victim = victim_of(d);
    if (victim == 0) {
        return false;
    }
    bytes_of(d, victim)[HALF_BYTES - 1] ^= 1;
    return true;
}

bool sim_fault_wrong_share(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, damage_share, false);
}

bool sim_fault_two_deals(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, damage_share, true);
}

/* ---- share + r ---- */

/* r, big-endian: -1 and 1 more. */
static void order_of(uint8_t out[HALF_BYTES], const kw_group *group)
{
    kw_group_scalar zero = group->scalar_of_u64(0);
    kw_group_scalar one = group->scalar_of_u64(1);
    kw_group_scalar last;
    kw_group_scalar_bytes bytes;
    group->scalar_sub(&last, &zero, &one);
    group->scalar_encode(&bytes, &last);
    memcpy(out, bytes.bytes, HALF_BYTES);
    for (size_t i = HALF_BYTES; i > 0 && ++out[i - 1] == 0; i--) {
    }
}

/* f_i(j) + r is the same number modulo r: a check that reduces accepts it. */
static bool add_order(dealing_craft *d)
{
    const kw_session *session = d->deal.slot->session;
    const kw_group *group = d->deal.scope.group;
    uint16_t victim = victim_of(d);
    kw_group_secret share;
    kw_group_secret_bytes f;
    if (victim == 0 || !session->has_polynomials ||
        group->poly_eval(&share, session->polynomials.a, d->deal.scope.t, victim) != KW_OK) {
        return false;
    }
    group->secret_encode(&f, &share);
    uint8_t order[HALF_BYTES];
    order_of(order, group);
    unsigned carry = 0;
    for (size_t i = HALF_BYTES; i > 0; i--) {
        unsigned sum = (unsigned)f.bytes[i - 1] + order[i - 1] + carry;
        bytes_of(d, victim)[i - 1] ^= (uint8_t)(f.bytes[i - 1] ^ (uint8_t)sum);
        carry = sum >> 8;
    }
    return true;
}

bool sim_fault_share_plus_order(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, add_order, false);
}

/* ---- commitments ---- */
static bool change_commitments(dealing_craft *d, uint16_t t, bool is_last_infinity)
{
    const kw_group *group = d->deal.scope.group;
    kw_commitments *c = &deal_of(d)->c;
    kw_group_g1 *g1 = kw_arena_new(&d->deal.arena, t, sizeof *g1);
    kw_group_g2 *g2 = kw_arena_new(&d->deal.arena, t, sizeof *g2);
    KW_ASSERT(g1 != NULL && g2 != NULL);
    for (uint16_t k = 0; k < t; k++) {
        uint16_t from = k < c->t ? k : 0;
        bool is_infinity = is_last_infinity && k + 1 == t;
        if (c->g1 != NULL) {
            g1[k] = is_infinity ? group->g1_infinity() : c->g1[from];
        } else {
            g2[k] = is_infinity ? group->g2_infinity() : c->g2[from];
        }
    }
    c->g1 = c->g1 != NULL ? g1 : NULL;
    c->g2 = c->g2 != NULL ? g2 : NULL;
    c->t = t;
    return true;
}

static bool raise_degree(dealing_craft *d)
{
    return change_commitments(d, (uint16_t)(deal_of(d)->c.t + 1), false);
}

bool sim_fault_wrong_degree(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, raise_degree, false);
}

static bool drop_coefficient(dealing_craft *d)
{
    return change_commitments(d, deal_of(d)->c.t, true);
}

bool sim_fault_zero_coefficient(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, drop_coefficient, false);
}

/* ---- receivers and R ---- */
static bool leave_out(dealing_craft *d)
{
    uint16_t victim = victim_of(d);
    if (victim == 0) {
        return false;
    }
    kw_hash_list *list = &deal_of(d)->receivers;
    kw_hash32 *items = kw_arena_new(&d->deal.arena, list->count, sizeof *items);
    KW_ASSERT(items != NULL);
    memcpy(items, list->items, list->count * sizeof *items);
    items[victim - 1] = (kw_hash32){{0}};
    list->items = items;
    memset(bytes_of(d, victim), 0, kw_shares_at(shares_of(d), victim).len);
    return true;
}

bool sim_fault_left_out_receiver(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, leave_out, false);
}

/* R of another dealer, or the key of a member: who answered a complaint about it would open what
 * that one encrypted. */
static bool copy_r(dealing_craft *d)
{
    const kw_session *session = d->deal.slot->session;
    const kw_letter *at = NULL;
    while ((at = kw_mailbox_next(&session->mailbox, KW_MESSAGE_DEAL, at)) != NULL) {
        if (at->place.sender != session->self && at->read != NULL) {
            const session_deal *other = at->read;
            deal_of(d)->r = other->deal.r;
            deal_of(d)->proof_r = other->deal.proof_r;
            return true;
        }
    }
    while ((at = kw_mailbox_next(&session->mailbox, KW_MESSAGE_HELLO, at)) != NULL) {
        if (at->place.sender != session->self && at->read != NULL) {
            const session_hello *hello = at->read;
            deal_of(d)->r = hello->ek;
            return true;
        }
    }
    return false;
}

bool sim_fault_copied_r(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, copy_r, false);
}

/* ---- stale source share ---- */
static bool read_receivers(dealing_craft *d, kw_receiver *out)
{
    const kw_session *session = d->deal.slot->session;
    for (uint16_t j = 0; j < d->deal.scope.n; j++) {
        out[j] = (kw_receiver){.hello = deal_of(d)->receivers.items[j]};
        const kw_letter *at =
            kw_hash32_is_none(&out[j].hello) ? NULL : kw_session_find(session, &out[j].hello, NULL);
        if (at != NULL && at->read != NULL) {
            out[j].ek = ((const session_hello *)at->read)->ek;
        } else if (!kw_hash32_is_none(&out[j].hello)) {
            return false;
        }
    }
    return true;
}

/* A dealing of something else than the share that the certificate names. */
static bool deal_afresh(dealing_craft *d)
{
    const kw_session *session = d->deal.slot->session;
    const kw_message_scope *scope = &d->deal.scope;
    kw_receiver *receivers = kw_arena_new(&d->deal.arena, scope->n, sizeof *receivers);
    KW_ASSERT(receivers != NULL);
    if (scope->kind != KW_SESSION_RESHARE || !read_receivers(d, receivers)) {
        return false;
    }
    uint8_t random[DRAW_BYTES_MAX];
    size_t need = kw_dealer_random_bytes(scope);
    kw_group_secret source;
    uint8_t wide[KW_GROUP_WIDE_BYTES];
    KW_ASSERT(need <= sizeof random);
    kw_dealing_place place = {.sid = d->deal.slot->sid,
                              .sender = d->deal.message.header.sender,
                              .dealer = session->self_dealer,
                              .h = session->setup.h};
    kw_dealer_secrets secrets;
    const kw_dealing_parts parts = {scope, &place, &secrets, receivers};
    const kw_rng *rng = &d->deal.node->rng_port;
    return kw_rng_fill(rng, (kw_mspan){random, need}) == KW_OK &&
           kw_rng_fill(rng, KW_MSPAN(wide)) == KW_OK &&
           scope->group->secret_of_random(&source, KW_SPAN(wide)) == KW_OK &&
           kw_dealer_secrets_draw(&secrets, &d->deal.arena, scope, (kw_span){random, need},
                                  &source) == KW_OK &&
           kw_dealing_make(deal_of(d), shares_of(d), &d->deal.arena, &parts) == KW_OK;
}

bool sim_fault_stale_source(sim_node *self, const sim_letter *letter)
{
    return deal_changed(self, letter, deal_afresh, false);
}

/* ---- when and to whom ---- */
bool sim_fault_late_deal(sim_node *self, const sim_letter *letter)
{
    if (letter->header.type != KW_MESSAGE_DEAL && letter->header.type != KW_MESSAGE_SHARES) {
        return false;
    }
    uint64_t delay_ms = SIM_DELTA_MS + random_below(&self->world->random, 6 * SIM_DELTA_MS);
    sim_letter_post_late(self, letter, delay_ms);
    return true;
}

bool sim_fault_withheld_shares(sim_node *self, const sim_letter *letter)
{
    if (letter->header.type != KW_MESSAGE_SHARES) {
        return false;
    }
    if (sim_coin(self, 2)) {
        sim_letter_post_some(self, letter);
    }
    return true;
}
