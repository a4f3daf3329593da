/* SPDX-License-Identifier: Apache-2.0
 * Parcels, in the arena of the run. */
#include "kw_sim/post.h"

#include "base/heap.h"
#include "crypto/hash.h"

enum {
    BACKOFF_MS = SIM_DELTA_MS / 4,
};

static void *grown(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = KW_MAX(2 * *capacity, 1024);
    void *more = kw_heap_resize(items, *capacity, size);
    KW_ASSERT(more != NULL);
    return more;
}

static kw_span kept(sim_world *world, kw_span bytes)
{
    kw_span copy = {0};
    kw_status st = bytes.len == 0 ? KW_OK : kw_arena_copy_span(&world->arena, &copy, bytes);
    KW_ASSERT(st == KW_OK);
    return copy;
}

uint32_t sim_post_parcel(sim_world *world, const sim_parcel *parcel)
{
    world->parcels = grown(world->parcels, world->parcels_count, &world->parcels_capacity,
                           sizeof *world->parcels);
    sim_parcel *out = &world->parcels[world->parcels_count];
    *out = *parcel;
    out->bytes = kept(world, parcel->bytes);
    size_t count = parcel->messages.count;
    kw_authenticated *items = kw_arena_new(&world->arena, KW_MAX(count, (size_t)1), sizeof *items);
    KW_ASSERT(items != NULL);
    for (size_t i = 0; i < count; i++) {
        items[i] = parcel->messages.items[i];
        items[i].payload = kept(world, items[i].payload);
    }
    out->messages = (kw_authenticated_list){items, count};
    return (uint32_t)world->parcels_count++;
}

void sim_post_later(sim_world *world, uint16_t from, uint16_t to, uint32_t parcel,
                    uint64_t delay_ms)
{
    world->retries = grown(world->retries, world->retries_count, &world->retries_capacity,
                           sizeof *world->retries);
    world->retries[world->retries_count] = (sim_retry){from, to, parcel};
    sim_net_alarm(&world->net, (uint16_t)(to + 1), world->net.now_ms + delay_ms,
                  SIM_ALARM_RETRY + (uint32_t)world->retries_count);
    world->retries_count++;
}

void sim_post_send(sim_world *world, uint16_t from, uint16_t to, uint32_t parcel)
{
    bool is_under_way = sim_net_post(&world->net, (uint16_t)(from + 1), (uint16_t)(to + 1), parcel);
    if (!is_under_way && world->net.now_ms + BACKOFF_MS < world->parcels[parcel].until_ms) {
        sim_post_later(world, from, to, parcel, BACKOFF_MS);
    }
}

/* Whether the newest parcel is this message: many get it one after the other. */
static bool is_packed(const sim_world *world, const kw_authenticated *message, uint64_t until_ms)
{
    if (world->parcels_count == 0) {
        return false;
    }
    const sim_parcel *parcel = &world->parcels[world->parcels_count - 1];
    const kw_authenticated *in = parcel->messages.items;
    return parcel->kind == SIM_POST && parcel->messages.count == 1 &&
           parcel->until_ms == until_ms && kw_hash32_equal(&in->hash, &message->hash) &&
           kw_span_equal_var(kw_peer_signature_view(&in->signature),
                             kw_peer_signature_view(&message->signature));
}

void sim_post_message(sim_world *world, uint16_t from, uint16_t to, const kw_authenticated *message,
                      uint64_t until_ms)
{
    sim_parcel parcel = {.kind = SIM_POST, .messages = {message, 1}, .until_ms = until_ms};
    uint32_t place = is_packed(world, message, until_ms) ? (uint32_t)world->parcels_count - 1
                                                         : sim_post_parcel(world, &parcel);
    sim_post_send(world, from, to, place);
}
