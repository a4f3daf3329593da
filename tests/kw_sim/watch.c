/* SPDX-License-Identifier: Apache-2.0
 * What must hold. */
#include "kw_sim/watch.h"

#include "base/heap.h"
#include "kw_sim/faults.h"
#include "kw_sim/node.h"
#include "threshold/engine/fraud/fraud.h"

#include <stdarg.h>
#include <stdio.h>

void sim_watch_blame(sim_world *world, const char *format, ...)
{
    if (world->violation[0] != '\0') {
        return;
    }
    va_list list;
    va_start(list, format);
    (void)vsnprintf(world->violation, sizeof world->violation, format, list);
    va_end(list);
}

static bool is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* ---- keys ---- */
typedef struct pooled_share {
    uint32_t index;
    kw_group_secret share;
} pooled_share;

typedef struct share_pool {
    pooled_share shares[SIM_NODES_MAX];
    uint16_t count;
    uint16_t t;
} share_pool;

/* Shares of an epoch that honest operators serve with, in a random order. */
static void gather(share_pool *out, sim_world *world, uint64_t epoch)
{
    out->count = 0;
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        kw_operator_key key;
        if (node->is_up && node->part.fate == SIM_HONEST &&
            kw_operator_key_of(node->engine, &key, epoch)) {
            size_t at = random_below(&world->random, ++out->count);
            out->shares[out->count - 1] = out->shares[at];
            out->shares[at] = (pooled_share){key.member, *key.share};
            out->t = key.certificate->candidate.fields.t_new;
        }
    }
}

/* Whether the shares, as points of one polynomial, give the master key at zero. */
static bool gives_master(const sim_world *world, const pooled_share *shares, uint16_t count)
{
    const kw_group *group = world->plan.group;
    uint32_t index[SIM_NODES_MAX] = {0};
    kw_group_scalar l[SIM_NODES_MAX];
    for (uint16_t i = 0; i < count; i++) {
        index[i] = shares[i].index;
    }
    if (group->lagrange_zero(l, index, count) != KW_OK) {
        return false;
    }
    kw_group_secret sum = {0};
    for (uint16_t i = 0; i < count; i++) {
        kw_group_secret part;
        group->secret_of_scalar(&part, &l[i]);
        group->secret_mul(&part, &part, &shares[i].share);
        group->secret_add(&sum, &sum, &part);
    }
    kw_group_g2 key;
    group->g2_base(&key, &sum);
    return group->g2_equal(&key, &world->master);
}

static void check_key(sim_world *world, uint64_t epoch, share_pool *pool)
{
    gather(pool, world, epoch);
    if (pool->count == 0 || pool->count < pool->t) {
        return;
    }
    if (!gives_master(world, pool->shares, pool->t)) {
        sim_watch_blame(world, "t shares of epoch %llu do not give the master key",
                        (unsigned long long)epoch);
    }
    if (pool->t > 1 && gives_master(world, pool->shares, (uint16_t)(pool->t - 1))) {
        sim_watch_blame(world, "t - 1 shares of epoch %llu give the master key",
                        (unsigned long long)epoch);
    }
}

static bool has_index(const pooled_share *shares, uint16_t count, uint32_t index)
{
    for (uint16_t i = 0; i < count; i++) {
        if (shares[i].index == index) {
            return true;
        }
    }
    return false;
}

/* t - 1 shares of one epoch with t - 1 of the next: what a mobile adversary may hold. */
static void check_mixture(sim_world *world, const share_pool *old, const share_pool *new_ones)
{
    if (old->count < old->t || old->t < 2 || new_ones->t < 2) {
        return;
    }
    pooled_share mixed[2 * SIM_NODES_MAX];
    uint16_t count = (uint16_t)(old->t - 1);
    memcpy(mixed, old->shares, count * sizeof *mixed);
    uint16_t most = (uint16_t)(count + new_ones->t - 1);
    for (uint16_t i = 0; i < new_ones->count && count < most && count < SIM_NODES_MAX; i++) {
        if (!has_index(mixed, count, new_ones->shares[i].index)) {
            mixed[count++] = new_ones->shares[i];
            if (gives_master(world, mixed, count)) {
                sim_watch_blame(world, "t - 1 old and some new shares give the master key");
            }
        }
    }
}

static void check_keys(sim_world *world)
{
    share_pool old = {0};
    share_pool next = {0};
    for (uint64_t epoch = 1; epoch <= world->newest; epoch++) {
        check_key(world, epoch, &next);
        check_mixture(world, &old, &next);
        old = next;
    }
}

