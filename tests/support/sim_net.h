/* SPDX-License-Identifier: Apache-2.0
 * A network on virtual time: one queue of deliveries and alarms, in the order of their moments. Its
 * faults follow from a seed. What travels is a number that the simulation gives a meaning to. */
#ifndef KW_TESTS_SUPPORT_SIM_NET_H
#define KW_TESTS_SUPPORT_SIM_NET_H

#include "support/random_source.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    SIM_NET_MEMBERS_MAX = 512,
    SIM_NET_CUTS_MAX = 4,
};

/* While it lasts, nothing passes between the two sides. */
typedef struct sim_cut {
    uint64_t from_ms;
    uint64_t until_ms;
    uint64_t side[SIM_NET_MEMBERS_MAX / 64 + 1]; /* bit of each member: on which side it is */
} sim_cut;

/* Storm before `calm_at_ms`, a synchronous network from then on. */
typedef struct sim_weather {
    uint64_t calm_at_ms;
    uint32_t storm_delay_ms; /* delays are 1..this; different ones reorder */
    uint32_t calm_delay_ms;
    uint32_t lost_percent;    /* in the storm */
    uint32_t doubled_percent; /* always: the copy comes later */
    sim_cut cuts[SIM_NET_CUTS_MAX];
    size_t cuts_count;
} sim_weather;

typedef struct sim_event {
    uint64_t at_ms;
    uint64_t order; /* of posting; decides between equal moments */
    uint16_t from;  /* 0: an alarm */
    uint16_t to;
    uint32_t item;
} sim_event;

/* All-zero is not valid: sim_net_new. */
typedef struct sim_net {
    sim_weather weather;
    random_source *random; /* borrowed */
    uint64_t now_ms;
    uint64_t
        mute_until_ms[SIM_NET_MEMBERS_MAX + 1]; /* nothing of this member passes in the storm */
    uint64_t posted;
    sim_event *heap; /* owned; binary heap, the next event first */
    size_t count;
    size_t capacity;
} sim_net;

sim_net sim_net_new(const sim_weather *weather, random_source *random);
void sim_net_drop(sim_net *net);

/* Sends `item`; the weather decides whether, when and how often it arrives. False: never. */
bool sim_net_post(sim_net *net, uint16_t from, uint16_t to, uint32_t item);

/* Comes back to `to` at that moment, or now if it has passed; always, and once. */
void sim_net_alarm(sim_net *net, uint16_t to, uint64_t at_ms, uint32_t item);

/* Goes to the next event; false when there is none. */
bool sim_net_next(sim_net *net, sim_event *out);

/* Random weather for `members` members: a storm of up to `storm_ms`, partitions that heal. */
sim_weather sim_weather_random(random_source *random, uint16_t members, uint64_t storm_ms,
                               uint32_t calm_delay_ms);

#endif /* KW_TESTS_SUPPORT_SIM_NET_H */
