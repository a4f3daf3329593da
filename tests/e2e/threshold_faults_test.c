/* SPDX-License-Identifier: Apache-2.0
 * Operators as processes under what happens to machines and networks: they may stand still, but
 * never disagree, and go on when it is over. KW_SOAK: 100 kills in each suite, 24 boundaries of
 * churn. */
#include "os/clock.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/house_wire.h"
#include "support/random_source.h"
#include "support/slow_disk.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ALL_OF_4 = 0xf,
    INTERVAL_S = 4,
    KILLS = 5,
    KILLS_SOAK = 100,
    CHURNS = 4,
    CHURNS_SOAK = 24,
    JUNK = 60,
    JUNK_BYTES_MAX = 4096,
};

static uint32_t rounds(uint32_t here, uint32_t soak)
{
    return getenv("KW_SOAK") != NULL ? soak : here;
}

/* Houses 0..3 make the first key. */
static committee *four(committee_plan plan)
{
    plan.count = plan.count == 0 ? 4 : plan.count;
    plan.genesis = 4;
    plan.suite = plan.suite == 0 ? 2 : plan.suite;
    plan.interval_s = plan.interval_s == 0 ? INTERVAL_S : plan.interval_s;
    return committee_make(&plan);
}

static void start_all(committee *c, uint32_t members)
{
    for (uint32_t i = 0; i < c->plan.count; i++) {
        committee_start(c, i);
    }
    committee_list(c, members);
}

/* Waits until each member has that epoch, or a later one; the newest of house `at`. */
static void wait_all(committee *c, uint64_t epoch)
{
    for (uint32_t i = 0; i < c->plan.count; i++) {
        if ((c->members >> i & 1) != 0) {
            (void)committee_wait_epoch(c, i, epoch);
        }
    }
}

/* The newest certificate that any member has. */
static uint64_t newest(committee *c)
{
    uint64_t found = 0;
    for (uint32_t i = 0; i < c->plan.count; i++) {
        if ((c->members >> i & 1) != 0) {
            uint64_t here = committee_newest(c, i);
            found = KW_MAX(found, here);
        }
    }
    return found;
}

/* It is over: one more epoch at all members, and nothing is wrong anywhere. */
static void expect_recovery(committee *c)
{
    wait_all(c, newest(c) + 1);
    committee_expect_sound(c);
    committee_free(c);
}

static void kill_them(uint32_t suite)
{
    committee *c = four((committee_plan){.suite = suite});
    random_source random = random_fixed("kills");
    start_all(c, ALL_OF_4);
    for (uint32_t i = 0; i < rounds(KILLS, KILLS_SOAK); i++) {
        uint32_t victim = (uint32_t)random_below(&random, 4);
        /* Any moment of an interval will do, the first one included: that is the fault. */
        kw_sleep_ms(random_below(&random, INTERVAL_S * 1000));
        committee_restart(c, victim);
    }
    expect_recovery(c);
}

static void killed_at_any_moment__pedersen(void **state)
{
    KW_UNUSED(state);
    kill_them(2);
}

static void killed_at_any_moment__feldman(void **state)
{
    KW_UNUSED(state);
    kill_them(1);
}

/* Half of them cannot reach the other half. */
static void set_halves(committee *c, cable_state state)
{
    for (uint32_t from = 0; from < 4; from++) {
        for (uint32_t to = 0; to < 4; to++) {
            if (from / 2 != to / 2) {
                cables_set(c->cables, from, to, state);
            }
        }
    }
}

static void parted_in_halves(cable_kind kind)
{
    committee *c = four((committee_plan){.has_cables = true});
    start_all(c, ALL_OF_4);
    wait_all(c, 1);
    set_halves(c, (cable_state){.kind = kind});
    for (uint32_t i = 0; i < 4; i++) {
        house_wait_for_text(c->houses[i], "keywardd.log", "session_aborted");
    }
    set_halves(c, (cable_state){.kind = CABLE_OPEN});
    expect_recovery(c);
}

static void a_network_that_is_cut_in_two__heals(void **state)
{
    KW_UNUSED(state);
    parted_in_halves(CABLE_CUT);
}

static void a_network_that_swallows__heals(void **state)
{
    KW_UNUSED(state);
    parted_in_halves(CABLE_SILENT);
}

/* Within what Delta allows: 40 ms each way, and 166 ms of Delta. */
static void a_slow_network__is_enough(void **state)
{
    KW_UNUSED(state);
    committee *c = four((committee_plan){.has_cables = true});
    start_all(c, ALL_OF_4);
    for (uint32_t from = 0; from < 4; from++) {
        for (uint32_t to = 0; to < 4; to++) {
            if (from != to) {
                cables_set(c->cables, from, to, (cable_state){.delay_ms = 40});
            }
        }
    }
    wait_all(c, 2);
    committee_expect_sound(c);
    committee_free(c);
}

static void one_that_nobody_hears__does_not_hold_up_the_others(void **state)
{
    KW_UNUSED(state);
    committee *c = four((committee_plan){.has_cables = true});
    for (uint32_t i = 0; i < 3; i++) {
        cables_set(c->cables, i, 3, (cable_state){.kind = CABLE_SILENT});
        cables_set(c->cables, 3, i, (cable_state){.kind = CABLE_SILENT});
    }
    start_all(c, ALL_OF_4);
    for (uint32_t i = 0; i < 3; i++) {
        (void)committee_wait_epoch(c, i, 2);
    }
    for (uint32_t i = 0; i < 3; i++) {
        cables_set(c->cables, i, 3, (cable_state){.kind = CABLE_OPEN});
        cables_set(c->cables, 3, i, (cable_state){.kind = CABLE_OPEN});
    }
    expect_recovery(c);
}

