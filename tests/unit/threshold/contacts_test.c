/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/contacts.h"

#include "base/heap.h"
#include "crypto/address_text.h"
#include "store/migrate.h"
#include "support/expect.h"
#include "support/operator_rows.h"
#include "support/stores.h"
#include "support/tempdir.h"
#include "threshold/schema.h"

enum {
    COUNT = 4,
};

typedef struct world {
    operator_rows file;
    kw_arena arena;
    kw_operators now;    /* operators 1, 2, 3 */
    kw_operators before; /* 0, 1, 2, at another address */
    kw_operators nobody;
    kw_contacts contacts;
    tempdir dir;
    kw_store *store;
} world;

static world w;

static int make_world(void **state)
{
    (void)state;
    w = (world){.arena = kw_arena_init(KW_OPERATORS_ARENA_MAX)};
    operator_rows_make(&w.file, COUNT);
    kw_operator_rows rows = {w.file.items + 1, 3};
    EXPECT_OK(kw_operators_of_rows(&w.now, &w.arena, rows, NULL));
    rows.items--;
    for (size_t i = 0; i < 3; i++) {
        rows.items[i].tls_spki.bytes[31] = 0xbe;
    }
    EXPECT_OK(kw_operators_of_rows(&w.before, &w.arena, rows, NULL));
    kw_contacts_init(&w.contacts);
    w.dir = tempdir_make();
    tempdir_path path = tempdir_join(&w.dir, "store.db");
    const kw_store_options options = {
        .backend = KW_STORE_SQLITE, .where = path.text, .create = true};
    w.store = stores_open(&options);
    EXPECT_OK(kw_store_migrate(w.store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                               kw_threshold_migrations_count, NULL));
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    kw_contacts_drop(&w.contacts);
    kw_arena_drop(&w.arena);
    kw_store_free(w.store);
    tempdir_remove(&w.dir);
    return 0;
}

static void restart(void)
{
    kw_contacts_drop(&w.contacts);
    kw_contacts_init(&w.contacts);
    EXPECT_OK(kw_contacts_load(&w.contacts, w.store, NULL));
}

static int64_t rows(void)
{
    return stores_number(w.store, "SELECT COUNT(*) FROM threshold_contacts");
}

static void contacts__know_nobody_at_first(void **state)
{
    (void)state;
    kw_address address = {{9}};
    assert_false(kw_contacts_find(&w.contacts, &address, &w.now.places[0].tls_spki));
    assert_int_equal(address.bytes[0], 9);
}

/* Operators whose bit of `*ctx` is set, by their place in the file. */
static bool is_in_mask(const void *ctx, const kw_address *member)
{
    const unsigned *mask = ctx;
    for (unsigned i = 0; i < COUNT; i++) {
        kw_address address;
        EXPECT_OK(kw_address_parse(&address, w.file.items[i].address));
        if (kw_address_equal(&address, member)) {
            return (*mask >> i & 1) != 0;
        }
    }
    return false;
}

static void write_all(const kw_operators *now, const kw_operators *genesis, unsigned needed)
{
    const kw_contacts_change change = {
        .now = now, .is_needed = is_in_mask, .ctx = &needed, .genesis = genesis};
    EXPECT_OK(kw_contacts_write(&w.contacts, &change));
}

/* Which members of a set are known at the place that it has. */
static unsigned known_of(const kw_operators *set)
{
    unsigned known = 0;
    for (unsigned i = 0; i < set->roster.n; i++) {
        kw_address address;
        if (kw_contacts_find(&w.contacts, &address, &set->places[i].tls_spki)) {
            assert_true(kw_address_equal(&address, &set->roster.members[i].address));
            known |= 1U << i;
        }
    }
    return known;
}

static void contacts_write__prefers_what_is_newer(void **state)
{
    (void)state;
    write_all(&w.now, &w.before, 0);
    assert_int_equal(known_of(&w.now), 7);
    for (size_t i = 0; i < 3; i++) { /* of those of genesis, only who is not listed now */
        kw_address address;
        const kw_address *member = &w.before.roster.members[i].address;
        bool is_member = kw_roster_index(&w.now.roster, member) != 0;
        assert_int_equal(kw_contacts_find(&w.contacts, &address, &w.before.places[i].tls_spki),
                         !is_member);
    }
    write_all(&w.before, &w.nobody, 0);
    assert_int_equal(known_of(&w.before), 7);
    assert_int_equal(known_of(&w.now), 0); /* also who is listed is where that list says */
}

