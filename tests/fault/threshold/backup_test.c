/* SPDX-License-Identifier: Apache-2.0
 * Backup and restore with a disk that fails at any call: no backup gets its name that is none, an
 * operator's key is in its place only beside a store that is silent, and what failed can be
 * repeated. */
#include "cli/commands.h"

#include "os/fault.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/node_desk.h"
#include "support/stores.h"

#include <stdio.h>

enum {
    TRIES_MAX = 400,
};

static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_READ, KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};

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

/* Runs the words while the n-th call of a kind fails; whether one did. */
static bool run_with_fault(const char *words, kw_os_call call, uint64_t nth, int *out_exit)
{
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, call, nth);
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    kw_os_faults_use(NULL);
    *out_exit = result.exit_code;
    return atomic_load(&faults.calls[call].failed) > 0;
}

static const char *backup_words(const char *name)
{
    static char words[2000];
    (void)snprintf(words, sizeof words,
                   "node backup %s/%s --config %s --passphrase-file %s/backup.passphrase "
                   "--with-tls --kdf-memory-kib 8 --quiet",
                   d.dir.path, name, d.configuration.text, d.dir.path);
    return words;
}

static const char *restore_words(void)
{
    static char words[2000];
    (void)snprintf(words, sizeof words,
                   "node restore %s/whole.kwb --passphrase-file %s/backup.passphrase --confirm "
                   "--quiet",
                   d.dir.path, d.dir.path);
    return words;
}

static bool is_there(tempdir_path path)
{
    kw_file_info info = {0};
    return kw_file_stat(&info, path.text, NULL) == KW_OK;
}

static void expect_ok(const char *words)
{
    KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
    if (result.exit_code != 0) {
        fail_msg("%s", result.err);
    }
}

static void backup__that_failed_has_no_name(void **state)
{
    (void)state;
    tempdir_path file = tempdir_join(&d.dir, "b.kwb");
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        bool has_failed = true;
        for (uint64_t nth = 1; has_failed; nth++) {
            int exit_code = 0;
            assert_true(nth < TRIES_MAX);
            has_failed = run_with_fault(backup_words("b.kwb"), calls[i], nth, &exit_code);
            bool is_named = is_there(file);
            assert_true(has_failed || exit_code == 0);
            if (is_named) { /* it passed its trial, whatever failed afterwards */
                node_desk_expect(&d, 0,
                                 "node restore %/b.kwb --passphrase-file %/backup.passphrase",
                                 "files: 7");
                EXPECT_OK(kw_file_remove(file.text, NULL));
            }
            assert_true(is_named || exit_code != 0);
            assert_true(has_failed || nth > 1); /* there are such calls */
        }
    }
}

/* Whoever starts a daemon on what is there must not sign by what it does not remember. Returns
 * whether it can. */
static bool expect_silent_or_without_key(void)
{
    if (!is_there(node_desk_path(&d, "operator.key"))) {
        return false;
    }
    assert_true(is_there(node_desk_path(&d, "data/keyward.db")));
    kw_store *store = node_desk_store(&d);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM threshold_rejoins"), 1);
    kw_store_free(store);
    return true;
}

static void restore__that_failed_is_silent_and_can_be_repeated(void **state)
{
    (void)state;
    size_t silent = 0;
    expect_ok(backup_words("whole.kwb"));
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        bool has_failed = true;
        for (uint64_t nth = 1; has_failed; nth++) {
            int exit_code = 0;
            assert_true(nth < TRIES_MAX);
            node_desk_lose(&d);
            has_failed = run_with_fault(restore_words(), calls[i], nth, &exit_code);
            assert_true(has_failed || exit_code == 0);
            assert_true(has_failed || nth > 1);
            silent += expect_silent_or_without_key() && exit_code != 0;
            expect_ok(restore_words());
            kw_store *store = node_desk_store(&d);
            assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM threshold_apps"), 2);
            kw_store_free(store);
        }
    }
    assert_true(silent > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(backup__that_failed_has_no_name, make, drop),
        cmocka_unit_test_setup_teardown(restore__that_failed_is_silent_and_can_be_repeated, make,
                                        drop),
    };
    return cmocka_run_group_tests_name("fault/threshold/backup", tests, NULL, NULL);
}
