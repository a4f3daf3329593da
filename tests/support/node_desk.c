/* SPDX-License-Identifier: Apache-2.0
 * A node without a daemon. */
#include "support/node_desk.h"

#include "cli/commands.h"
#include "crypto/address_text.h"
#include "os/dir.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/stores.h"
#include "threshold/operator_key_file.h"
#include "threshold/vault.h"

#include <stdio.h>
#include <stdlib.h>

tempdir_path node_desk_path(const node_desk *desk, const char *name)
{
    char below[300];
    (void)snprintf(below, sizeof below, "cluster/node1/%s", name);
    return tempdir_join(&desk->dir, below);
}

void node_desk_write(const node_desk *desk, const char *name, const char *text)
{
    tempdir_path path = node_desk_path(desk, name);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(text)), 0600, NULL));
}

static void write_beside(const node_desk *desk, const char *name, const char *text)
{
    tempdir_path path = tempdir_join(&desk->dir, name);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(text)), 0600, NULL));
}

void node_desk_edit(const node_desk *desk, const char *from, const char *to)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) edited = kw_buf_init(1 << 16);
    const char *whole = NULL;
    EXPECT_OK(kw_file_read(&text, desk->configuration.text, NULL));
    EXPECT_OK(kw_buf_c_text(&text, &whole));
    const char *found = strstr(whole, from);
    assert_non_null(found);
    EXPECT_OK(kw_buf_append_format(&edited, "%.*s%s%s", (int)(found - whole), whole, to,
                                   found + strlen(from)));
    EXPECT_OK(kw_file_write_atomic(desk->configuration.text, kw_buf_view(&edited), 0600, NULL));
}

/* ---- making ---- */
static void pin(node_desk *desk)
{
    const kw_group_g2 generator = kw_group_bls12_381.g2_generator();
    kw_group_bls12_381.g2_encode(&desk->master, &generator);
    desk->cluster.rows.master_key = kw_group_g2_view(&kw_group_bls12_381, &desk->master);
    EXPECT_OK(kw_dev_cluster_publish(&desk->cli, &desk->cluster, NULL));
}

static void seal_key(node_desk *desk)
{
    tempdir_path raw = node_desk_path(desk, "operator.key");
    tempdir_path passphrase = node_desk_path(desk, "passphrase");
    char lines[700];
    const kw_operator_key_lock lock = {
        .passphrase = kw_secret_span_of(kw_span_of_str(KW_STR(NODE_DESK_PASSPHRASE))),
        .cost = {.memory_kib = 8, .passes = 1},
        .rng = desk->rng};
    EXPECT_OK(kw_file_remove(raw.text, NULL));
    EXPECT_OK(kw_operator_key_file_write(raw.text, desk->cluster.secrets[0], &lock, NULL));
    node_desk_write(desk, "passphrase", NODE_DESK_PASSPHRASE "\n");
    (void)snprintf(lines, sizeof lines, "key: sealed\n  passphrase_file: %s", passphrase.text);
    node_desk_edit(desk, "key: raw", lines);
}

kw_store *node_desk_store(const node_desk *desk)
{
    tempdir_path path = node_desk_path(desk, "data/keyward.db");
    const kw_store_options options = {
        .backend = KW_STORE_SQLITE, .where = path.text, .create = true};
    return stores_open(&options);
}

/* Opens the vault, and puts a record into it when there is one. */
static void use_vault(node_desk *desk, const kw_operator_record *record)
{
    kw_cluster_file file;
    kw_slots *slots = NULL;
    kw_vault *vault = NULL;
    kw_store *store = node_desk_store(desk);
    EXPECT_OK(kw_cluster_file_of_rows(&file, &desk->arena, &desk->cluster.rows, NULL));
    kw_slots_owner owner = {.cluster_id = file.cluster_id};
    EXPECT_OK(kw_address_parse(&owner.address, desk->cluster.rows.genesis.items[0].address));
    EXPECT_OK(kw_slots_place_take(&desk->slots, &slots, &owner, &desk->rng, NULL));
    const kw_vault_options options = {.store = store,
                                      .slots = slots,
                                      .operator_key =
                                          kw_operator_secret_view(desk->cluster.secrets[0]),
                                      .cluster_id = file.cluster_id,
                                      .rng = desk->rng};
    EXPECT_OK(kw_vault_open(&vault, &options, NULL));
    if (record != NULL) {
        const kw_operator_action action = {.act = KW_OPERATOR_PERSIST, .record = *record};
        EXPECT_OK(kw_vault_stage(vault, &action, NULL));
        EXPECT_OK(kw_vault_commit(vault, NULL));
    }
    kw_vault_free(vault);
    kw_slots_free(slots);
    kw_store_free(store);
}

