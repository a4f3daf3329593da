/* SPDX-License-Identifier: Apache-2.0
 * Slots on a token of SoftHSM, and a vault on them. */
#include "threshold/slots_token.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "hsm/hsm_inner.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/softhsm.h"
#include "support/stores.h"
#include "threshold/slots_file.h"
#include "threshold/vault.h"

#include <stdio.h>

typedef struct desk {
    softhsm soft;
    kw_hsm *token;
    seeded_rng rng;
    kw_rng port;
} desk;

static void desk_make(desk *d)
{
    *d = (desk){.soft = softhsm_make(), .rng = {.seed = 3}};
    d->port = seeded_rng_port(&d->rng);
    softhsm_add(&d->soft, "keys");
    kw_hsm_options options = softhsm_options(&d->soft, "keys");
    EXPECT_OK(kw_hsm_open(&d->token, &options, NULL));
}

static void desk_drop(desk *d)
{
    kw_hsm_free(d->token);
    softhsm_drop(&d->soft);
}

/* With a folder for each owner. */
static kw_slots *open_folder(desk *d, const char *owner)
{
    kw_slots *folder = NULL;
    tempdir_path path = tempdir_join(&d->soft.dir, owner);
    EXPECT_OK(kw_slots_open(&folder, path.text, &d->port, NULL));
    return folder;
}

static kw_slots *open_slots(desk *d, const char *owner)
{
    kw_slots *slots = NULL;
    kw_slots *folder = open_folder(d, owner);
    EXPECT_OK(kw_slots_open_token(&slots, d->token, folder, kw_str_of(owner), &d->port, NULL));
    return slots;
}

static size_t count_of(kw_slots *slots)
{
    KW_AUTO(kw_slot_ids) ids = {0};
    EXPECT_OK(kw_slots_list(slots, &ids, NULL));
    return ids.count;
}

static void slots__are_there_until_they_are_destroyed(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    KW_AUTO(kw_secret32) made = {0};
    KW_AUTO(kw_secret32) found = {0};
    kw_hash32 id;
    kw_hash32 other;
    kw_slots *slots = open_slots(&d, "a");
    EXPECT_OK(kw_slots_make(slots, &other, &made, NULL));
    EXPECT_OK(kw_slots_make(slots, &id, &made, NULL));
    kw_slots_free(slots);
    slots = open_slots(&d, "a");
    EXPECT_STR(kw_str_of(kw_slots_erasure(slots)), "hardware");
    assert_int_equal(count_of(slots), 2);
    EXPECT_OK(kw_slots_get(slots, &found, &id, NULL));
    assert_true(kw_declassify_mask(kw_secret32_equal(&found, &made), "a test knows both"));
    EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
    EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
    EXPECT_STATUS(kw_slots_get(slots, &found, &id, NULL), KW_NOT_FOUND);
    assert_int_equal(count_of(slots), 1);
    kw_slots_free(slots);
}

static void owners__do_not_see_each_other(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    KW_AUTO(kw_secret32) made = {0};
    kw_hash32 id;
    kw_slots *a = open_slots(&d, "a");
    kw_slots *b = open_slots(&d, "a b");
    EXPECT_OK(kw_slots_make(b, &id, &made, NULL));
    assert_int_equal(count_of(a), 0);
    assert_int_equal(count_of(b), 1);
    EXPECT_STATUS(kw_slots_get(a, &made, &id, NULL), KW_NOT_FOUND);
    kw_slots_free(a);
    kw_slots_free(b);
}

static kw_status open_as(desk *d, kw_str owner)
{
    kw_slots *slots = NULL;
    kw_status st =
        kw_slots_open_token(&slots, d->token, open_folder(d, "lock"), owner, &d->port, NULL);
    kw_slots_free(slots);
    return st;
}

