/* SPDX-License-Identifier: Apache-2.0
 * Two of four operators leave and two join, and all who stay or join restart before the handover:
 * no list says any more where the leavers are, and without one of them nothing can be handed
 * over. */
#include "os/clock.h"
#include "support/committee.h"
#include "support/expect.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    HOUSES = 6,
    OLD = 0x0f, /* houses 0 .. 3, of which three deal */
    NEW = 0x3c, /* houses 2 .. 5 */
    INTERVAL_S = 8,
    AHEAD = 3,      /* intervals: time for all to be asked, on a busy machine */
    RARELY = 65535, /* boundaries */
    TRIES = 8,      /* sessions abort while the machine is busy */
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
                           .reshare_every = RARELY};
    committee *c = committee_make(&plan);
    for (uint32_t i = 0; i < HOUSES; i++) {
        committee_start(c, i);
    }
    committee_list(c, OLD);
    for (uint32_t i = 0; i < 4; i++) {
        (void)committee_wait_epoch(c, i, 1);
    }
    wait_until(boundary_ahead(1) + INTERVAL_S / 2); /* the joiners, too, know of the epoch */
    committee_list(c, NEW);
    wait_until(boundary_ahead(1) + INTERVAL_S / 2); /* all have read it: nothing is due */
    for (uint32_t i = 2; i < HOUSES; i++) {
        committee_restart(c, i);
    }
    wait_until(boundary_ahead(2) + INTERVAL_S / 2); /* whom they know is not news of the start */
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
