/* SPDX-License-Identifier: Apache-2.0
 * What it brings back, and over what it does not go; that the operator gets a share again shows
 * tests/e2e/node_backup_test.c. */
#include "cli/commands.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/node_desk.h"
#include "support/softhsm.h"
#include "support/stores.h"
#include "threshold/slots_file.h"

#include <stdio.h>

#define BACKUP                                                    \
    "node backup %/b.kwb --config %/cluster/node1/keywardd.yaml " \
    "--passphrase-file %/backup.passphrase --kdf-memory-kib 8"
#define RESTORE "node restore %/b.kwb --passphrase-file %/backup.passphrase"

#define REJOIN "node rejoin --config %/cluster/node1/keywardd.yaml --confirm"

static node_desk d;

static int make(void **state)
{
    (void)state;
    node_desk_make(&d);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    node_desk_drop(&d);
    return 0;
}

static void expect_store(int64_t apps, bool has_rejoined)
{
    kw_store *store = node_desk_store(&d);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM threshold_apps"), apps);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM threshold_rejoins"),
                     has_rejoined ? 1 : 0);
    kw_store_free(store);
}

static void expect_there(const char *name, bool is_there)
{
    kw_file_info info = {0};
    tempdir_path path = node_desk_path(&d, name);
    EXPECT_STATUS(kw_file_stat(&info, path.text, NULL), is_there ? KW_OK : KW_NOT_FOUND);
}

static void restore__brings_a_lost_node_back(void **state)
{
    (void)state;
    node_desk_expect(&d, 0, BACKUP " --with-tls", "files: 7");
    node_desk_lose(&d);
    node_desk_expect(&d, 0, RESTORE, "add --confirm");
    expect_there("keywardd.yaml", false);
    expect_there("data/keyward.db", false);
    node_desk_expect(&d, 0, RESTORE " --confirm", "restored_at: 20");
    expect_there("operator.key", true);
    expect_there("peer.key", true);
    expect_store(2, true);
    node_desk_expect(&d, 0, BACKUP, "applications: 2"); /* it is a whole node again */
    node_desk_expect(&d, 0, RESTORE " --confirm --json", "\"restored_at\""); /* again is fine */
    expect_store(2, true);
}

static void restore__goes_over_no_operator(void **state)
{
    (void)state;
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_go_on(&d);
    node_desk_expect(&d, kw_status_exit_code(KW_REFUSED), RESTORE " --confirm",
                     "an operator goes on from this store");
    expect_store(2, false);
}

static void restore__goes_over_no_file(void **state)
{
    (void)state;
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_edit(&d, "# Development only.", "# mine");
    node_desk_expect(&d, kw_status_exit_code(KW_CONFLICT), RESTORE " --confirm",
                     "keywardd.yaml is there with another content");
    expect_store(2, false);
}

static void restore__disturbs_no_daemon(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_slots) slots = NULL;
    tempdir_path folder = node_desk_path(&d, "data/slots");
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    EXPECT_OK(kw_slots_open(&slots, folder.text, &d.rng, NULL));
    node_desk_expect(&d, 0, BACKUP, "files: 4"); /* this one may go on while it runs */
    node_desk_expect(&d, kw_status_exit_code(KW_BUSY), RESTORE " --confirm",
                     "stop the daemon first");
    expect_store(2, false);
}

static void restore__needs_the_passphrase_and_the_whole_file(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    tempdir_path path = tempdir_join(&d.dir, "b.kwb");
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_expect(&d, kw_status_exit_code(KW_SEALED),
                     "node restore %/b.kwb --passphrase-file %/wrong.passphrase --confirm",
                     "passphrase of the backup is wrong");
    EXPECT_OK(kw_file_read(&bytes, path.text, NULL));
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){bytes.ptr, bytes.len - 1}, 0600, NULL));
    node_desk_expect(&d, kw_status_exit_code(KW_CORRUPT), RESTORE " --confirm",
                     "no backup of a node, or a part");
    bytes.ptr[bytes.len - 1] ^= 1;
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&bytes), 0600, NULL));
    node_desk_expect(&d, kw_status_exit_code(KW_CORRUPT), RESTORE " --confirm", "record 7");
    node_desk_expect(&d, kw_status_exit_code(KW_NOT_FOUND),
                     "node restore %/none --passphrase-file %/backup.passphrase", "reading");
    expect_store(2, false);
}

/* Half of a restore leaves a node that is silent, and can be ended. */
static void restore__waits_for_the_passphrase_of_the_key(void **state)
{
    (void)state;
    tempdir_path passphrase = node_desk_path(&d, "passphrase");
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_lose(&d);
    EXPECT_OK(kw_file_remove(passphrase.text, NULL));
    node_desk_expect(&d, kw_status_exit_code(KW_SEALED), RESTORE " --confirm", "restore again");
    expect_store(0, true);
    node_desk_write(&d, "passphrase", NODE_DESK_PASSPHRASE);
    node_desk_expect(&d, 0, RESTORE " --confirm", "restored_at");
    expect_store(2, true);
}