static void open__wants_a_name_of_the_owner(void **state)
{
    KW_UNUSED(state);
    static const char longer[] = "an owner whose name has fifty-eight bytes, one more than fit";
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    EXPECT_OK(open_as(&d, (kw_str){longer, KW_SLOTS_OWNER_BYTES_MAX}));
    EXPECT_STATUS(open_as(&d, (kw_str){longer, KW_SLOTS_OWNER_BYTES_MAX + 1}), KW_CONFIG);
    EXPECT_STATUS(open_as(&d, (kw_str){0}), KW_CONFIG);
    KW_AUTO(kw_secret32) value = {0};
    const kw_hash32 id = {{0}};
    EXPECT_STATUS(kw_slots_peek_token(&value, d.token, (kw_str){0}, &id, NULL), KW_CONFIG);
}

/* They would outlast every erasure. */
static void open__leaves_no_slots_in_files(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    KW_AUTO(kw_secret32) value = {0};
    kw_hash32 id;
    kw_slots *folder = open_folder(&d, "lock");
    EXPECT_OK(kw_slots_make(folder, &id, &value, NULL));
    kw_slots_free(folder);
    EXPECT_STATUS(open_as(&d, KW_STR("a")), KW_CONFLICT);
    folder = open_folder(&d, "lock"); /* its lock was let go */
    EXPECT_OK(kw_slots_destroy(folder, &id, NULL));
    kw_slots_free(folder);
    EXPECT_OK(open_as(&d, KW_STR("a")));
}

static void peek__reads_what_another_has_open(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    KW_AUTO(kw_secret32) made = {0};
    KW_AUTO(kw_secret32) found = {0};
    kw_hash32 id;
    kw_slots *slots = open_slots(&d, "a");
    EXPECT_OK(kw_slots_make(slots, &id, &made, NULL));
    EXPECT_OK(kw_slots_peek_token(&found, d.token, KW_STR("a"), &id, NULL));
    assert_true(kw_declassify_mask(kw_secret32_equal(&found, &made), "a test knows both"));
    EXPECT_STATUS(kw_slots_peek_token(&found, d.token, KW_STR("b"), &id, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
    EXPECT_STATUS(kw_slots_peek_token(&found, d.token, KW_STR("a"), &id, NULL), KW_NOT_FOUND);
    kw_slots_free(slots);
}

static void get__refuses_another_length(void **state)
{
    KW_UNUSED(state);
    static const uint8_t bytes[33];
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    kw_slots *slots = open_slots(&d, "a");
    for (size_t len = 31; len <= sizeof bytes; len++) {
        char name[80];
        KW_AUTO(kw_secret32) found = {0};
        kw_hash32 id = {{(uint8_t)len}};
        char hex[65] = {0};
        kw_hex_encode_to(hex, KW_SPAN(id.bytes));
        (void)snprintf(name, sizeof name, "slot a %s", hex);
        EXPECT_OK(
            kw_hsm_put(d.token, kw_str_of(name), kw_secret_span_of((kw_span){bytes, len}), NULL));
        kw_error err = {0};
        kw_status wanted = len == 32 ? KW_OK : KW_CORRUPT;
        EXPECT_STATUS(kw_slots_get(slots, &found, &id, &err), wanted);
        assert_int_equal(err.status, wanted);
    }
    kw_slots_free(slots);
}

/* What a token answers next instead of doing it. */
static CK_RV refusal;

static CK_RV refuse_object(CK_SESSION_HANDLE session, CK_ATTRIBUTE *rows, CK_ULONG count,
                           CK_OBJECT_HANDLE *out)
{
    KW_UNUSED(session);
    KW_UNUSED(rows);
    KW_UNUSED(count);
    KW_UNUSED(out);
    return refusal;
}

static CK_RV refuse_erasure(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    KW_UNUSED(session);
    KW_UNUSED(object);
    return refusal;
}

/* A slot is not made, and another is not gone, and whoever asked is told why. */
static void slots__say_why_the_token_refuses(void **state)
{
    KW_UNUSED(state);
    static const struct {
        CK_RV said;
        kw_status st;
    } rows[] = {
        {CKR_DEVICE_MEMORY, KW_NO_SPACE},     {CKR_TOKEN_WRITE_PROTECTED, KW_FORBIDDEN},
        {CKR_DEVICE_REMOVED, KW_UNAVAILABLE}, {CKR_SESSION_HANDLE_INVALID, KW_UNAVAILABLE},
        {CKR_USER_NOT_LOGGED_IN, KW_SEALED},  {CKR_GENERAL_ERROR, KW_IO},
    };
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    KW_AUTO(kw_secret32) value = {0};
    kw_hash32 id;
    kw_slots *slots = open_slots(&d, "a");
    EXPECT_OK(kw_slots_make(slots, &id, &value, NULL));
    CK_FUNCTION_LIST *whole = d.token->calls;
    CK_FUNCTION_LIST refusing = *whole;
    refusing.C_CreateObject = refuse_object;
    refusing.C_DestroyObject = refuse_erasure;
    d.token->calls = &refusing;
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_error err = {0};
        kw_hash32 another;
        refusal = rows[i].said;
        EXPECT_STATUS(kw_slots_make(slots, &another, &value, &err), rows[i].st);
        assert_int_equal(err.status, rows[i].st);
        EXPECT_STATUS(kw_slots_destroy(slots, &id, &err), rows[i].st);
        assert_int_equal(count_of(slots), 1);
    }
    d.token->calls = whole;
    EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
    assert_int_equal(count_of(slots), 0);
    kw_slots_free(slots);
}

static void list__fails_as_a_whole_without_memory(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    kw_slots *slots = open_slots(&d, "a");
    KW_AUTO(kw_secret32) made = {0};
    kw_hash32 id;
    for (size_t i = 0; i < 3; i++) {
        EXPECT_OK(kw_slots_make(slots, &id, &made, NULL));
    }
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        KW_AUTO(kw_slot_ids) ids = {0};
        kw_heap_fail_at(k);
        st = kw_slots_list(slots, &ids, NULL);
        kw_heap_fail_at(0);
        EXPECT_STATUS(st, k <= 4 ? KW_NO_MEMORY : KW_OK); /* the handles, then each id */
        assert_int_equal(ids.count, st == KW_OK ? 3 : 0);
    }
    kw_slots_free(slots);
}

