/* SPDX-License-Identifier: Apache-2.0
 * Powers of tau. Multipliers of 128 bits: a wrong power passes with chance 2^-128. */
#include "params/engine/zk/powers.h"

enum {
    MULTIPLIER_BITS = 128
};

typedef struct sums {
    const kw_zk_powers *powers;
    kw_zk_point first;
    kw_zk_point lower; /* sum r_i P_i */
    kw_zk_point upper; /* sum r_i P_(i+1) */
} sums;

static bool is_g1(const kw_zk_work *w, const kw_zk_powers *powers)
{
    return powers->run.group == w->curve->g1;
}

static bool holds(const kw_zk_work *w, const kw_zk_powers *powers, const kw_zk_point *lower,
                  const kw_zk_point *upper)
{
    return is_g1(w, powers) ? w->curve->same_ratio(lower, upper, &powers->base, &powers->step)
                            : w->curve->same_ratio(&powers->base, &powers->step, lower, upper);
}

/* Adds links [from, from + n) between neighbouring slots, the first one being `slot`. */
static void add_links(sums *s, kw_zk_work *w, size_t slot, size_t n)
{
    const kw_zk_group *group = s->powers->run.group;
    const kw_zk_slots lower = {.first = slot, .n = n, .bits = MULTIPLIER_BITS};
    const kw_zk_slots upper = {.first = slot + 1, .n = n, .bits = MULTIPLIER_BITS};
    kw_zk_multipliers(w, n);
    kw_zk_add_terms(&s->lower, w, group, &lower);
    kw_zk_add_terms(&s->upper, w, group, &upper);
}

static sums no_sums(const kw_zk_powers *powers)
{
    return (sums){.powers = powers,
                  .lower = powers->run.group->infinity(),
                  .upper = powers->run.group->infinity()};
}

/* The first link of a block begins in the block before. */
static size_t first_slot(uint64_t first)
{
    return first == 0 ? 1 : 0;
}

static kw_status see_block(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(err);
    sums *s = user;
    if (first == 0) {
        s->first = s->powers->run.group->at(w->points, 1);
    }
    if (w->job->level == KW_ZK_FULL) {
        add_links(s, w, first_slot(first), n - first_slot(first));
    }
    return KW_OK;
}

static bool links_hold(kw_zk_work *w, const kw_zk_powers *powers, size_t slot, size_t n)
{
    sums s = no_sums(powers);
    add_links(&s, w, slot, n);
    return holds(w, powers, &s.lower, &s.upper);
}

/* The sums of one block alone; where they do not hold, halves of it until one link is left. */
static kw_status search_block(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    const kw_zk_powers *powers = user;
    size_t low = first_slot(first);
    size_t count = n - low;
    if (count == 0 || links_hold(w, powers, low, count)) {
        return KW_OK;
    }
    while (count > 1) {
        size_t half = count / 2;
        if (links_hold(w, powers, low, half)) {
            low += half;
            count -= half;
        } else {
            count = half;
        }
    }
    kw_zk_place place = kw_zk_run_place(&powers->run, first + low);
    return kw_zk_refuse(w->fault, &place, KW_REFUSED, "not tau times the point before it", err);
}

kw_status kw_zk_powers_check(kw_zk_point *out_first, kw_zk_work *w, const kw_zk_powers *powers,
                             kw_error *err)
{
    sums s = no_sums(powers);
    const kw_zk_visitor visitor = {see_block, &s};
    KW_TRY(kw_zk_walk(w, &powers->run, &visitor, err));
    if (w->job->level == KW_ZK_FULL && !holds(w, powers, &s.lower, &s.upper)) {
        const kw_zk_visitor search = {search_block, (void *)powers};
        w->hashes = false;
        KW_TRY(kw_zk_walk(w, &powers->run, &search, err));
        kw_zk_place place = kw_zk_run_place(&powers->run, 0);
        place.index = KW_ZK_NO_INDEX;
        return kw_zk_refuse(w->fault, &place, KW_REFUSED, "the points are no powers of tau", err);
    }
    *out_first = s.first;
    return KW_OK;
}
