/* SPDX-License-Identifier: Apache-2.0
 * From a passphrase or key file to an opened KEK, on both back-ends. */
#include "store/sealer.h"

#include "base/heap.h"
#include "os/thread.h"
#include "store/seal_header.h"
#include "support/expect.h"
#include "support/sealers.h"
#include "support/stores.h"

#include <sys/stat.h>

#define PASSPHRASE "correct horse battery staple"

static kw_seal_options passphrase(stores *all, sealer_file *file, const char *text)
{
    return sealers_options(file, &all->dir, "passphrase", KW_SEAL_PASSPHRASE_FILE, kw_str_of(text));
}

static kw_seal_options key_file(stores *all, sealer_file *file, const char *bytes, size_t len)
{
    return sealers_options(file, &all->dir, "key", KW_SEAL_KEY_FILE, (kw_str){bytes, len});
}

/* Opens and closes; the status, checked against `*out`. */
static kw_status try_open(kw_store *store, const kw_seal_options *options)
{
    kw_sealer *sealer = NULL;
    kw_error err = {0};
    kw_status st = kw_sealer_open(&sealer, store, options, &err);
    assert_true((st == KW_OK) == (sealer != NULL));
    assert_int_equal(err.status, st);
    assert_null(strstr(err.text, "horse"));
    kw_sealer_free(sealer);
    return st;
}

static bool have_one_key(const kw_sealer *a, const kw_sealer *b)
{
    kw_mask mask = kw_secret32_equal(kw_secret_key_view(a->kek), kw_secret_key_view(b->kek));
    return kw_declassify_mask(mask, "a test compares its own keys");
}

static void sealer_open__finds_the_same_key_again(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options options = passphrase(all, &file, PASSPHRASE "\n");
    KW_AUTO_PTR(kw_sealer) first = NULL;
    KW_AUTO_PTR(kw_sealer) second = NULL;
    EXPECT_OK(kw_sealer_open(&first, store, &options, NULL));
    file.rng.seed = 8;
    EXPECT_OK(kw_sealer_open(&second, store, &options, NULL));
    assert_true(have_one_key(first, second));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM store_seal"), 1);
    assert_int_equal(stores_number(store, "SELECT LENGTH(header) FROM store_seal"),
                     KW_SEAL_HEADER_BYTES);
}

static void sealer_open__each_store_has_a_key_of_its_own(void **state)
{
    stores *all = *state;
    sealer_file files[2];
    kw_seal_options options = passphrase(all, &files[0], PASSPHRASE);
    kw_store *opened[2];
    kw_sealer *sealers[2] = {NULL, NULL};
    for (uint64_t i = 0; i < 2; i++) {
        kw_store_options where = stores_fresh(all);
        opened[i] = stores_open(&where);
        files[0].rng.seed = i;
        EXPECT_OK(kw_sealer_open(&sealers[i], opened[i], &options, NULL));
    }
    assert_false(have_one_key(sealers[0], sealers[1]));
    for (size_t i = 0; i < 2; i++) {
        kw_sealer_free(sealers[i]);
        kw_store_free(opened[i]);
    }
}

static void sealer_open__a_wrong_secret_is_sealed(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options right = passphrase(all, &file, PASSPHRASE);
    EXPECT_OK(try_open(store, &right));
    static const char *const wrong[] = {PASSPHRASE " ", "correct horse", "", "short",
                                        PASSPHRASE "\n\n"};
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        kw_seal_options options = passphrase(all, &file, wrong[i]);
        EXPECT_STATUS(try_open(store, &options), KW_SEALED);
    }
    kw_seal_options other_kind = key_file(all, &file, "0123456789abcdef0123456789abcdef", 32);
    EXPECT_STATUS(try_open(store, &other_kind), KW_SEALED);
    right = passphrase(all, &file, PASSPHRASE);
    EXPECT_OK(try_open(store, &right));
}

static void sealer_open__takes_a_key_file_of_32_bytes_only(void **state)
{
    stores *all = *state;
    static const char key[] = "0123456789abcdef0123456789abcde\n...";
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    for (size_t len = 30; len <= 34; len++) {
        kw_seal_options options = key_file(all, &file, key, len);
        EXPECT_STATUS(try_open(store, &options), len == 32 ? KW_OK : KW_SEALED);
    }
    kw_seal_options other = key_file(all, &file, "1123456789abcdef0123456789abcde\n", 32);
    EXPECT_STATUS(try_open(store, &other), KW_SEALED);
}

static void sealer_open__refuses_a_file_that_others_can_read(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options options = passphrase(all, &file, PASSPHRASE);
    static const mode_t modes[] = {0640, 0604, 0644, 0660};
    for (size_t i = 0; i < KW_COUNT(modes); i++) {
        assert_int_equal(chmod(options.path, modes[i]), 0);
        EXPECT_STATUS(try_open(store, &options), KW_SEALED);
    }
    assert_int_equal(chmod(options.path, 0400), 0);
    EXPECT_OK(try_open(store, &options));
}

static void sealer_open__refuses_bad_options(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options good = passphrase(all, &file, PASSPHRASE);
    kw_seal_options bad = good;
    bad.path = NULL;
    EXPECT_STATUS(try_open(store, &bad), KW_SEALED);
    bad.path = "/nonexistent/passphrase";
    EXPECT_STATUS(try_open(store, &bad), KW_SEALED);
    bad = good;
    bad.root = (kw_seal_root)0;
    EXPECT_STATUS(try_open(store, &bad), KW_CONFIG);
    bad = good;
    bad.cost = (kw_argon2id_cost){.memory_kib = UINT32_MAX, .passes = 1};
    EXPECT_STATUS(try_open(store, &bad), KW_CONFIG);
    bad.cost = (kw_argon2id_cost){.memory_kib = 1, .passes = 1};
    EXPECT_STATUS(try_open(store, &bad), KW_CONFIG);
}

