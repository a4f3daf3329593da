/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/vault_rejoin.h"

#include "os/dir.h"
#include "support/expect.h"
#include "support/vault_desk.h"
#include "threshold/reshares.h"

#include <unistd.h>

static void fill(vault_desk *desk)
{
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SESSION, 1, 0, "polynomials"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SHARE, 1, 0, "share"));
    EXPECT_OK(vault_desk_certificate(desk, 3, 1800));
    EXPECT_OK(kw_vault_commit(desk->vault, NULL));
}

/* The vault is closed, store and slots are open. */
static kw_status rejoin(vault_desk *desk, uint64_t at)
{
    kw_vault_free(desk->vault);
    desk->vault = NULL;
    return kw_vault_rejoin(desk->store, desk->slots, at, NULL);
}

static void rejoin__leaves_an_empty_vault_and_the_moment(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    uint64_t at = 1;
    vault_desk_make(&desk, *state);
    EXPECT_OK(kw_vault_rejoined_at(desk.store, &at, NULL));
    assert_int_equal(at, 0);
    fill(&desk);
    EXPECT_OK(rejoin(&desk, 1234));
    assert_int_equal(vault_desk_slots(&desk), 0);
    EXPECT_OK(kw_vault_rejoined_at(desk.store, &at, NULL));
    assert_int_equal(at, 1234);
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), 0);
    assert_int_equal(vault_desk_slots(&desk), 1);      /* the lasting one of the new vault */
    EXPECT_OK(vault_desk_certificate(&desk, 3, 1800)); /* no row of before is in its way */
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    EXPECT_OK(kw_vault_rejoined_at(desk.store, &at, NULL));
    assert_int_equal(at, 1234);
}

/* The way out of GONE: the store came back, the slots did not. */
static void rejoin__opens_a_store_without_its_slots(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    vault_desk_close(&desk);
    KW_AUTO(kw_dir_names) names = {0};
    tempdir folder = {{0}};
    memcpy(folder.path, desk.folder.text, strlen(desk.folder.text) + 1);
    EXPECT_OK(kw_dir_list(&names, desk.folder.text, NULL));
    for (size_t i = 0; i < names.count; i++) {
        (void)unlink(tempdir_join(&folder, names.names[i]).text);
    }
    EXPECT_STATUS(vault_desk_open(&desk), KW_GONE);
    EXPECT_OK(rejoin(&desk, 1234));
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), 0);
}

static void rejoin__keeps_the_later_moment(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    uint64_t at = 0;
    vault_desk_make(&desk, *state);
    EXPECT_OK(rejoin(&desk, 1234));
    EXPECT_OK(rejoin(&desk, 1000)); /* a clock that went back */
    EXPECT_OK(kw_vault_rejoined_at(desk.store, &at, NULL));
    assert_int_equal(at, 1234);
    EXPECT_OK(rejoin(&desk, 2000));
    EXPECT_OK(kw_vault_rejoined_at(desk.store, &at, NULL));
    assert_int_equal(at, 2000);
}

/* Whoever goes on in another cluster has other boundaries. */
static void rejoin__forgets_what_was_asked_for(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    kw_reshares reshares;
    const kw_config_fields before = {.interval_s = 30, .reshare_every = 1000};
    const kw_config_fields after = {.interval_s = 700, .reshare_every = 1000};
    vault_desk_make(&desk, *state);
    EXPECT_OK(kw_reshares_open(&reshares, desk.store, &before, NULL));
    EXPECT_OK(kw_reshares_add(&reshares, 90, 60, NULL));
    EXPECT_STATUS(kw_reshares_open(&reshares, desk.store, &after, NULL), KW_CORRUPT);
    EXPECT_OK(rejoin(&desk, 1234));
    EXPECT_OK(kw_reshares_open(&reshares, desk.store, &after, NULL));
}

static void rejoined_at__refuses_a_row_that_is_none(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    uint64_t at = 77;
    vault_desk_make(&desk, *state);
    stores_write(desk.store, "INSERT INTO threshold_rejoins (id, rejoined_at) VALUES (1, -5)");
    EXPECT_STATUS(kw_vault_rejoined_at(desk.store, &at, NULL), KW_CORRUPT);
    assert_int_equal(at, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejoin__leaves_an_empty_vault_and_the_moment),
        cmocka_unit_test(rejoin__opens_a_store_without_its_slots),
        cmocka_unit_test(rejoin__keeps_the_later_moment),
        cmocka_unit_test(rejoin__forgets_what_was_asked_for),
        cmocka_unit_test(rejoined_at__refuses_a_row_that_is_none),
    };
    return STORES_RUN_ON_BOTH(tests);
}