/* ---- activation ---- */
static void note_epoch(sim_node *node, const kw_certificate *certificate, uint64_t epoch)
{
    sim_world *world = node->world;
    const kw_group *group = world->plan.group;
    sim_epoch *known = &world->epochs[epoch];
    if (known->is_known && !is_same(&known->hash, &certificate->hash)) {
        sim_watch_blame(world, "two certificates of epoch %llu", (unsigned long long)epoch);
    }
    if (!known->is_known) {
        uint64_t passed = certificate->candidate.fields.timestamp - SIM_START_S;
        *known = (sim_epoch){.is_known = true,
                             .hash = certificate->hash,
                             .boundary = (uint16_t)(passed / sim_interval_s(&world->plan))};
        world->newest = KW_MAX(world->newest, epoch);
    }
    const kw_group_g2 *master = &certificate->candidate.polynomial[0];
    if (!world->has_master) {
        world->has_master = true;
        world->master = *master;
    }
    if (!group->g2_equal(&world->master, master)) {
        sim_watch_blame(world, "the master key changed in epoch %llu", (unsigned long long)epoch);
    }
}

static void check_share(sim_node *node, const kw_operator_key *key)
{
    const kw_group *group = node->world->plan.group;
    const kw_candidate *candidate = &key->certificate->candidate;
    kw_group_g2 wanted;
    kw_group_g2 is;
    kw_status st =
        group->g2_poly_eval(&wanted, candidate->polynomial, candidate->fields.t_new, key->member);
    group->g2_base(&is, key->share);
    if (st != KW_OK || !group->g2_equal(&wanted, &is)) {
        sim_watch_blame(node->world, "the share of operator %u is not that of its key",
                        node->number);
    }
}

void sim_watch_certificate(sim_node *node, uint64_t epoch)
{
    const kw_certificate *certificate = kw_operator_decoded(node->engine, epoch);
    if (node->part.fate != SIM_HONEST) {
        return;
    }
    if (certificate == NULL || epoch >= SIM_EPOCHS_MAX) {
        sim_watch_blame(node->world, "operator %u has no certificate of epoch %llu", node->number,
                        (unsigned long long)epoch);
        return;
    }
    note_epoch(node, certificate, epoch);
}

/* Once the next epoch is certified here, the share of the one before lies where it is erased, and
 * not in what a session dealt with. */
static void check_disk(sim_node *node, uint64_t epoch)
{
    const sim_records *kept = &node->disk.kept;
    if (!node->has_served[epoch] || sim_disk_certificate(&node->disk, epoch + 1).len == 0) {
        return;
    }
    for (size_t i = 0; i < kept->count; i++) {
        const sim_record *at = &kept->items[i];
        if (at->kind != KW_RECORD_SHARE && at->bytes.len > 0 &&
            memmem(at->bytes.ptr, at->bytes.len, node->served[epoch].bytes,
                   sizeof node->served[epoch].bytes) != NULL) {
            sim_watch_blame(node->world, "operator %u keeps its share of epoch %llu in a record",
                            node->number, (unsigned long long)epoch);
        }
    }
}

static void check_disks(sim_world *world)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        sim_node *node = &world->nodes[i];
        for (uint64_t epoch = 1; epoch < world->newest; epoch++) {
            if (node->part.fate == SIM_HONEST && node->is_up) {
                check_disk(node, epoch);
            }
        }
    }
}

void sim_watch_activation(sim_node *node, uint64_t epoch)
{
    kw_operator_key key;
    if (node->part.fate != SIM_HONEST) {
        return;
    }
    if (!node->world->epochs[epoch].is_known) {
        sim_watch_blame(node->world, "operator %u activates epoch %llu without a certificate",
                        node->number, (unsigned long long)epoch);
    } else if (!kw_operator_key_of(node->engine, &key, epoch)) {
        sim_watch_blame(node->world, "operator %u activates epoch %llu without a share",
                        node->number, (unsigned long long)epoch);
    } else {
        check_share(node, &key);
        node->has_served[epoch] = true;
        node->world->plan.group->secret_encode(&node->served[epoch], key.share);
    }
}

/* ---- what leaves ---- */
static sim_node *culprit_of(sim_world *world, const kw_address *address)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        if (memcmp(world->nodes[i].peer->address.bytes, address->bytes, sizeof address->bytes) ==
            0) {
            return &world->nodes[i];
        }
    }
    return NULL;
}