/* Delta is 2 * (one way + difference) at least. */
static void clocks_2_s_apart__agree(void **state)
{
    enum {
        INTERVAL_LONG_S = 120,
        LEAD_S = 6,
    };
    KW_UNUSED(state);
    static const int64_t apart_s[4] = {0, 2, 1, 2};
    committee *c = four((committee_plan){.interval_s = INTERVAL_LONG_S});
    kw_clock system = kw_clock_system();
    for (int64_t pass = 0; pass < 2; pass++) {
        int64_t now_s = kw_clock_now_ms(&system) / 1000;
        int64_t ahead_s = INTERVAL_LONG_S - now_s % INTERVAL_LONG_S - LEAD_S;
        for (uint32_t i = 0; i < 4; i++) {
            char offset[32];
            (void)snprintf(offset, sizeof offset, "+%lld",
                           (long long)(ahead_s + apart_s[i] + pass * INTERVAL_LONG_S));
            house_set_clock(c->houses[i], offset);
        }
        if (pass == 0) {
            start_all(c, ALL_OF_4);
        }
        wait_all(c, (uint64_t)pass + 1);
    }
    committee_expect_sound(c);
    committee_free(c);
}

static void a_disk_that_is_slow__is_waited_for(void **state)
{
    KW_UNUSED(state);
    if (!slow_disk_is_possible()) {
        skip();
    }
    committee *c = four((committee_plan){0});
    for (uint32_t i = 0; i < 4; i++) {
        slow_disk_set(i == 3 ? 60 : 5); /* ms */
        committee_start(c, i);
    }
    slow_disk_set(0);
    committee_list(c, ALL_OF_4);
    wait_all(c, 1);
    expect_recovery(c);
}

/* ---- who speaks to the peer port ---- */

/* POSTs a body to house `to` as house `from`; its HTTP status. */
static int post_as(committee *c, uint32_t from, uint32_t to, const char *path, kw_span body)
{
    house *sender = c->houses[from];
    process_result result = {0};
    KW_AUTO(kw_buf) config = kw_buf_init(1 << 16);
    house_write(sender, "post.bin", body);
    EXPECT_OK(kw_buf_append_format(&config,
                                   "silent\nmax-time = 20\ncacert = %s/pki/ca.pem\n"
                                   "cert = %s/pki/peer.pem\nkey = %s/pki/peer.key\n"
                                   "header = \"Content-Type: application/json\"\n"
                                   "data-binary = @%s/post.bin\nwrite-out = \"\\n%%{http_code}\"\n",
                                   c->houses[to]->dir.path, sender->dir.path, sender->dir.path,
                                   sender->dir.path));
    char url[256];
    (void)snprintf(url, sizeof url, "%s%s", c->houses[to]->peer_url, path);
    const char *const argv[] = {"curl", "--config", "-", url, NULL};
    process_run(&result, argv, kw_buf_text(&config));
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    assert_true(result.out.len >= 4);
    int http = (int)strtol(text + result.out.len - 3, NULL, 10);
    process_result_drop(&result);
    return http;
}

static const char *const message_paths[] = {
    "/dkg/hello",     "/dkg/commitment", "/dkg/share",        "/dkg/ack",     "/dkg/agree",
    "/dkg/complete",  "/dkg/extract",    "/reshare/hello",    "/reshare/ack", "/reshare/commitment",
    "/reshare/share", "/reshare/agree",  "/reshare/complete",
};

static void junk_at_the_peer_port__changes_nothing(void **state)
{
    KW_UNUSED(state);
    committee *c = four((committee_plan){0});
    random_source random = random_fixed("junk");
    start_all(c, ALL_OF_4);
    for (uint32_t i = 0; i < JUNK; i++) {
        uint8_t bytes[JUNK_BYTES_MAX];
        size_t len = 1 + random_below(&random, sizeof bytes - 1);
        for (size_t k = 0; k < len; k++) {
            bytes[k] = (uint8_t)random_u64(&random);
        }
        const char *path = message_paths[i % KW_COUNT(message_paths)];
        assert_int_equal(post_as(c, 3, i % 3, path, (kw_span){bytes, len}), 400);
    }
    wait_all(c, 1);
    expect_recovery(c);
}

/* ---- who comes and goes ---- */

static void churn_at_each_boundary__keeps_the_key(void **state)
{
    KW_UNUSED(state);
    static const uint32_t lists[] = {0x1e, 0x3c, 0x39, 0x33, 0x27, 0x0f, 0x3f, 0x2d};
    committee *c = four((committee_plan){.count = 6});
    start_all(c, ALL_OF_4);
    wait_all(c, 1);
    for (uint32_t i = 0; i < rounds(CHURNS, CHURNS_SOAK); i++) {
        uint64_t before = newest(c);
        committee_list(c, lists[i % KW_COUNT(lists)]);
        wait_all(c, before + 1);
    }
    expect_recovery(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment__pedersen),
        cmocka_unit_test(killed_at_any_moment__feldman),
        cmocka_unit_test(a_network_that_is_cut_in_two__heals),
        cmocka_unit_test(a_network_that_swallows__heals),
        cmocka_unit_test(a_slow_network__is_enough),
        cmocka_unit_test(one_that_nobody_hears__does_not_hold_up_the_others),
        cmocka_unit_test(clocks_2_s_apart__agree),
        cmocka_unit_test(a_disk_that_is_slow__is_waited_for),
        cmocka_unit_test(junk_at_the_peer_port__changes_nothing),
        cmocka_unit_test(churn_at_each_boundary__keeps_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
