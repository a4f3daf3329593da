/* SPDX-License-Identifier: Apache-2.0
 * Rosters that change, operators that fail, weather: drawn from a seed. */
#include "kw_sim/plan.h"

#include "kw_sim/faults.h"
#include "support/peers.h"

enum {
    STORM_MS = 2 * SIM_INTERVAL_S * 1000,
    CALM_DELAY_MS = SIM_DELTA_MS / 4,
    SKEW_MS = SIM_DELTA_MS / 8, /* either way; Delta covers twice the delay and the difference */
    CALM_BOUNDARIES = 2,        /* that follow a storm, so that it has to end well */
};

static bool coin(random_source *random, uint32_t of)
{
    return random_below(random, of) == 0;
}

bool sim_is_rekeyed(const sim_plan *plan, uint16_t node, uint16_t b)
{
    uint16_t at = plan->parts[node].rekeyed_at;
    return at > 0 && b >= at;
}

bool sim_roster_has(const sim_roster *roster, uint16_t node)
{
    for (uint16_t i = 0; i < roster->n; i++) {
        if (roster->members[i] == node) {
            return true;
        }
    }
    return false;
}

/* n of all operators. */
static void draw_roster(sim_roster *out, random_source *random, uint16_t nodes, uint16_t n)
{
    out->n = 0;
    for (uint16_t node = 0; node < nodes && out->n < n; node++) {
        if (random_below(random, nodes - node) < (uint64_t)(n - out->n)) {
            out->members[out->n++] = node;
        }
    }
}

static void remove_member(sim_roster *roster, size_t at)
{
    roster->n--;
    roster->members[at] = roster->members[roster->n];
}

/* Some leave, some join; the size stays or changes. */
static void change_roster(sim_roster *out, random_source *random, const sim_plan *plan,
                          const sim_options *options)
{
    uint64_t leavers = random_below(random, 3);
    uint64_t joiners = random_below(random, 3);
    while (leavers-- > 0 && out->n > options->n_min) {
        remove_member(out, random_below(random, out->n));
    }
    while (joiners-- > 0 && out->n < options->n_max && out->n < plan->nodes) {
        uint16_t node = (uint16_t)random_below(random, plan->nodes);
        if (!sim_roster_has(out, node)) {
            out->members[out->n++] = node;
        }
    }
}

/* Nobody of the old committee is in the new one. */
static void replace_roster(sim_roster *out, const sim_plan *plan)
{
    sim_roster old = *out;
    out->n = 0;
    for (uint16_t node = 0; node < plan->nodes && out->n < old.n; node++) {
        if (!sim_roster_has(&old, node)) {
            out->members[out->n++] = node;
        }
    }
}

static sim_churn draw_churn(random_source *random, const sim_options *options)
{
    if (options->churn != SIM_CHURN_SEEDED) {
        return options->churn;
    }
    bool is_steady = options->is_quiet || options->is_short || coin(random, 3);
    return is_steady ? SIM_CHURN_NONE : coin(random, 3) ? SIM_CHURN_DISJOINT : SIM_CHURN_SOME;
}

static void draw_rosters(sim_plan *out, random_source *random, const sim_options *options)
{
    sim_churn churn = draw_churn(random, options);
    uint16_t n =
        (uint16_t)(options->n_min + random_below(random, options->n_max - options->n_min + 1U));
    churn = churn == SIM_CHURN_KEYS ? SIM_CHURN_NONE : churn;
    uint16_t more = churn == SIM_CHURN_DISJOINT ? n : (uint16_t)(1 + random_below(random, 4));
    more = churn == SIM_CHURN_NONE ? 0 : KW_MIN(more, (uint16_t)(SIM_NODES_MAX - n));
    out->nodes = (uint16_t)(n + more);
    draw_roster(&out->rosters[0], random, out->nodes, n);
    for (uint16_t b = 1; b < out->boundaries_count; b++) {
        out->rosters[b] = out->rosters[b - 1];
        bool is_changed = churn != SIM_CHURN_NONE && (options->churn == churn || !coin(random, 3));
        if (is_changed && churn == SIM_CHURN_DISJOINT) {
            replace_roster(&out->rosters[b], out);
        } else if (is_changed) {
            change_roster(&out->rosters[b], random, out, options);
        }
    }
}

/* Whether each roster that has the operator tolerates one more that fails. */
static bool may_fail(const sim_plan *plan, uint16_t node)
{
    for (uint16_t b = 0; b < plan->boundaries_count; b++) {
        const sim_roster *roster = &plan->rosters[b];
        uint16_t failing = 0;
        for (uint16_t i = 0; i < roster->n; i++) {
            failing = (uint16_t)(failing + (plan->parts[roster->members[i]].fate != SIM_HONEST));
        }
        if (sim_roster_has(roster, node) && failing >= (roster->n - 1) / 3) {
            return false;
        }
    }
    return true;
}