/* The vault asks nothing of slots but what their table says. */
static void vault__stands_on_a_token(void **state)
{
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    kw_store_options where = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&where);
    kw_slots *slots = open_slots(&d, "a");
    KW_AUTO(kw_secret32) key = {0};
    EXPECT_OK(kw_rng_secret32(&d.port, &key));
    kw_vault_options options = {
        .store = store, .slots = slots, .operator_key = &key, .rng = d.port};
    kw_operator_action action = {
        .act = KW_OPERATOR_PERSIST,
        .record = {.kind = KW_RECORD_SHARE,
                   .bytes = kw_secret_span_of(kw_span_of_str(KW_STR("share")))}};
    for (size_t round = 0; round < 2; round++) {
        KW_AUTO_PTR(kw_vault) vault = NULL;
        EXPECT_OK(kw_vault_open(&vault, &options, NULL));
        EXPECT_OK(kw_vault_stage(vault, &action, NULL));
        EXPECT_OK(kw_vault_commit(vault, NULL));
        assert_int_equal(count_of(slots), 2 - round);
        action.act = KW_OPERATOR_ERASE;
    }
    kw_slots_free(slots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots__are_there_until_they_are_destroyed),
        cmocka_unit_test(owners__do_not_see_each_other),
        cmocka_unit_test(open__wants_a_name_of_the_owner),
        cmocka_unit_test(open__leaves_no_slots_in_files),
        cmocka_unit_test(peek__reads_what_another_has_open),
        cmocka_unit_test(get__refuses_another_length),
        cmocka_unit_test(slots__say_why_the_token_refuses),
        cmocka_unit_test(list__fails_as_a_whole_without_memory),
        cmocka_unit_test(vault__stands_on_a_token),
    };
    return cmocka_run_group_tests_name("threshold/slots_token", tests, stores_setup_sqlite,
                                       stores_teardown);
}
