/* SPDX-License-Identifier: Apache-2.0
 * What happens to machines and networks, done to operators as processes. KW_SOAK: 100 kills, 24
 * boundaries of churn. */
#include "support/committee_faults.h"

#include "os/clock.h"
#include "os/file.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/house_wire.h"
#include "support/kept_secrets.h"
#include "support/liar.h"
#include "support/peer_post.h"
#include "support/random_source.h"
#include "support/sealed_text.h"
#include "support/seeded_rng.h"
#include "support/slow_disk.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ALL_OF_4 = 0xf,
    INTERVAL_S = 6,
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

static uint32_t suite;     /* of all keys in this group of tests */
static committee *running; /* of the test; what fails leaves it to the teardown */
static sealed_text sealed; /* to the key of `running`, once it has one */

static int stop_running(void **state)
{
    KW_UNUSED(state);
    committee *c = running;
    running = NULL;
    if (c != NULL) {
        committee_free(c);
    }
    return 0;
}

/* Houses 0..3 make the first key. */
static committee *four(committee_plan plan)
{
    plan.count = plan.count == 0 ? 4 : plan.count;
    plan.genesis = 4;
    plan.suite = suite;
    plan.interval_s = plan.interval_s == 0 ? INTERVAL_S : plan.interval_s;
    running = committee_make(&plan);
    sealed = (sealed_text){""};
    return running;
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

/* All have the first key: a text is encrypted to it, which must open whatever comes. */
static void wait_for_key(committee *c)
{
    wait_all(c, 1);
    sealed = sealed_text_make(c);
}

/* No two certificates of an epoch differ, the key still decrypts, nothing secret is in any file. */
static void expect_sound(committee *c)
{
    committee_expect_sound(c);
    sealed_text_expect_opens(c, &sealed);
    kept_secrets_expect(c);
}

/* It is over: one more epoch at all members, and nothing is wrong anywhere. */
static void expect_recovery(committee *c)
{
    wait_all(c, newest(c) + 1);
    expect_sound(c);
}

static void killed_at_any_moment__they_go_on(void **state)
{
    KW_UNUSED(state);
    committee *c = four((committee_plan){.count = 4});
    random_source random = random_fixed("kills");
    start_all(c, ALL_OF_4);
    for (uint32_t i = 0; i < rounds(KILLS, KILLS_SOAK); i++) {
        uint32_t victim = (uint32_t)random_below(&random, 4);
        /* Any moment of an interval will do, the first one included: that is the fault. */
        kw_sleep_ms(random_below(&random, INTERVAL_S * 1000));
        committee_restart(c, victim);
        if (sealed.master_key[0] == '\0' && newest(c) > 0) {
            wait_for_key(c);
        }
    }
    if (sealed.master_key[0] == '\0') {
        wait_for_key(c);
    }
    expect_recovery(c);
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

/* At each of them one more session comes to nothing. */
static void wait_for_aborts(committee *c)
{
    static const char aborted[] = "\"session_aborted\"";
    size_t before[4];
    for (uint32_t i = 0; i < 4; i++) {
        before[i] = house_count_texts(c->houses[i], "keywardd.log", aborted);
    }
    for (uint32_t i = 0; i < 4; i++) {
        house_wait_for_texts(c->houses[i], "keywardd.log", aborted, before[i] + 1);
    }
}

static void parted_in_halves(cable_kind kind)
{
    committee *c = four((committee_plan){.has_cables = true});
    start_all(c, ALL_OF_4);
    wait_for_key(c);
    set_halves(c, (cable_state){.kind = kind});
    wait_for_aborts(c); /* of one that may have begun before */
    uint64_t then = newest(c);
    wait_for_aborts(c); /* of one that began with the cut */
    assert_int_equal(newest(c), then);
    sealed_text_expect_opens(c, &sealed); /* the epoch before serves */
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

/* Within what Delta allows: 40 ms each way, and 250 ms of Delta. */
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
    wait_for_key(c);
    wait_all(c, 2);
    expect_sound(c);
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
    sealed = sealed_text_make(c);
    sealed_text_expect_opens(c, &sealed);
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
        int64_t ahead_s = INTERVAL_LONG_S - (now_s + LEAD_S) % INTERVAL_LONG_S;
        for (uint32_t i = 0; i < 4; i++) {
            char offset[32];
            (void)snprintf(offset, sizeof offset, "+%" PRId64,
                           ahead_s + apart_s[i] + pass * INTERVAL_LONG_S);
            house_set_clock(c->houses[i], offset);
        }
        if (pass == 0) {
            start_all(c, ALL_OF_4);
        }
        wait_all(c, (uint64_t)pass + 1);
    }
    sealed = sealed_text_make(c);
    expect_sound(c);
}

/* 10 ms are within what Delta allows; 60 ms, several times for each message, are not. */
static void a_slow_disk__holds_up_nobody_else(void **state)
{
    KW_UNUSED(state);
    if (!slow_disk_is_possible()) {
        skip();
    }
    committee *c = four((committee_plan){0});
    for (uint32_t i = 0; i < 4; i++) {
        slow_disk_set(i == 3 ? 60 : 10);
        committee_start(c, i);
    }
    slow_disk_set(0);
    committee_list(c, ALL_OF_4);
    for (uint32_t i = 0; i < 3; i++) {
        (void)committee_wait_epoch(c, i, 2);
    }
    sealed = sealed_text_make(c);
    expect_sound(c);
}

/* ---- who speaks to the peer port ---- */

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
        const house *to = c->houses[i % 3];
        assert_int_equal(peer_post(to, c->houses[3], "peer", path, (kw_span){bytes, len}), 400);
    }
    wait_for_key(c);
    expect_recovery(c);
}

