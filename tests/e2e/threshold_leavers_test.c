/* SPDX-License-Identifier: Apache-2.0
 * Two of four operators leave and two join, and all who stay or join restart before the handover:
 * no list says any more where the leavers are, and without one of them nothing can be handed
 * over. */
#include "os/clock.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/rarely.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    HOUSES = 6,
    OLD = 0x0f, /* houses 0 .. 3, of which three deal */
    NEW = 0x3c, /* houses 2 .. 5 */
    INTERVAL_S = 8,
    AHEAD = 3, /* intervals: time for all to be asked, on a busy machine */
    TRIES = 8, /* sessions abort while the machine is busy */
};

static void wait_until(uint64_t moment_s)
{
    kw_clock clock = kw_clock_system();
    while ((uint64_t)kw_clock_now_ms(&clock) < moment_s * 1000) {
        kw_sleep_ms(100);
    }
}

static uint64_t boundary_ahead(uint32_t intervals)
{
    kw_clock clock = kw_clock_system();
    return ((uint64_t)kw_clock_now_ms(&clock) / 1000 / INTERVAL_S + intervals) * INTERVAL_S;
}

/* The last boundary that the house has begun, as it prints it. */
static void look_boundary(committee *c, uint32_t at, char out[KW_RFC3339_BYTES])
{
    static const char name[] = "\"boundary\":\"";
    char url[256];
    const char *text = NULL;
    process_result result = {0};
    (void)snprintf(url, sizeof url, "%s/health", c->houses[at]->metrics_url);
    assert_int_equal(house_get(c->houses[at], &result, HOUSE_NOBODY, url), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *found = strstr(text, name);
    (void)snprintf(out, KW_RFC3339_BYTES, "%s", found == NULL ? "" : found + strlen(name));
    process_result_drop(&result);
}

/* Waits until all have begun another boundary: what belongs to the one before is done. */
static void pass_boundary(committee *c)
{
    char before[HOUSES][KW_RFC3339_BYTES];
    char now[KW_RFC3339_BYTES];
    for (uint32_t i = 0; i < HOUSES; i++) {
        look_boundary(c, i, before[i]);
    }
    for (uint32_t i = 0; i < HOUSES; i++) {
        do { /* ctest has a limit */
            look_boundary(c, i, now);
        } while (strcmp(before[i], now) == 0);
    }
}

static void pass_boundaries(committee *c, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        pass_boundary(c);
    }
}

/* Asks all for the boundary. */
static void ask_all(committee *c, uint64_t boundary)
{
    char body[64];
    char url[256];
    process_result result = {0};
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 "}", boundary);
    for (uint32_t i = 0; i < HOUSES; i++) {
        (void)snprintf(url, sizeof url, "%s/v1/threshold/reshare", c->houses[i]->admin_url);
        house_request request = {.who = HOUSE_OFFICER, .method = "POST", .url = url, .body = body};
        assert_int_equal(house_call(c->houses[i], &result, &request), 200);
    }
    process_result_drop(&result);
}

static void leavers__hand_over_to_operators_that_restarted(void **state)
{
    (void)state;
    committee_plan plan = {.count = HOUSES,
                           .genesis = 4,
                           .suite = 2,
                           .interval_s = INTERVAL_S,
                           .reshare_every = rarely(INTERVAL_S)};
    committee *c = committee_make(&plan);
    for (uint32_t i = 0; i < HOUSES; i++) {
        committee_start(c, i);
    }
    committee_list(c, OLD);
    for (uint32_t i = 0; i < 4; i++) {
        (void)committee_wait_epoch(c, i, 1);
    }
    pass_boundaries(c, 2); /* the joiners, too, know of the epoch */
    committee_list(c, NEW);
    pass_boundaries(c, 2); /* all have read it: nothing is due */
    for (uint32_t i = 2; i < HOUSES; i++) {
        committee_restart(c, i);
    }
    pass_boundaries(c, 3); /* whom they know is not news of the start */
    for (int i = 0; i < TRIES && committee_newest(c, 2) < 2; i++) {
        uint64_t boundary = boundary_ahead(AHEAD);
        ask_all(c, boundary);
        wait_until(boundary + INTERVAL_S);
    }
    for (uint32_t i = 2; i < HOUSES; i++) {
        (void)committee_wait_epoch(c, i, 2);
    }
    committee_expect_sound(c);
    committee_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leavers__hand_over_to_operators_that_restarted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
