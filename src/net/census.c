/* SPDX-License-Identifier: Apache-2.0
 * An open-addressing table of networks under one lock. */
#include "net/census.h"

#include "base/heap.h"
#include "os/thread.h"

typedef struct network {
    uint8_t bytes[16];
    uint32_t count; /* 0 = free slot */
} network;

struct kw_census {
    kw_mutex lock;
    uint32_t total;
    uint32_t total_max;
    uint32_t per_network_max;
    size_t slots_count; /* power of two, at least twice total_max */
    network slots[];
};

kw_status kw_census_new(kw_census **out, uint32_t connections_max, uint32_t per_network_max)
{
    size_t slots = 2;
    while (slots < 2 * (size_t)connections_max) {
        slots *= 2;
    }
    kw_census *census = kw_heap_new(1, sizeof *census + slots * sizeof(network));
    if (census == NULL) {
        return KW_NO_MEMORY;
    }
    census->total_max = connections_max;
    census->per_network_max = per_network_max;
    census->slots_count = slots;
    *out = census;
    return KW_OK;
}

void kw_census_free(kw_census *census)
{
    kw_heap_free(census);
}

static size_t home_of(const kw_census *census, const network *n)
{
    uint64_t words[2];
    memcpy(words, n->bytes, sizeof words);
    uint64_t mixed = (words[0] ^ words[1] >> 7 ^ words[1] << 21) * 0x9e3779b97f4a7c15U;
    return (size_t)(mixed >> 32) & (census->slots_count - 1);
}

/* The slot of the network, or the free one where it would go. */
static size_t find(const kw_census *census, const network *n)
{
    size_t at = home_of(census, n);
    while (census->slots[at].count > 0 &&
           memcmp(census->slots[at].bytes, n->bytes, sizeof n->bytes) != 0) {
        at = (at + 1) & (census->slots_count - 1);
    }
    return at;
}

/* Closes the gap at `hole` by moving later ones of the same run back (Knuth 6.4, algorithm R). */
static void close_gap(kw_census *census, size_t hole)
{
    size_t mask = census->slots_count - 1;
    for (size_t at = (hole + 1) & mask; census->slots[at].count > 0; at = (at + 1) & mask) {
        size_t home = home_of(census, &census->slots[at]);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            census->slots[hole] = census->slots[at];
            census->slots[at].count = 0;
            hole = at;
        }
    }
}

static network network_of(const kw_endpoint *address)
{
    kw_endpoint whole = kw_endpoint_network(address);
    network n = {0};
    memcpy(n.bytes, whole.bytes, sizeof n.bytes);
    return n;
}

kw_status kw_census_enter(kw_census *census, const kw_endpoint *address)
{
    network n = network_of(address);
    KW_AUTO(kw_locked) hold = kw_lock(&census->lock);
    size_t at = find(census, &n);
    if (census->total >= census->total_max || census->slots[at].count >= census->per_network_max) {
        return KW_BUSY;
    }
    memcpy(census->slots[at].bytes, n.bytes, sizeof n.bytes);
    census->slots[at].count++;
    census->total++;
    return KW_OK;
}

void kw_census_leave(kw_census *census, const kw_endpoint *address)
{
    network n = network_of(address);
    KW_AUTO(kw_locked) hold = kw_lock(&census->lock);
    size_t at = find(census, &n);
    KW_ASSERT(census->slots[at].count > 0);
    census->slots[at].count--;
    census->total--;
    if (census->slots[at].count == 0) {
        close_gap(census, at);
    }
}