static void draw_rows(sim_part *part, random_source *random, const sim_options *options)
{
    if (options->only != NULL) {
        part->rows[0] = options->only;
        part->rows_count = 1;
        return;
    }
    part->rows_count = 1 + random_below(random, SIM_ROWS_MAX);
    for (size_t i = 0; i < part->rows_count; i++) {
        part->rows[i] = &sim_faults[random_below(random, sim_faults_count)];
    }
}

static void draw_parts(sim_plan *out, random_source *random, const sim_options *options)
{
    for (uint16_t node = 0; node < out->nodes; node++) {
        out->parts[node].skew_ms = (int32_t)random_below(random, 2 * SKEW_MS + 1) - SKEW_MS;
    }
    bool is_peaceful =
        options->is_quiet || (options->only == NULL && !options->is_short && coin(random, 4));
    uint32_t tries = is_peaceful ? 0 : 4U * out->nodes;
    while (tries-- > 0) {
        uint16_t node = (uint16_t)random_below(random, out->nodes);
        sim_part *part = &out->parts[node];
        if (part->fate != SIM_HONEST || !may_fail(out, node)) {
            continue;
        }
        bool is_dead = options->is_short || (options->only == NULL && coin(random, 4));
        part->fate = is_dead ? SIM_DEAD : SIM_FAULTY;
        if (!is_dead) {
            draw_rows(part, random, options);
        }
    }
}

/* Of numbers of its own, so that a seed means what it meant before keys changed. Faulty operators
 * keep theirs: what they make up is signed with one key. */
static void draw_keys(sim_plan *out, const sim_options *options)
{
    random_source random = {.state = out->seed ^ UINT64_C(0x6b65797300000000)};
    bool is_wanted = options->churn == SIM_CHURN_KEYS ||
                     (options->churn == SIM_CHURN_SEEDED && coin(&random, 4));
    for (uint16_t node = 0; node < out->nodes; node++) {
        uint16_t at = (uint16_t)random_below(&random, out->boundaries_count);
        bool is_changed = is_wanted && out->parts[node].fate == SIM_HONEST && !coin(&random, 3);
        out->parts[node].rekeyed_at = is_changed ? at : 0;
    }
}

static void draw_weather(sim_plan *out, random_source *random, const sim_options *options)
{
    bool is_calm =
        options->is_quiet || options->is_short || options->only != NULL || coin(random, 3);
    if (is_calm) {
        out->weather = (sim_weather){.calm_delay_ms = CALM_DELAY_MS};
        return;
    }
    uint64_t storm_ms = 1 + random_below(random, STORM_MS);
    out->weather = sim_weather_random(random, out->nodes, storm_ms, CALM_DELAY_MS);
    out->crashes = coin(random, 2) ? 0 : 1 + (uint32_t)random_below(random, 2U * out->nodes);
}

void sim_plan_draw(sim_plan *out, const sim_options *options, uint64_t seed)
{
    random_source random = {.state = seed};
    (void)random_u64(&random); /* neighbouring seeds begin alike */
    *out = (sim_plan){.seed = seed, .group = options->group, .is_traced = options->is_traced};
    out->suite = options->suite != 0 ? options->suite : (uint8_t)(1 + random_below(&random, 2));
    uint8_t curve = coin(&random, 4) ? KW_PEER_BN254 : PEER_ED25519;
    out->curve = options->curve != 0 ? options->curve : curve;
    out->has_pins = coin(&random, 2);
    out->boundaries_count = (uint16_t)(1 + random_below(&random, 4));
    if (options->boundaries != 0) {
        out->boundaries_count = options->boundaries;
    }
    draw_rosters(out, &random, options);
    draw_parts(out, &random, options);
    draw_keys(out, options);
    draw_weather(out, &random, options);
    bool is_free = !options->is_quiet && !options->is_short && options->only == NULL;
    out->holds_extracts = is_free && coin(&random, 8);
    out->is_tight = is_free && coin(&random, 8);
    bool has_storm = out->weather.calm_at_ms > 0;
    if (has_storm && options->boundaries == 0) {
        for (uint16_t i = 0; i < CALM_BOUNDARIES; i++) {
            out->rosters[out->boundaries_count] = out->rosters[out->boundaries_count - 1];
            out->boundaries_count++;
        }
    }
}
