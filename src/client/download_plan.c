/* SPDX-License-Identifier: Apache-2.0
 * A word for each segment says which of its leaves are there; all else is arithmetic on them. */
#include "client/download_plan.h"

#include "base/heap.h"

enum {
    LATE_FACTOR = 4, /* times as long as another mirror would need */
    LATE_MS_MIN = 100,
};

_Static_assert(KW_SEGMENT_LEAVES == 64, "the leaves of a segment are the bits of a word");

kw_status kw_download_plan_make(kw_download_plan *out, const kw_plan_rules *rules, kw_error *err)
{
    KW_REQUIRE(rules->file_bytes > 0 && rules->file_bytes <= KW_DOWNLOAD_BYTES_MAX, err, KW_LIMIT,
               "a download is of 1 byte to 128 GiB");
    KW_REQUIRE(rules->mirrors > 0 && rules->mirrors <= KW_MIRRORS_MAX, err, KW_LIMIT,
               "a download is from 1 to %d mirrors", KW_MIRRORS_MAX);
    KW_ASSERT(rules->slots > 0 && rules->slots <= KW_DOWNLOAD_SLOTS);
    uint64_t leaves = kw_leaf_count(rules->file_bytes);
    uint64_t segments = (leaves + KW_SEGMENT_LEAVES - 1) / KW_SEGMENT_LEAVES;
    uint64_t *have = kw_heap_new(segments, sizeof *have);
    KW_REQUIRE(have != NULL, err, KW_NO_MEMORY, "no memory for a download");
    *out = (kw_download_plan){.rules = *rules,
                              .have = have,
                              .segments = segments,
                              .leaves = leaves,
                              .leaves_left = leaves};
    return KW_OK;
}

void kw_download_plan_drop(kw_download_plan *plan)
{
    kw_heap_free(plan->have);
    *plan = (kw_download_plan){0};
}

/* ---- leaves ---- */

static uint64_t end_of_leaf(const kw_download_plan *plan, uint64_t leaf)
{
    return leaf + 1 == plan->leaves ? plan->rules.file_bytes : (leaf + 1) * KW_LEAF_BYTES;
}

size_t kw_download_plan_leaf_bytes(const kw_download_plan *plan, uint64_t leaf)
{
    return (size_t)(end_of_leaf(plan, leaf) - leaf * KW_LEAF_BYTES);
}

bool kw_download_plan_has(const kw_download_plan *plan, uint64_t leaf)
{
    KW_ASSERT(leaf < plan->leaves);
    return (plan->have[leaf / KW_SEGMENT_LEAVES] >> (leaf % KW_SEGMENT_LEAVES) & 1) != 0;
}

bool kw_download_plan_mark(kw_download_plan *plan, uint64_t leaf)
{
    if (kw_download_plan_has(plan, leaf)) {
        return false;
    }
    plan->have[leaf / KW_SEGMENT_LEAVES] |= UINT64_C(1) << (leaf % KW_SEGMENT_LEAVES);
    plan->leaves_left--;
    return true;
}

uint64_t kw_download_plan_bytes(const kw_download_plan *plan)
{
    uint64_t bytes = (plan->leaves - plan->leaves_left) * KW_LEAF_BYTES;
    size_t last_bytes = kw_download_plan_leaf_bytes(plan, plan->leaves - 1);
    return kw_download_plan_has(plan, plan->leaves - 1) ? bytes - (KW_LEAF_BYTES - last_bytes)
                                                        : bytes;
}

/* The first leaves in a row, of that segment, that are not there; false: all
 * are. */
static bool find_gap(const kw_download_plan *plan, uint64_t segment, uint64_t *out_first,
                     uint64_t *out_end)
{
    uint64_t leaf = segment * KW_SEGMENT_LEAVES;
    uint64_t stop = KW_MIN(leaf + KW_SEGMENT_LEAVES, plan->leaves);
    while (leaf < stop && kw_download_plan_has(plan, leaf)) {
        leaf++;
    }
    *out_first = leaf;
    while (leaf < stop && !kw_download_plan_has(plan, leaf)) {
        leaf++;
    }
    *out_end = leaf;
    return *out_first < leaf;
}

/* ---- who is asked ---- */