static bool is_same_place(const sim_signed *a, const sim_signed *b)
{
    return a->type == b->type && a->view == b->view && is_same(&a->sid, &b->sid);
}

static void note_signature(sim_node *node, const sim_signed *made)
{
    for (size_t i = node->signatures_count; i > 0; i--) {
        const sim_signed *at = &node->signatures[i - 1];
        if (is_same_place(at, made)) {
            if (!is_same(&at->hash, &made->hash)) {
                sim_watch_blame(node->world, "operator %u signs two bodies of type %u",
                                node->number, made->type);
            }
            return;
        }
    }
    if (node->signatures_count == node->signatures_capacity) {
        node->signatures_capacity = KW_MAX((size_t)64, 2 * node->signatures_capacity);
        node->signatures =
            kw_heap_resize(node->signatures, node->signatures_capacity, sizeof *node->signatures);
        KW_ASSERT(node->signatures != NULL);
    }
    node->signatures[node->signatures_count++] = *made;
}

/* So many dealers and no more may be opened by all the RECONSTRUCTs of a session. */
static void check_opened(sim_node *node, const kw_message_header *header, uint16_t count)
{
    uint64_t passed = header->timestamp - SIM_START_S;
    uint16_t b = (uint16_t)(passed / sim_interval_s(&node->world->plan));
    if (count > (sim_members_at(node->world, b)->n - 1) / 3) {
        sim_watch_blame(node->world, "operator %u opens %u dealers", node->number, count);
    }
}

bool sim_watch_sending(sim_node *node, kw_authenticated_list messages)
{
    bool has_extract = false;
    for (size_t i = 0; i < messages.count; i++) {
        kw_message_header header;
        kw_span payload = messages.items[i].payload;
        if (kw_message_header_decode(&header, payload) != KW_OK ||
            culprit_of(node->world, &header.sender) != node) {
            continue;
        }
        kw_reader r = kw_reader_of((kw_span){payload.ptr + KW_MESSAGE_HEADER_BYTES,
                                             payload.len - KW_MESSAGE_HEADER_BYTES});
        bool is_voted = header.type >= KW_MESSAGE_PROPOSE && header.type <= KW_MESSAGE_PRECOMMIT;
        sim_signed made = {.sid = header.sid,
                           .type = (uint8_t)header.type,
                           .view = is_voted ? kw_read_u32be(&r) : 0,
                           .hash = messages.items[i].hash};
        note_signature(node, &made);
        if (header.type == KW_MESSAGE_RECONSTRUCT) {
            check_opened(node, &header, kw_read_u16be(&r));
        }
        has_extract = has_extract || header.type == KW_MESSAGE_EXTRACT;
    }
    return has_extract;
}

/* ---- evidence ---- */
/* A proof convicts a faulty operator, before whoever knows the cluster only. */
void sim_watch_evidence(sim_node *node, kw_span bytes)
{
    sim_world *world = node->world;
    KW_AUTO(kw_arena) arena = kw_arena_init(2 * KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_file file;
    kw_fraud_verdict verdict = {0};
    const kw_candidate_form form = {world->plan.group, &world->verdicts.schemes};
    kw_error err;
    kw_status st = kw_fraud_file_decode(&file, &arena, bytes, &world->verdicts.schemes, &err);
    if (st == KW_OK) {
        st = kw_fraud_judge(&verdict, &arena, &file, &form);
    }
    sim_node *culprit = culprit_of(world, &verdict.member);
    if (st != KW_OK || !kw_fraud_convicts(verdict.reason) || culprit == NULL) {
        sim_watch_blame(world, "a proof of operator %u does not convict", node->number);
        return;
    }
    if (culprit->part.fate == SIM_HONEST) {
        sim_watch_blame(world, "honest operator %u is convicted: %s", culprit->number,
                        kw_fraud_reason_text(verdict.reason));
    }
    if (node->part.fate == SIM_HONEST) {
        culprit->convicted |= (uint8_t)(1U << file.kind);
        world->proofs++;
    }
}

/* ---- liveness ---- */
static uint64_t start_of(const sim_world *world, uint16_t b)
{
    return SIM_LEAD_MS + (uint64_t)b * sim_interval_s(&world->plan) * 1000;
}

/* Up from before the boundary until now, with the certificate and, in the old roster, the share
 * that a reshare needs. */
static bool is_able(const sim_world *world, uint16_t number, uint16_t b)
{
    const sim_node *node = &world->nodes[number];
    return node->part.fate == SIM_HONEST && node->is_up &&
           (node->risen_ms == 0 || node->risen_ms + SIM_DELTA_MS <= start_of(world, b)) &&
           !node->was_stale;
}

static bool is_enough(const sim_world *world, uint16_t roster, uint16_t b)
{
    const sim_roster *members = sim_members_at(world, roster);
    uint16_t failing = 0;
    for (uint16_t i = 0; i < members->n; i++) {
        failing = (uint16_t)(failing + !is_able(world, members->members[i], b));
    }
    return failing <= (members->n - 1) / 3;
}

/* The roster of the newest epoch when the boundary came; boundaries_count: none. */
static uint16_t roster_before(const sim_world *world)
{
    return world->newest_at_start == 0 ? world->plan.boundaries_count
                                       : world->epochs[world->newest_at_start].boundary;
}

/* What can be proven of a faulty member is proven. */
static void check_offences(sim_world *world, uint16_t b)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        const sim_fault *row = node->part.rows_count == 1 ? node->part.rows[0] : NULL;
        bool is_proven = row == NULL || row->proof == 0 || !node->has_offended ||
                         (node->convicted & 1U << row->proof) != 0;
        if (!is_proven) {
            sim_watch_blame(world, "boundary %u: nobody proves \"%s\" of operator %u", b, row->name,
                            i);
        }
    }
}

