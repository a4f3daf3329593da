/* SPDX-License-Identifier: Apache-2.0
 * Virtual time and bad weather. */
#include "support/sim_net.h"

#include "base/error.h"
#include "base/heap.h"

sim_net sim_net_new(const sim_weather *weather, random_source *random)
{
    return (sim_net){.weather = *weather, .random = random};
}

void sim_net_drop(sim_net *net)
{
    kw_heap_free(net->heap);
    *net = (sim_net){0};
}

static bool is_before(const sim_event *a, const sim_event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(sim_event *a, sim_event *b)
{
    sim_event kept = *a;
    *a = *b;
    *b = kept;
}

static void push(sim_net *net, sim_event event)
{
    if (net->count == net->capacity) {
        net->capacity = net->capacity == 0 ? 1024 : 2 * net->capacity;
        net->heap = kw_heap_resize(net->heap, net->capacity, sizeof *net->heap);
        KW_ASSERT(net->heap != NULL);
    }
    event.order = net->posted++;
    net->heap[net->count] = event;
    for (size_t at = net->count++; at > 0; at = (at - 1) / 2) {
        if (!is_before(&net->heap[at], &net->heap[(at - 1) / 2])) {
            break;
        }
        swap(&net->heap[at], &net->heap[(at - 1) / 2]);
    }
}

bool sim_net_next(sim_net *net, sim_event *out)
{
    if (net->count == 0) {
        return false;
    }
    *out = net->heap[0];
    net->now_ms = out->at_ms;
    net->heap[0] = net->heap[--net->count];
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < net->count && is_before(&net->heap[child + 1], &net->heap[child])) {
            child++;
        }
        if (child >= net->count || !is_before(&net->heap[child], &net->heap[at])) {
            return true;
        }
        swap(&net->heap[at], &net->heap[child]);
        at = child;
    }
}

static bool side_of(const sim_cut *cut, uint16_t member)
{
    return (cut->side[member / 64] >> member % 64 & 1) != 0;
}

static bool is_cut(const sim_net *net, uint16_t from, uint16_t to)
{
    for (size_t i = 0; i < net->weather.cuts_count; i++) {
        const sim_cut *cut = &net->weather.cuts[i];
        if (net->now_ms >= cut->from_ms && net->now_ms < cut->until_ms &&
            side_of(cut, from) != side_of(cut, to)) {
            return true;
        }
    }
    return false;
}

static void deliver(sim_net *net, uint16_t from, uint16_t to, uint32_t item)
{
    bool is_calm = net->now_ms >= net->weather.calm_at_ms;
    uint64_t delay = 1 + random_below(net->random, is_calm ? net->weather.calm_delay_ms
                                                           : net->weather.storm_delay_ms);
    /* What the storm holds back comes when it ends. */
    uint64_t latest = KW_MAX(net->now_ms, net->weather.calm_at_ms) + net->weather.calm_delay_ms;
    push(net,
         (sim_event){
             .at_ms = KW_MIN(net->now_ms + delay, latest), .from = from, .to = to, .item = item});
}

bool sim_net_post(sim_net *net, uint16_t from, uint16_t to, uint32_t item)
{
    KW_ASSERT(from > 0 && from <= SIM_NET_MEMBERS_MAX && to > 0 && to <= SIM_NET_MEMBERS_MAX);
    bool is_calm = net->now_ms >= net->weather.calm_at_ms;
    bool is_lost = random_below(net->random, 100) < net->weather.lost_percent;
    bool is_doubled = random_below(net->random, 100) < net->weather.doubled_percent;
    bool is_mute = net->now_ms < net->mute_until_ms[from];
    if (!is_calm && (is_lost || is_mute || is_cut(net, from, to))) {
        return false;
    }
    deliver(net, from, to, item);
    if (is_doubled) {
        deliver(net, from, to, item);
    }
    return true;
}

void sim_net_alarm(sim_net *net, uint16_t to, uint64_t at_ms, uint32_t item)
{
    push(net, (sim_event){.at_ms = KW_MAX(at_ms, net->now_ms), .to = to, .item = item});
}

sim_weather sim_weather_random(random_source *random, uint16_t members, uint64_t storm_ms,
                               uint32_t calm_delay_ms)
{
    static const uint32_t slowness[] = {1, 1, 3, 10, 40};
    static const uint32_t losses[] = {0, 0, 5, 20, 50};
    sim_weather weather = {
        .calm_at_ms = random_below(random, 4) == 0 ? 0 : 1 + random_below(random, storm_ms),
        .storm_delay_ms = calm_delay_ms * slowness[random_below(random, KW_COUNT(slowness))],
        .calm_delay_ms = calm_delay_ms,
        .lost_percent = losses[random_below(random, KW_COUNT(losses))],
        .doubled_percent = random_below(random, 2) == 0 ? 0 : 10,
        .cuts_count = random_below(random, SIM_NET_CUTS_MAX + 1),
    };
    for (size_t i = 0; i < weather.cuts_count; i++) {
        sim_cut *cut = &weather.cuts[i];
        cut->from_ms = random_below(random, storm_ms);
        cut->until_ms = cut->from_ms + random_below(random, storm_ms / 2 + 1);
        for (uint16_t member = 1; member <= members; member++) {
            cut->side[member / 64] |= random_below(random, 2) << member % 64;
        }
    }
    return weather;
}
