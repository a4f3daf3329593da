/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/dev_cluster.h"

#include "crypto/hash.h"
#include "cli/commands.h"
#include "client/threshold_cluster.h"
#include "node/config.h"
#include "os/file.h"
#include "os/process.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"

#include <stdio.h>

typedef struct bench {
    tempdir dir;
    tempdir_path folder;
    kw_arena arena;
    kw_cli cli;
    seeded_rng seed;
    kw_rng rng;
    kw_dev_plan plan;
    kw_dev_cluster cluster;
} bench;

static bench b;

static int make(void **state)
{
    (void)state;
    b = (bench){.dir = tempdir_make(), .arena = kw_arena_init(16 << 20), .seed = {.seed = 5}};
    b.folder = tempdir_join(&b.dir, "cluster");
    b.cli.arena = &b.arena;
    b.rng = seeded_rng_port(&b.seed);
    b.plan =
        (kw_dev_plan){.folder = kw_str_of(b.folder.text), .nodes = 4, .interval_s = 5, .suite = 2};
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

static const char *path_of(uint32_t at, const char *name)
{
    kw_str path = {0};
    EXPECT_OK(kw_dev_cluster_path(&b.cli, &path, &b.cluster, at, name));
    return path.ptr;
}

static void make__gives_each_operator_what_its_daemon_takes(void **state)
{
    (void)state;
    EXPECT_OK(kw_dev_cluster_make(&b.cli, &b.cluster, &b.plan, &b.rng, NULL));
    for (uint32_t at = 0; at < 4; at++) {
        KW_AUTO(kw_node_settings) settings = {0};
        kw_file_info info;
        EXPECT_OK(
            kw_node_settings_load(&settings, path_of(at, "keywardd.yaml"), (kw_strs){0}, NULL));
        assert_true(kw_threshold_config_is_on(&settings.config.threshold));
        EXPECT_STR(settings.config.threshold.address, b.cluster.rows.genesis.items[at].address.ptr);
        static const char *const secrets[] = {"operator.key", "seal.key", "peer.key"};
        for (size_t i = 0; i < KW_COUNT(secrets); i++) {
            EXPECT_OK(kw_file_stat(&info, path_of(at, secrets[i]), NULL));
            assert_true(info.is_private);
            assert_true(info.size >= 32);
        }
    }
}

/* Whoever joins later gets its certificate from the same authority. */
static void make__leaves_an_authority_for_more(void **state)
{
    (void)state;
    char words[1200];
    EXPECT_OK(kw_dev_cluster_make(&b.cli, &b.cluster, &b.plan, &b.rng, NULL));
    (void)snprintf(words, sizeof words, "dev-ca issue %s node5 --peer --host localhost",
                   b.folder.text);
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(result.exit_code, 0);
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, tempdir_join(&b.dir, "cluster/ca.key").text, NULL));
    assert_true(info.is_private);
}

static void publish__writes_what_clients_read(void **state)
{
    (void)state;
    kw_client_cluster read = {0};
    tempdir_path cluster = tempdir_join(&b.dir, "cluster/cluster.json");
    tempdir_path operators = tempdir_join(&b.dir, "cluster/operators.json");
    kw_client_cluster_options options = {.cluster_file = cluster.text};
    EXPECT_OK(kw_dev_cluster_make(&b.cli, &b.cluster, &b.plan, &b.rng, NULL));
    EXPECT_OK(kw_client_cluster_load(&read, &options, NULL)); /* for the daemons */
    kw_hash32 id = read.file.cluster_id;
    kw_client_cluster_drop(&read);
    b.cluster.rows.genesis.items[2].public_url = KW_STR("https://127.0.0.1:4321");
    EXPECT_OK(kw_dev_cluster_publish(&b.cli, &b.cluster, NULL));
    options.operators_file = operators.text;
    EXPECT_OK(kw_client_cluster_load(&read, &options, NULL));
    assert_true(kw_hash32_equal(&read.file.cluster_id, &id)); /* places are not in it */
    assert_int_equal(read.operators.roster.n, 4);
    bool is_there = false;
    for (uint16_t i = 0; i < 4; i++) {
        is_there = is_there || kw_str_equal(read.operators.places[i].public_url,
                                            KW_STR("https://127.0.0.1:4321"));
    }
    assert_true(is_there);
    kw_client_cluster_drop(&read);
}

static void make__replaces_nothing(void **state)
{
    (void)state;
    EXPECT_OK(kw_file_write_atomic(b.folder.text, (kw_span){0}, 0600, NULL));
    EXPECT_STATUS(kw_dev_cluster_make(&b.cli, &b.cluster, &b.plan, &b.rng, NULL), KW_CONFLICT);
}

static void make__gives_files_to_a_user_only_as_root(void **state)
{
    (void)state;
    kw_file_info info;
    b.plan.user = KW_STR("nobody");
    kw_status wanted = kw_process_is_root() ? KW_OK : KW_FORBIDDEN;
    EXPECT_STATUS(kw_dev_cluster_make(&b.cli, &b.cluster, &b.plan, &b.rng, NULL), wanted);
    if (kw_process_is_root()) {
        EXPECT_OK(kw_file_stat(&info, path_of(0, "operator.key"), NULL));
        assert_true(info.owner != 0);
    }
    kw_dev_cluster_drop(&b.cluster);
    b.plan.user = KW_STR("no-such-user");
    tempdir_path other = tempdir_join(&b.dir, "other");
    b.plan.folder = kw_str_of(other.text);
    EXPECT_STATUS(kw_dev_cluster_make(&b.cli, &b.cluster, &b.plan, &b.rng, NULL), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(make__gives_each_operator_what_its_daemon_takes, make,
                                        drop),
        cmocka_unit_test_setup_teardown(make__leaves_an_authority_for_more, make, drop),
        cmocka_unit_test_setup_teardown(publish__writes_what_clients_read, make, drop),
        cmocka_unit_test_setup_teardown(make__replaces_nothing, make, drop),
        cmocka_unit_test_setup_teardown(make__gives_files_to_a_user_only_as_root, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