/* A session of a boundary before may end in this one. Who was not up when it began, or was cut off
 * since it began in a storm, may be left without its share (threshold.md section 5); the next
 * reshare gives it one. */
static bool must_have_share(const sim_world *world, uint16_t number, uint64_t epoch)
{
    uint16_t b = world->epochs[epoch].boundary;
    return sim_roster_has(sim_members_at(world, b), number) && is_able(world, number, b) &&
           world->plan.weather.calm_at_ms <= start_of(world, b);
}

static void check_progress(sim_world *world, uint16_t b, uint16_t before)
{
    uint64_t wanted = world->newest_at_start + 1;
    if (world->newest < wanted) {
        sim_watch_blame(world, "no epoch %llu in a synchronous network",
                        (unsigned long long)wanted);
        return;
    }
    check_offences(world, b);
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        bool is_new = sim_roster_has(sim_members_at(world, world->epochs[wanted].boundary), i);
        bool is_old = before < world->plan.boundaries_count &&
                      sim_roster_has(sim_members_at(world, before), i);
        if (!is_able(world, i, b) || (!is_new && !is_old)) {
            continue;
        }
        kw_operator_key key;
        if (kw_operator_decoded(node->engine, wanted) == NULL) {
            sim_watch_blame(world, "operator %u has no certificate of epoch %llu", i,
                            (unsigned long long)wanted);
        } else if (must_have_share(world, i, wanted) &&
                   !kw_operator_key_of(node->engine, &key, wanted)) {
            sim_watch_blame(world, "operator %u has no share of epoch %llu", i,
                            (unsigned long long)wanted);
        }
    }
}

/* Who comes into the next session without what the last one left. */
static void note_stale(sim_world *world)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        sim_node *node = &world->nodes[i];
        kw_operator_key key;
        uint16_t roster = world->newest == 0 ? 0 : world->epochs[world->newest].boundary;
        bool needs_share = world->newest > 0 && sim_roster_has(sim_members_at(world, roster), i);
        node->was_stale = node->is_up && world->newest > 0 &&
                          (kw_operator_decoded(node->engine, world->newest) == NULL ||
                           (needs_share && !kw_operator_key_of(node->engine, &key, world->newest)));
    }
}

void sim_watch_boundary(sim_world *world, uint16_t b)
{
    check_keys(world);
    check_disks(world);
    uint16_t before = roster_before(world);
    bool is_synchronous =
        !world->plan.is_tight && world->plan.weather.calm_at_ms <= start_of(world, b);
    if (is_synchronous && is_enough(world, b, b) &&
        (before == world->plan.boundaries_count || is_enough(world, before, b))) {
        check_progress(world, b, before);
    }
    note_stale(world);
    world->newest_at_start = world->newest;
    if (b + 1 < world->plan.boundaries_count) {
        world->roster_at[b + 1] = world->newest == 0 ? 0 : (uint16_t)(b + 1);
    }
}
