/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/contacts.h"

#include "support/expect.h"
#include "support/operator_rows.h"

enum {
    COUNT = 4,
};

typedef struct world {
    operator_rows file;
    kw_arena arena;
    kw_operators now;    /* operators 1, 2, 3 */
    kw_operators before; /* 0, 1, 2, at another address */
    kw_contacts contacts;
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
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    kw_contacts_drop(&w.contacts);
    kw_arena_drop(&w.arena);
    return 0;
}

static void contacts__know_nobody_at_first(void **state)
{
    (void)state;
    kw_address address = {{9}};
    assert_false(kw_contacts_find(&w.contacts, &address, &w.now.places[0].tls_spki));
    assert_int_equal(address.bytes[0], 9);
}

static void contacts_write__prefers_the_first_set(void **state)
{
    (void)state;
    const kw_operators *const sets[] = {&w.now, &w.before};
    kw_address address;
    EXPECT_OK(kw_contacts_write(&w.contacts, sets, KW_COUNT(sets)));
    for (size_t i = 0; i < 3; i++) {
        assert_true(kw_contacts_find(&w.contacts, &address, &w.now.places[i].tls_spki));
        assert_true(kw_address_equal(&address, &w.now.roster.members[i].address));
    }
    for (size_t i = 0; i < 3; i++) { /* of those of before, only who is no member now */
        const kw_address *member = &w.before.roster.members[i].address;
        bool is_member = kw_roster_index(&w.now.roster, member) != 0;
        assert_int_equal(kw_contacts_find(&w.contacts, &address, &w.before.places[i].tls_spki),
                         !is_member);
    }
    EXPECT_OK(kw_contacts_write(&w.contacts, sets + 1, 1));
    assert_false(kw_contacts_find(&w.contacts, &address, &w.now.places[0].tls_spki));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(contacts__know_nobody_at_first, make_world, drop_world),
        cmocka_unit_test_setup_teardown(contacts_write__prefers_the_first_set, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