static void contacts_write__remembers_who_is_needed(void **state)
{
    (void)state;
    kw_address address;
    const kw_hash32 *left = NULL; /* the certificate of operator 0, who is not in `now` */
    for (size_t i = 0; i < 3; i++) {
        const kw_address *member = &w.before.roster.members[i].address;
        if (kw_roster_index(&w.now.roster, member) == 0) {
            left = &w.before.places[i].tls_spki;
        }
    }
    assert_non_null(left);
    write_all(&w.before, &w.nobody, 0);
    for (int boundary = 0; boundary < 3; boundary++) {
        write_all(&w.now, &w.nobody, 1);
        assert_int_equal(known_of(&w.now), 7);
        assert_true(kw_contacts_find(&w.contacts, &address, left));
    }
    write_all(&w.now, &w.nobody, 0xe);
    assert_false(kw_contacts_find(&w.contacts, &address, left));
    write_all(&w.now, &w.nobody, 1); /* too late */
    assert_false(kw_contacts_find(&w.contacts, &address, left));
}

static void contacts__are_the_same_after_a_restart(void **state)
{
    (void)state;
    EXPECT_OK(kw_contacts_load(&w.contacts, w.store, NULL));
    assert_int_equal(known_of(&w.now), 0);
    write_all(&w.now, &w.nobody, 0);
    EXPECT_OK(kw_contacts_keep(&w.contacts, w.store, NULL));
    restart();
    assert_int_equal(known_of(&w.now), 7);
    write_all(&w.before, &w.nobody, 0); /* not kept: a crash */
    restart();
    assert_int_equal(known_of(&w.now), 7);
    write_all(&w.before, &w.nobody, 0);
    EXPECT_OK(kw_contacts_keep(&w.contacts, w.store, NULL));
    restart();
    assert_int_equal(known_of(&w.before), 7);
    assert_int_equal(known_of(&w.now), 0);
}

static void contacts_keep__writes_only_what_changed(void **state)
{
    (void)state;
    write_all(&w.now, &w.nobody, 0);
    EXPECT_OK(kw_contacts_keep(&w.contacts, w.store, NULL));
    stores_write(w.store, "DELETE FROM threshold_contacts");
    write_all(&w.now, &w.nobody, 0);
    EXPECT_OK(kw_contacts_keep(&w.contacts, w.store, NULL));
    assert_int_equal(rows(), 0);
    write_all(&w.before, &w.nobody, 0);
    EXPECT_OK(kw_contacts_keep(&w.contacts, w.store, NULL));
    assert_int_equal(rows(), 3);
    stores_write(w.store, "DROP TABLE threshold_contacts");
    write_all(&w.now, &w.nobody, 0);
    EXPECT_STATUS(kw_contacts_keep(&w.contacts, w.store, NULL), KW_INTERNAL);
    assert_int_equal(known_of(&w.now), 7); /* it knows them even so */
}

static void contacts_load__refuses_foreign_rows(void **state)
{
    (void)state;
    stores_write(w.store, "INSERT INTO threshold_contacts (address, peer_url, tls_spki)"
                          " VALUES (x'0102', 'https://a:1', x'03')");
    write_all(&w.now, &w.nobody, 0);
    EXPECT_STATUS(kw_contacts_load(&w.contacts, w.store, NULL), KW_CORRUPT);
    assert_int_equal(known_of(&w.now), 7); /* nothing changed */
}

static void contacts_write__changes_nothing_without_memory(void **state)
{
    (void)state;
    unsigned needed = 0;
    const kw_contacts_change change = {
        .now = &w.now, .is_needed = is_in_mask, .ctx = &needed, .genesis = &w.nobody};
    write_all(&w.before, &w.nobody, 0);
    kw_status st = KW_NO_MEMORY;
    uint64_t nth = 1;
    while (st != KW_OK) {
        kw_heap_fail_at(nth++);
        st = kw_contacts_write(&w.contacts, &change);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        assert_int_equal(known_of(st == KW_OK ? &w.now : &w.before), 7);
    }
    assert_true(nth > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(contacts__know_nobody_at_first, make_world, drop_world),
        cmocka_unit_test_setup_teardown(contacts_write__prefers_what_is_newer, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(contacts_write__remembers_who_is_needed, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(contacts_write__changes_nothing_without_memory, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(contacts__are_the_same_after_a_restart, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(contacts_keep__writes_only_what_changed, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(contacts_load__refuses_foreign_rows, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