void node_desk_run(node_desk *desk)
{
    use_vault(desk, NULL);
}

void node_desk_go_on(node_desk *desk)
{
    const kw_operator_record record = {
        .kind = KW_RECORD_SESSION,
        .scope = {{1}},
        .bytes = kw_secret_span_of(kw_span_of_str(KW_STR("a polynomial")))};
    use_vault(desk, &record);
}

static void register_apps(const node_desk *desk)
{
    kw_store *store = node_desk_store(desk);
    stores_write(store, "INSERT INTO threshold_apps (id, policy, uses, registered_at) VALUES"
                        " ('ledger', '{\"access\":\"open\"}', 3, 1700000000),"
                        " ('wallet', '{\"access\":\"open\"}', 0, 1700000001)");
    kw_store_free(store);
}

void node_desk_make(node_desk *desk)
{
    *desk =
        (node_desk){.dir = tempdir_make(), .arena = kw_arena_init(32 << 20), .seed = {.seed = 9}};
    desk->folder = tempdir_join(&desk->dir, "cluster");
    desk->configuration = node_desk_path(desk, "keywardd.yaml");
    desk->folder_of_slots = node_desk_path(desk, "data/slots");
    desk->slots.dir = desk->folder_of_slots.text;
    desk->cli.arena = &desk->arena;
    desk->rng = seeded_rng_port(&desk->seed);
    const kw_dev_plan plan = {
        .folder = kw_str_of(desk->folder.text), .nodes = 1, .interval_s = 5, .suite = 2};
    EXPECT_OK(kw_dev_cluster_make(&desk->cli, &desk->cluster, &plan, &desk->rng, NULL));
    pin(desk);
    seal_key(desk);
    node_desk_run(desk);
    register_apps(desk);
    write_beside(desk, "backup.passphrase", "of the backup\n");
    write_beside(desk, "wrong.passphrase", "of something else\n");
}

void node_desk_drop(node_desk *desk)
{
    kw_dev_cluster_drop(&desk->cluster);
    kw_arena_drop(&desk->arena);
    tempdir_remove(&desk->dir);
}

void node_desk_lose(const node_desk *desk)
{
    tempdir_path kept = node_desk_path(desk, "passphrase");
    tempdir_path aside = tempdir_join(&desk->dir, "aside");
    assert_int_equal(rename(kept.text, aside.text), 0);
    tempdir lost = {{0}};
    (void)snprintf(lost.path, sizeof lost.path, "%s/cluster", desk->dir.path);
    tempdir_remove(&lost);
    tempdir_path node = tempdir_join(&desk->dir, "cluster/node1");
    EXPECT_OK(kw_dir_make(node.text, 0700, NULL));
    assert_int_equal(rename(aside.text, kept.text), 0);
}

void node_desk_expect(const node_desk *desk, int exit_code, const char *words, const char *text)
{
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    const char *spelled = NULL;
    for (const char *c = words; *c != '\0'; c++) {
        EXPECT_OK(*c == '%' ? kw_buf_append_str(&line, kw_str_of(desk->dir.path))
                            : kw_buf_append_byte(&line, (uint8_t)*c));
    }
    EXPECT_OK(kw_buf_c_text(&line, &spelled));
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, spelled, 0);
    bool has_text = strstr(result.out, text) != NULL || strstr(result.err, text) != NULL;
    if (result.exit_code != exit_code || !has_text) {
        fail_msg("%s: exit %d, no %s in %s%s", spelled, result.exit_code, text, result.out,
                 result.err);
    }
}