static bool may_ask(const kw_download_plan *plan, uint32_t at, kw_unix_ms now_ms)
{
    const kw_plan_mirror *mirror = &plan->mirrors[at];
    return !mirror->is_left && mirror->slots < KW_MIRROR_CONNECTIONS &&
           now_ms >= mirror->rests_till;
}

/* True when `a` is the faster one; one that nobody has measured yet goes before. */
static bool is_faster(const kw_plan_mirror *a, const kw_plan_mirror *b)
{
    if (a->busy_ms == 0 || b->busy_ms == 0) {
        return a->busy_ms == 0 && b->busy_ms != 0;
    }
    return (kw_u128)a->bytes * b->busy_ms > (kw_u128)b->bytes * a->busy_ms;
}

/* The fastest mirror that may be asked, with fewest connections first so that each is tried; false:
 * none may, or too many are at work. */
static bool pick_mirror(const kw_download_plan *plan, uint32_t *out, kw_unix_ms now_ms)
{
    uint32_t working = 0;
    for (uint32_t i = 0; i < plan->rules.mirrors; i++) {
        working += plan->mirrors[i].slots > 0;
    }
    bool has_one = false;
    for (uint32_t i = 0; i < plan->rules.mirrors; i++) {
        const kw_plan_mirror *mirror = &plan->mirrors[i];
        bool is_extra = mirror->slots == 0 && working == KW_MIRRORS_AT_ONCE;
        if (is_extra || !may_ask(plan, i, now_ms)) {
            continue;
        }
        const kw_plan_mirror *best = &plan->mirrors[*out];
        if (!has_one || mirror->slots < best->slots ||
            (mirror->slots == best->slots && is_faster(mirror, best))) {
            *out = i;
            has_one = true;
        }
    }
    return has_one;
}

/* ---- what is fetched ---- */

/* How many connections fetch that segment, and the one that was opened last. */
static unsigned fetchers(const kw_download_plan *plan, uint64_t segment, const kw_plan_slot **last)
{
    unsigned count = 0;
    for (unsigned i = 0; i < KW_DOWNLOAD_SLOTS; i++) {
        if (plan->slots[i].is_open && plan->slots[i].segment == segment) {
            *last = &plan->slots[i];
            count++;
        }
    }
    return count;
}

/* True when `mirror`, by its rate so far, had brought that task several times by now. */
static bool is_late(const kw_plan_slot *slot, const kw_plan_mirror *mirror, kw_unix_ms now_ms)
{
    uint64_t elapsed_ms = (uint64_t)KW_MAX(now_ms - slot->opened_ms, 0);
    uint64_t bytes = slot->task.end - slot->task.first;
    return mirror->busy_ms > 0 && elapsed_ms >= LATE_MS_MIN &&
           (kw_u128)elapsed_ms * mirror->bytes > (kw_u128)LATE_FACTOR * bytes * mirror->busy_ms;
}

/* A segment that is not whole and that nobody fetches, or, if `mirror` is given, one whose only
 * connection is late and goes to another mirror. */
static bool pick_segment(const kw_download_plan *plan, kw_plan_slot *out, const uint32_t *mirror,
                         kw_unix_ms now_ms)
{
    for (uint64_t i = 0; i < plan->segments; i++) {
        uint64_t first = 0;
        uint64_t end = 0;
        const kw_plan_slot *last = NULL;
        if (!find_gap(plan, i, &first, &end)) {
            continue;
        }
        unsigned count = fetchers(plan, i, &last);
        bool is_free = count == 0;
        bool is_taken_over = mirror != NULL && count == 1 && last->task.mirror != *mirror &&
                             is_late(last, &plan->mirrors[*mirror], now_ms);
        if (is_free || is_taken_over) {
            out->segment = i;
            out->task.first = first * KW_LEAF_BYTES;
            out->task.end = end_of_leaf(plan, end - 1);
            return true;
        }
    }
    return false;
}

