/* SPDX-License-Identifier: Apache-2.0
 * A run from its plan to its end. */
#include "kw_sim/world.h"

#include "base/heap.h"
#include "kw_sim/faults.h"
#include "kw_sim/node.h"
#include "kw_sim/post.h"
#include "kw_sim/watch.h"

#include <stdio.h>

enum {
    ARENA_BYTES = 1 << 30,
    CRASH_ALARMS = 4,
    CHECK_BEFORE_MS = 2 * SIM_DELTA_MS, /* the next boundary, by every clock */
};

static void make_roster(sim_world *world, uint16_t b)
{
    const sim_roster *wanted = &world->plan.rosters[b];
    kw_roster_entry entries[SIM_NODES_MAX];
    for (uint16_t i = 0; i < wanted->n; i++) {
        uint16_t number = wanted->members[i];
        const peer *member = sim_pool_peer(world->pool, number, world->plan.curve);
        const peer *second = sim_is_rekeyed(&world->plan, number, b)
                                 ? sim_pool_second(world->pool, number, world->plan.curve)
                                 : member;
        entries[i] = peer_entry(second);
        entries[i].address = member->address;
    }
    kw_error err;
    kw_roster_source source = {entries, wanted->n, &world->verdicts.schemes, false};
    kw_status st = kw_roster_make(&world->rosters[b], &world->arena, &source, &err);
    KW_ASSERT(st == KW_OK);
}

static void make_cluster(sim_world *world)
{
    world->config = (kw_config_fields){
        .suite = world->plan.suite,
        .ratio = KW_THRESHOLD_RATIO_DEFAULT,
        .interval_s = sim_interval_s(&world->plan),
        .reshare_every = 1,
        .roster_lag_s = 5,
        .delta_ms = SIM_DELTA_MS,
        .genesis_roster = world->rosters[0].hash,
    };
    world->cluster = (kw_cluster_fields){.chain_id = world->plan.seed};
    kw_config_hash(&world->cluster.config_hash, &world->config);
    kw_cluster_id(&world->cluster_id, &world->cluster);
}

static void open_world(sim_world *world, sim_pool *pool, const sim_options *options, uint64_t seed)
{
    sim_plan_draw(&world->plan, options, seed);
    world->pool = pool;
    world->random = (random_source){.state = ~seed};
    world->net = sim_net_new(&world->plan.weather, &world->random);
    sim_verdicts_open(&world->verdicts, seed);
    world->arena = kw_arena_init(ARENA_BYTES);
    world->crashes_left = world->plan.crashes;
    for (uint16_t b = 0; b < world->plan.boundaries_count; b++) {
        uint64_t next = SIM_LEAD_MS + (uint64_t)(b + 1) * sim_interval_s(&world->plan) * 1000;
        make_roster(world, b);
        sim_net_alarm(&world->net, 1, next - CHECK_BEFORE_MS, SIM_ALARM_CHECK + b);
    }
    make_cluster(world);
    world->nodes = kw_heap_new(world->plan.nodes, sizeof *world->nodes);
    KW_ASSERT(world->nodes != NULL);
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        sim_node_open(&world->nodes[i], world, i);
    }
    for (uint32_t i = 0; world->plan.crashes > 0 && i < CRASH_ALARMS; i++) {
        uint64_t at = random_below(&world->random, KW_MAX(world->plan.weather.calm_at_ms,
                                                          UINT64_C(1000) * SIM_INTERVAL_S));
        sim_net_alarm(&world->net, (uint16_t)(1 + random_below(&world->random, world->plan.nodes)),
                      at, SIM_ALARM_CRASH);
    }
}

static void close_world(sim_world *world)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        sim_node_close(&world->nodes[i]);
    }
    sim_net_drop(&world->net);
    sim_verdicts_drop(&world->verdicts);
    kw_arena_drop(&world->arena);
    kw_heap_free(world->nodes);
    kw_heap_free(world->parcels);
    kw_heap_free(world->retries);
}

/* False: the last boundary's time is over. */
static bool handle(sim_world *world, const sim_event *event)
{
    sim_node *node = &world->nodes[event->to - 1];
    if (event->from != 0) {
        sim_node_hear(node, (uint16_t)(event->from - 1), event->item);
    } else if (event->item >= SIM_ALARM_RETRY) {
        const sim_retry *retry = &world->retries[event->item - SIM_ALARM_RETRY];
        sim_post_send(world, retry->from, retry->to, retry->parcel);
    } else if (event->item >= SIM_ALARM_CHECK) {
        uint16_t b = (uint16_t)(event->item - SIM_ALARM_CHECK);
        sim_watch_boundary(world, b);
        return b + 1 < world->plan.boundaries_count;
    } else {
        sim_node_alarm(node, event->item);
    }
    return true;
}

static void show_plan(const sim_plan *plan)
{
    (void)fprintf(stderr, "suite %u, curve %u, %u nodes, %u boundaries, calm at %llu ms\n",
                  plan->suite, plan->curve, plan->nodes, plan->boundaries_count,
                  (unsigned long long)plan->weather.calm_at_ms);
    for (uint16_t i = 0; i < plan->nodes; i++) {
        const sim_part *part = &plan->parts[i];
        if (part->fate != SIM_HONEST) {
            (void)fprintf(stderr, "op %2u %s", i,
                          part->fate == SIM_DEAD ? "is dead" : "is faulty:");
            for (size_t k = 0; k < part->rows_count; k++) {
                (void)fprintf(stderr, " [%s]", part->rows[k]->name);
            }
            (void)fprintf(stderr, "\n");
        }
        if (part->rekeyed_at > 0) {
            (void)fprintf(stderr, "op %2u has another key from roster %u on\n", i,
                          part->rekeyed_at);
        }
    }
    for (uint16_t b = 0; b < plan->boundaries_count; b++) {
        (void)fprintf(stderr, "roster %u:", b);
        for (uint16_t i = 0; i < plan->rosters[b].n; i++) {
            (void)fprintf(stderr, " %u", plan->rosters[b].members[i]);
        }
        (void)fprintf(stderr, "\n");
    }
}

static void measure(sim_outcome *out, const sim_world *world)
{
    for (uint16_t i = 0; i < world->plan.nodes; i++) {
        const sim_node *node = &world->nodes[i];
        out->poured += node->poured;
        if (node->part.fate == SIM_HONEST) {
            out->most_held = KW_MAX(out->most_held, node->meter.most);
        }
    }
}

void sim_world_run(sim_outcome *out, sim_pool *pool, const sim_options *options, uint64_t seed)
{
    sim_world *world = kw_heap_new(1, sizeof *world);
    KW_ASSERT(world != NULL);
    open_world(world, pool, options, seed);
    if (world->plan.is_traced) {
        show_plan(&world->plan);
    }
    sim_event event;
    bool is_over = false;
    while (!is_over && world->violation[0] == '\0') {
        bool has_event = sim_net_next(&world->net, &event);
        KW_ASSERT(has_event);
        is_over = !handle(world, &event);
    }
    *out = (sim_outcome){
        .sessions = world->plan.boundaries_count,
        .epochs = (uint32_t)world->newest,
        .proofs = world->proofs,
        .master = world->master,
    };
    measure(out, world);
    memcpy(out->violation, world->violation, sizeof out->violation);
    close_world(world);
    kw_heap_free(world);
}