/* ---- who says two things ---- */

/* The first proof of fraud that the house filed; false: none yet. */
static bool find_proof(const house *h, tempdir_path *out)
{
    glob_t found = {0};
    tempdir_path pattern = house_path(h, "data/*.kwf");
    bool is_there = glob(pattern.text, 0, NULL, &found) == 0;
    if (is_there) {
        (void)snprintf(out->text, sizeof out->text, "%s", found.gl_pathv[0]);
    }
    globfree(&found);
    return is_there;
}

/* A second HELLO of house 3 for the session of the last boundary, to the others; they have
 * forgotten that session, or it has no such certificate before it: then another will come. */
static void lie_once(committee *c, const liar *who)
{
    process_result certificate = {0};
    KW_AUTO(kw_buf) json = kw_buf_init(1 << 16);
    kw_clock system = kw_clock_system();
    uint64_t now_s = (uint64_t)kw_clock_now_ms(&system) / 1000;
    assert_int_equal(committee_get(c, 0, "/epoch", &certificate), 200);
    liar_say_hello(who, &json, kw_buf_view(&certificate.out), now_s - now_s % INTERVAL_S);
    for (uint32_t to = 0; to < 3; to++) {
        (void)peer_post(c->houses[to], c->houses[3], "peer", "/reshare/hello", kw_buf_view(&json));
    }
    process_result_drop(&certificate);
}

static void one_that_says_two_things__is_convicted(void **state)
{
    KW_UNUSED(state);
    committee *c = four((committee_plan){0});
    kw_arena arena = kw_arena_init(2 * KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_file cluster;
    seeded_rng seeded = {.seed = 1};
    kw_rng rng = seeded_rng_port(&seeded);
    start_all(c, ALL_OF_4);
    wait_for_key(c);
    EXPECT_OK(kw_file_read(&file, house_path(c->houses[0], "cluster.json").text, NULL));
    EXPECT_OK(kw_cluster_file_decode(&cluster, &arena, kw_buf_view(&file), NULL));
    const liar who = {.cluster = &cluster,
                      .roster = &cluster.genesis.roster,
                      .self = c->file.peers[3].address,
                      .signer = c->file.peers[3].signer,
                      .rng = &rng};
    tempdir_path proof;
    while (!find_proof(c->houses[0], &proof)) { /* ctest has a limit */
        lie_once(c, &who);
    }
    process_result result = {0};
    const char *const argv[] = {KW_BIN_DIR "/keyward", "fraud", "verify", proof.text, NULL};
    process_expect(&result, 0, argv, (kw_str){0});
    assert_non_null(
        memmem(result.out.ptr, result.out.len, c->file.addresses[3], strlen(c->file.addresses[3])));
    process_result_drop(&result);
    kw_arena_drop(&arena);
    sealed_text_expect_opens(c, &sealed);
    kept_secrets_expect(c);
}

/* ---- who comes and goes ---- */

static void churn_at_each_boundary__keeps_the_key(void **state)
{
    KW_UNUSED(state);
    static const uint32_t lists[] = {0x1e, 0x3c, 0x39, 0x33, 0x27, 0x0f, 0x3f, 0x2d};
    committee *c = four((committee_plan){.count = 6});
    start_all(c, ALL_OF_4);
    wait_for_key(c);
    for (uint32_t i = 0; i < rounds(CHURNS, CHURNS_SOAK); i++) {
        uint64_t before = newest(c);
        committee_list(c, lists[i % KW_COUNT(lists)]);
        wait_all(c, before + 1);
        sealed_text_expect_opens(c, &sealed);
    }
    expect_recovery(c);
}

int committee_faults_run(uint32_t of_suite, const char *group)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(killed_at_any_moment__they_go_on, stop_running),
        cmocka_unit_test_teardown(a_network_that_is_cut_in_two__heals, stop_running),
        cmocka_unit_test_teardown(a_network_that_swallows__heals, stop_running),
        cmocka_unit_test_teardown(a_slow_network__is_enough, stop_running),
        cmocka_unit_test_teardown(one_that_nobody_hears__does_not_hold_up_the_others, stop_running),
        cmocka_unit_test_teardown(clocks_2_s_apart__agree, stop_running),
        cmocka_unit_test_teardown(a_slow_disk__holds_up_nobody_else, stop_running),
        cmocka_unit_test_teardown(junk_at_the_peer_port__changes_nothing, stop_running),
        cmocka_unit_test_teardown(one_that_says_two_things__is_convicted, stop_running),
        cmocka_unit_test_teardown(churn_at_each_boundary__keeps_the_key, stop_running),
    };
    suite = of_suite;
    return cmocka_run_group_tests_name(group, tests, NULL, NULL);
}
