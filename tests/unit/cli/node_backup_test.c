/* SPDX-License-Identifier: Apache-2.0
 * What it writes and refuses; a whole way out and back shows tests/e2e/node_backup_test.c. */
#include "cli/commands.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/node_desk.h"
#include "support/stores.h"

#include <stdio.h>

#define BACKUP                                                    \
    "node backup %/b.kwb --config %/cluster/node1/keywardd.yaml " \
    "--passphrase-file %/backup.passphrase --kdf-memory-kib 8"

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

/* How many names of the test's folder begin like this. */
static size_t count_names(const char *prefix)
{
    KW_AUTO(kw_dir_names) names = {0};
    size_t count = 0;
    EXPECT_OK(kw_dir_list(&names, d.dir.path, NULL));
    for (size_t i = 0; i < names.count; i++) {
        count += kw_str_starts_with(kw_str_of(names.names[i]), kw_str_of(prefix)) ? 1 : 0;
    }
    return count;
}

static void backup__writes_a_private_file_that_it_tried(void **state)
{
    (void)state;
    kw_file_info info = {0};
    node_desk_expect(&d, 0, BACKUP, "applications: 2");
    node_desk_expect(&d, 0, BACKUP " --json", "\"operator_key\":\"in it\"");
    tempdir_path path = tempdir_join(&d.dir, "b.kwb");
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    assert_int_equal(count_names("b.kwb"), 1); /* nothing of the trial is left */
}

static void backup__goes_through_a_pipe(void **state)
{
    (void)state;
    char words[2000];
    (void)snprintf(words, sizeof words,
                   "node backup - --config %s --passphrase-file %s/backup.passphrase "
                   "--kdf-memory-kib 8",
                   d.configuration.text, d.dir.path);
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(result.exit_code, 0);
    assert_int_equal(strncmp(result.out, "KWB1", 4), 0);
    assert_non_null(strstr(result.err, "2 applications"));
}

static void backup__takes_tls_files_when_it_is_asked(void **state)
{
    (void)state;
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_expect(&d, 0, BACKUP " --with-tls", "files: 7");
    tempdir_path key = node_desk_path(&d, "peer.key");
    EXPECT_OK(kw_file_remove(key.text, NULL));
    node_desk_expect(&d, 0, BACKUP, "files: 4");
    node_desk_expect(&d, kw_status_exit_code(KW_NOT_FOUND), BACKUP " --with-tls", "peer.key");
    assert_int_equal(count_names("b.kwb"), 1);
}

static void backup__says_that_a_raw_key_is_not_in_it(void **state)
{
    (void)state;
    char lines[700];
    tempdir_path passphrase = node_desk_path(&d, "passphrase");
    (void)snprintf(lines, sizeof lines, "key: sealed\n  passphrase_file: %s", passphrase.text);
    node_desk_edit(&d, lines, "key: raw");
    tempdir_path key = node_desk_path(&d, "operator.key");
    kw_span raw = kw_declassify_span(
        kw_secret32_view(kw_operator_secret_view(d.cluster.secrets[0])), "a test");
    EXPECT_OK(kw_file_write_atomic(key.text, raw, 0600, NULL));
    node_desk_expect(&d, 0, BACKUP, "operator_key: not in it");
    node_desk_expect(&d, 0, BACKUP, "files: 3");
}

static void backup__refuses_and_leaves_no_file(void **state)
{
    (void)state;
    node_desk_expect(&d, kw_status_exit_code(KW_USAGE),
                     "node backup %/b.kwb --passphrase-file %/backup.passphrase", "--config");
    node_desk_expect(&d, kw_status_exit_code(KW_USAGE),
                     "node backup %/b.kwb --config %/cluster/node1/keywardd.yaml",
                     "--passphrase-file");
    node_desk_expect(&d, kw_status_exit_code(KW_USAGE),
                     "node backup %/b.kwb --config node1.yaml --passphrase-file "
                     "%/backup.passphrase",
                     "give its whole path");
    node_desk_expect(&d, kw_status_exit_code(KW_NOT_FOUND),
                     "node backup %/b.kwb --config %/none --passphrase-file %/backup.passphrase",
                     "reading the configuration");
    node_desk_write(&d, "passphrase", "another one");
    node_desk_expect(&d, kw_status_exit_code(KW_SEALED), BACKUP, "passphrase of the operator key");
    node_desk_write(&d, "passphrase", NODE_DESK_PASSPHRASE);
    node_desk_edit(&d, "keyward.db", "other.db");
    node_desk_expect(&d, kw_status_exit_code(KW_NOT_FOUND), BACKUP, "opening the store");
    node_desk_edit(&d, "other.db", "keyward.db");
    node_desk_edit(&d, "data/slots", "data/other");
    node_desk_expect(&d, kw_status_exit_code(KW_GONE), BACKUP, "the slots are not those");
    assert_int_equal(count_names("b.kwb"), 0);
}

static void backup__needs_a_pinned_key(void **state)
{
    (void)state;
    d.cluster.rows.master_key = (kw_span){0};
    EXPECT_OK(kw_dev_cluster_publish(&d.cli, &d.cluster, NULL));
    node_desk_expect(&d, kw_status_exit_code(KW_REFUSED), BACKUP, "pins no key");
}

static void backup__needs_a_store_of_an_operator(void **state)
{
    (void)state;
    kw_store *store = node_desk_store(&d);
    stores_write(store, "DELETE FROM threshold_vault");
    kw_store_free(store);
    node_desk_expect(&d, kw_status_exit_code(KW_NOT_FOUND), BACKUP, "no operator has run");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(backup__writes_a_private_file_that_it_tried),
        CASE(backup__goes_through_a_pipe),
        CASE(backup__takes_tls_files_when_it_is_asked),
        CASE(backup__says_that_a_raw_key_is_not_in_it),
        CASE(backup__refuses_and_leaves_no_file),
        CASE(backup__needs_a_pinned_key),
        CASE(backup__needs_a_store_of_an_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