static void sealer_open__a_damaged_header_is_corrupt(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options options = passphrase(all, &file, PASSPHRASE);
    EXPECT_OK(try_open(store, &options));
    stores_write(store, "UPDATE store_seal SET header = (SELECT sha256 FROM schema_migrations)");
    EXPECT_STATUS(try_open(store, &options), KW_CORRUPT);
}

static kw_status flip_byte(kw_tx *tx, void *ctx, kw_error *err)
{
    const size_t *at = ctx;
    uint8_t header[KW_SEAL_HEADER_BYTES];
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT header FROM store_seal", KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(header), 0, err));
    kw_rows_drop(&rows);
    header[*at] ^= 1;
    return kw_sql_run(tx, NULL, "UPDATE store_seal SET header = $1",
                      KW_SQL_ARGS(kw_sql_blob(KW_SPAN(header))), err);
}

static void sealer_open__each_byte_of_the_header_counts(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options options = key_file(all, &file, "0123456789abcdef0123456789abcdef", 32);
    EXPECT_OK(try_open(store, &options));
    for (size_t at = 0; at < KW_SEAL_HEADER_BYTES; at++) {
        EXPECT_OK(kw_store_write(store, flip_byte, &at, NULL));
        /* Version, root and cost are refused as a form; salt and wrapped key do not open. */
        EXPECT_STATUS(try_open(store, &options), at < 10 ? KW_CORRUPT : KW_SEALED);
        EXPECT_OK(kw_store_write(store, flip_byte, &at, NULL));
    }
    EXPECT_OK(try_open(store, &options));
}

static kw_status put_record(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) secret = kw_secret_bytes_init(64);
    KW_TRY(kw_secret_bytes_append_str(&secret, KW_STR("secret")));
    kw_seal_place place = {KW_STR("t"), KW_STR("k"), KW_STR("o"), 1};
    return kw_seal_put(tx, ctx, &place, &secret, err);
}

static void sealer_open__never_makes_a_second_key(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    KW_AUTO_PTR(kw_sealer) sealer = sealers_open(store, &file, &all->dir);
    EXPECT_OK(kw_store_write(store, put_record, sealer, NULL));
    stores_write(store, "DELETE FROM store_seal");
    sealer_file again;
    kw_seal_options options = passphrase(all, &again, PASSPHRASE);
    EXPECT_STATUS(try_open(store, &options), KW_CORRUPT);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM store_seal"), 0);
}

/* Nodes that seal one store at once, each with a generator of its own. */
typedef struct node {
    kw_store *store;
    kw_seal_options options;
    kw_sealer *sealer;
    kw_status st;
} node;

static void start_node(void *ctx)
{
    node *n = ctx;
    n->st = kw_sealer_open(&n->sealer, n->store, &n->options, NULL);
}

static void sealer_open__nodes_at_once_agree_on_one_key(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    node nodes[3];
    sealer_file files[3];
    kw_thread threads[3] = {0};
    for (size_t i = 0; i < KW_COUNT(nodes); i++) {
        nodes[i] =
            (node){.store = stores_open(&where), .options = passphrase(all, &files[i], PASSPHRASE)};
        files[i].rng.seed = 100 + i;
    }
    for (size_t i = 0; i < KW_COUNT(nodes); i++) {
        EXPECT_OK(kw_thread_start(&threads[i], "node", start_node, &nodes[i], NULL));
    }
    for (size_t i = 0; i < KW_COUNT(nodes); i++) {
        kw_thread_join(&threads[i]);
        EXPECT_OK(nodes[i].st);
        assert_true(have_one_key(nodes[0].sealer, nodes[i].sealer));
    }
    for (size_t i = 0; i < KW_COUNT(nodes); i++) {
        kw_sealer_free(nodes[i].sealer);
        kw_store_free(nodes[i].store);
    }
}

static void sealer_open__without_entropy_makes_nothing(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options options = passphrase(all, &file, PASSPHRASE);
    kw_status st = KW_ENTROPY_FAILURE;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < 10);
        file.rng.requests = 1;
        file.rng.fail_after = nth; /* the nth request from now */
        st = try_open(store, &options);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_ENTROPY_FAILURE);
            assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM store_seal"), 0);
        }
    }
}

static void sealer_open__without_memory_is_a_status(void **state)
{
    stores *all = *state;
    kw_store_options where = stores_fresh(all);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    sealer_file file;
    kw_seal_options options = passphrase(all, &file, PASSPHRASE);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < 200);
        kw_heap_fail_at(nth);
        st = try_open(store, &options);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
        }
    }
    EXPECT_OK(try_open(store, &options));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealer_open__finds_the_same_key_again),
        cmocka_unit_test(sealer_open__each_store_has_a_key_of_its_own),
        cmocka_unit_test(sealer_open__a_wrong_secret_is_sealed),
        cmocka_unit_test(sealer_open__takes_a_key_file_of_32_bytes_only),
        cmocka_unit_test(sealer_open__refuses_a_file_that_others_can_read),
        cmocka_unit_test(sealer_open__refuses_bad_options),
        cmocka_unit_test(sealer_open__a_damaged_header_is_corrupt),
        cmocka_unit_test(sealer_open__each_byte_of_the_header_counts),
        cmocka_unit_test(sealer_open__never_makes_a_second_key),
        cmocka_unit_test(sealer_open__nodes_at_once_agree_on_one_key),
        cmocka_unit_test(sealer_open__without_entropy_makes_nothing),
        cmocka_unit_test(sealer_open__without_memory_is_a_status),
    };
    return STORES_RUN_ON_BOTH(tests);
}
