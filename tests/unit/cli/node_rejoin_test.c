/* SPDX-License-Identifier: Apache-2.0
 * What it refuses; that the operator comes back shows tests/e2e/node_rejoin_test.c. */
#include "cli/commands.h"

#include "cli/dev_cluster.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"
#include "store/store.h"
#include "threshold/slots_file.h"

#include <stdio.h>

typedef struct bench {
    tempdir dir;
    tempdir_path folder;
    kw_arena arena;
    kw_cli cli;
    kw_dev_cluster cluster;
} bench;

static bench b;

static int make(void **state)
{
    (void)state;
    b = (bench){.dir = tempdir_make(), .arena = kw_arena_init(16 << 20)};
    b.folder = tempdir_join(&b.dir, "cluster");
    b.cli.arena = &b.arena;
    seeded_rng seed = {.seed = 9};
    kw_rng rng = seeded_rng_port(&seed);
    const kw_dev_plan plan = {
        .folder = kw_str_of(b.folder.text), .nodes = 1, .interval_s = 5, .suite = 2};
    EXPECT_OK(kw_dev_cluster_make(&b.cli, &b.cluster, &plan, &rng, NULL));
    return 0;
}

static int drop(void **state)
{
    (void)state;
    kw_dev_cluster_drop(&b.cluster);
    kw_arena_drop(&b.arena);
    tempdir_remove(&b.dir);
    return 0;
}

static void expect_rejoin(int exit_code, const char *more, const char *text)
{
    char words[4000];
    (void)snprintf(words, sizeof words, "node rejoin%s", more);
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(result.exit_code, exit_code);
    if (strstr(result.out, text) == NULL && strstr(result.err, text) == NULL) {
        fail_msg("no %s in %s%s", text, result.out, result.err);
    }
}

/* The configuration of the node, and more. */
static void with_node(char *words, size_t size, const char *more)
{
    (void)snprintf(words, size, " --config %s/node1/keywardd.yaml%s", b.folder.text, more);
}

static void make_store(void)
{
    kw_store *store = NULL;
    tempdir_path path = tempdir_join(&b.dir, "cluster/node1/data/keyward.db");
    kw_store_options options = {.backend = KW_STORE_SQLITE, .where = path.text, .create = true};
    EXPECT_OK(kw_store_open(&store, &options, NULL));
    kw_store_free(store);
}

static void rejoin__needs_a_yes(void **state)
{
    (void)state;
    char words[3000];
    with_node(words, sizeof words, "");
    expect_rejoin(kw_status_exit_code(KW_USAGE), words, "--confirm");
    expect_rejoin(kw_status_exit_code(KW_USAGE), " --confirm", "--config is missing");
}

static void pin(void)
{
    const kw_group_g2 generator = kw_group_bls12_381.g2_generator();
    kw_group_g2_bytes wire;
    kw_group_bls12_381.g2_encode(&wire, &generator);
    b.cluster.rows.master_key = kw_group_g2_view(&kw_group_bls12_381, &wire);
    EXPECT_OK(kw_dev_cluster_publish(&b.cli, &b.cluster, NULL));
}

static void rejoin__needs_a_pinned_key(void **state)
{
    (void)state;
    char words[3000];
    with_node(words, sizeof words, " --confirm");
    make_store();
    expect_rejoin(kw_status_exit_code(KW_REFUSED), words, "pins no key");
}

static void rejoin__writes_the_moment_down(void **state)
{
    (void)state;
    char words[3000];
    with_node(words, sizeof words, " --confirm");
    pin();
    make_store();
    expect_rejoin(0, words, "rejoined_at: 20");
    expect_rejoin(0, words, "rejoined_at: 20"); /* again is fine */
}

/* Whoever mistypes a path gets no new store, and a running daemon is not disturbed. */
static void rejoin__needs_the_store_and_its_slots(void **state)
{
    (void)state;
    char words[3000];
    with_node(words, sizeof words, " --confirm");
    pin();
    expect_rejoin(kw_status_exit_code(KW_NOT_FOUND), words, "opening the store");
    make_store();
    seeded_rng seed = {.seed = 3};
    kw_rng rng = seeded_rng_port(&seed);
    KW_AUTO_PTR(kw_slots) slots = NULL;
    tempdir_path path = tempdir_join(&b.dir, "cluster/node1/data/slots");
    EXPECT_OK(kw_slots_open(&slots, path.text, &rng, NULL));
    expect_rejoin(kw_status_exit_code(KW_BUSY), words, "stop the daemon first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rejoin__needs_a_yes, make, drop),
        cmocka_unit_test_setup_teardown(rejoin__needs_a_pinned_key, make, drop),
        cmocka_unit_test_setup_teardown(rejoin__needs_the_store_and_its_slots, make, drop),
        cmocka_unit_test_setup_teardown(rejoin__writes_the_moment_down, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