/* The key is neither in the backup nor on the disk. */
static void restore__finds_the_key_on_its_token(void **state)
{
    (void)state;
    char from[700];
    char to[900];
    kw_hsm *token = NULL;
    softhsm hsm = softhsm_make();
    softhsm_add(&hsm, "kw-backup");
    const kw_hsm_options options = softhsm_options(&hsm, "kw-backup");
    EXPECT_OK(kw_hsm_open(&token, &options, NULL));
    EXPECT_OK(kw_hsm_put(token, KW_STR("operator"),
                         kw_secret32_view(kw_operator_secret_view(d.cluster.secrets[0])), NULL));
    kw_hsm_free(token);
    tempdir_path key = node_desk_path(&d, "operator.key");
    tempdir_path passphrase = node_desk_path(&d, "passphrase");
    (void)snprintf(from, sizeof from, "key: sealed\n  passphrase_file: %s", passphrase.text);
    (void)snprintf(to, sizeof to,
                   "key: pkcs11\n  pkcs11_module: " SOFTHSM_MODULE
                   "\n  pkcs11_label: kw-backup\n  pkcs11_pin_file: %s",
                   hsm.pin.text);
    node_desk_edit(&d, from, to);
    (void)snprintf(from, sizeof from, "key_file: %s", key.text);
    node_desk_edit(&d, from, "key_file: operator");
    node_desk_expect(&d, 0, BACKUP, "operator_key: not in it: it stays on its token");
    node_desk_lose(&d);
    node_desk_expect(&d, 0, RESTORE " --confirm", "restored_at");
    expect_there("operator.key", false);
    expect_store(2, true);
    softhsm_drop(&hsm);
}

static kw_status count_object(void *ctx, kw_str name)
{
    KW_UNUSED(name);
    size_t *count = ctx;
    *count += 1;
    return KW_OK;
}

static void expect_objects(const kw_slots_place *token, size_t wanted)
{
    size_t count = 0;
    EXPECT_OK(kw_hsm_list(token->token, KW_STR("slot "), count_object, &count, NULL));
    assert_int_equal(count, wanted);
}

/* The daemon's user puts the token and its PIN in place; the rest is as without one. */
static void restore__empties_slots_on_a_token(void **state)
{
    (void)state;
    char lines[900];
    KW_AUTO(kw_slots_place) token = {0};
    softhsm hsm = softhsm_make();
    softhsm_add(&hsm, "kw-slots");
    const kw_threshold_config config = {.cluster_file = KW_STR("there is one"),
                                        .slots = KW_SLOTS_ON_TOKEN,
                                        .slots_dir = kw_str_of(d.folder_of_slots.text),
                                        .pkcs11_module = KW_STR(SOFTHSM_MODULE),
                                        .pkcs11_label = KW_STR("kw-slots"),
                                        .pkcs11_pin_file = kw_str_of(hsm.pin.text)};
    (void)snprintf(lines, sizeof lines,
                   "slots: pkcs11\n  pkcs11_module: " SOFTHSM_MODULE
                   "\n  pkcs11_label: kw-slots\n  pkcs11_pin_file: %s\n  slots_dir: ",
                   hsm.pin.text);
    node_desk_expect(&d, 0, REJOIN, "rejoined_at"); /* files make room for objects */
    node_desk_edit(&d, "slots_dir: ", lines);
    node_desk_expect(&d, kw_status_exit_code(KW_NOT_FOUND), BACKUP, "no operator has run");
    EXPECT_OK(kw_slots_place_open(&token, &config, NULL));
    d.slots = token;
    node_desk_go_on(&d);
    expect_objects(&token, 2);
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_expect(&d, 0, REJOIN, "rejoined_at");
    expect_objects(&token, 0);
    node_desk_lose(&d);
    node_desk_expect(&d, 0, RESTORE " --confirm", "restored_at");
    expect_objects(&token, 1);
    node_desk_expect(&d, 0, BACKUP, "applications: 2");
    softhsm_drop(&hsm);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(restore__brings_a_lost_node_back),
        CASE(restore__goes_over_no_operator),
        CASE(restore__goes_over_no_file),
        CASE(restore__disturbs_no_daemon),
        CASE(restore__needs_the_passphrase_and_the_whole_file),
        CASE(restore__waits_for_the_passphrase_of_the_key),
        CASE(restore__finds_the_key_on_its_token),
        CASE(restore__empties_slots_on_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