static bool pick_slot(const kw_download_plan *plan, unsigned *out)
{
    for (unsigned i = 0; i < plan->rules.slots; i++) {
        if (!plan->slots[i].is_open) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool kw_download_plan_claim(kw_download_plan *plan, unsigned *out_slot, kw_plan_task *out,
                            kw_unix_ms now_ms)
{
    uint32_t mirror = 0;
    unsigned at = 0;
    kw_plan_slot slot = {.is_open = true, .opened_ms = now_ms, .window_ms = now_ms};
    bool is_found =
        plan->leaves_left > 0 && pick_slot(plan, &at) && pick_mirror(plan, &mirror, now_ms) &&
        (pick_segment(plan, &slot, NULL, now_ms) || pick_segment(plan, &slot, &mirror, now_ms));
    if (!is_found) {
        return false;
    }
    slot.task.mirror = mirror;
    plan->slots[at] = slot;
    plan->mirrors[mirror].slots++;
    *out_slot = at;
    *out = slot.task;
    return true;
}

/* ---- what comes ---- */

void kw_download_plan_feel(kw_download_plan *plan, unsigned slot, size_t bytes)
{
    plan->slots[slot].bytes += bytes;
    plan->slots[slot].window_bytes += bytes;
}

bool kw_download_plan_take(kw_download_plan *plan, unsigned slot, uint64_t leaf)
{
    kw_plan_slot *from = &plan->slots[slot];
    KW_ASSERT(from->is_open && leaf / KW_SEGMENT_LEAVES == from->segment);
    bool is_new = kw_download_plan_mark(plan, leaf);
    from->has_leaf = from->has_leaf || is_new;
    return is_new;
}

bool kw_download_plan_is_slow(kw_download_plan *plan, unsigned slot, kw_unix_ms now_ms)
{
    kw_plan_slot *from = &plan->slots[slot];
    uint64_t elapsed_ms = (uint64_t)KW_MAX(now_ms - from->window_ms, 0);
    if (!from->is_open || elapsed_ms < plan->rules.slow_ms) {
        return false;
    }
    bool is_slow = from->window_bytes * 1000 < plan->rules.slow_bytes_per_s * elapsed_ms;
    from->window_ms = now_ms;
    from->window_bytes = 0;
    return is_slow;
}

bool kw_download_plan_is_idle(const kw_download_plan *plan, unsigned slot)
{
    const kw_plan_task *task = &plan->slots[slot].task;
    for (uint64_t leaf = task->first / KW_LEAF_BYTES; leaf * KW_LEAF_BYTES < task->end; leaf++) {
        if (!kw_download_plan_has(plan, leaf)) {
            return false;
        }
    }
    return true;
}

/* A mirror that brought something is not at its end, however often it breaks off. */
static void rest_mirror(kw_download_plan *plan, kw_plan_mirror *mirror, bool has_leaf,
                        const kw_plan_end *end)
{
    const kw_backoff *backoff = &plan->rules.backoff;
    mirror->failures = has_leaf ? 1 : mirror->failures + 1;
    mirror->is_left = mirror->is_left || mirror->failures >= backoff->attempts_max;
    mirror->rests_till =
        end->now_ms +
        (kw_unix_ms)kw_backoff_wait_ms(backoff, mirror->failures, end->retry_after_ms, end->random);
}

bool kw_download_plan_end(kw_download_plan *plan, unsigned slot, const kw_plan_end *end)
{
    kw_plan_slot *from = &plan->slots[slot];
    KW_ASSERT(from->is_open);
    kw_plan_mirror *mirror = &plan->mirrors[from->task.mirror];
    bool was_left = mirror->is_left;
    mirror->slots--;
    mirror->bytes += from->bytes;
    mirror->busy_ms += (uint64_t)KW_MAX(end->now_ms - from->opened_ms, 1);
    switch (end->outcome) {
    case KW_PLAN_DONE:
        mirror->failures = 0;
        break;
    case KW_PLAN_BROKEN:
        rest_mirror(plan, mirror, from->has_leaf, end);
        break;
    case KW_PLAN_LYING:
        mirror->is_left = true;
        break;
    }
    *from = (kw_plan_slot){.is_open = false};
    return mirror->is_left && !was_left;
}

bool kw_download_plan_is_complete(const kw_download_plan *plan)
{
    return plan->leaves_left == 0;
}

bool kw_download_plan_is_hopeless(const kw_download_plan *plan)
{
    for (uint32_t i = 0; i < plan->rules.mirrors; i++) {
        if (!plan->mirrors[i].is_left || plan->mirrors[i].slots > 0) {
            return false;
        }
    }
    return plan->leaves_left > 0;
}
