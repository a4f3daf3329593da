/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/directory.h"

#include "base/heap.h"
#include "os/snapshot.h"
#include "os/thread.h"

#include "support/expect.h"

#include <stdio.h>

enum {
    MANY = 500
};

static kw_directory *directory_of(const kw_directory_source *source)
{
    kw_directory *directory = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_directory_new(&directory, source, &err));
    return directory;
}

static void directory__finds_all_and_nothing_else(void **state)
{
    (void)state;
    static kw_identity_info identities[MANY];
    static kw_directory_key keys[MANY];
    static char ids[MANY][32];
    static char names[MANY][32];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "id-%d", (i * 7919) % MANY);
        (void)snprintf(names[i], sizeof names[i], "name-%d", i / 2);
        identities[i] = (kw_identity_info){
            .id = kw_str_of(ids[i]),
            .tenant = KW_STR("t"),
            .kind = i % 2 == 0 ? KW_IDENTITY_URI : KW_IDENTITY_DNS, /* one name, two kinds */
            .name = kw_str_of(names[i]),
            .created_ms = i};
        char id[16];
        (void)snprintf(id, sizeof id, "k%09u", (unsigned)i % MANY);
        memcpy(keys[i].info.id.text, id, KW_API_KEY_ID_BYTES);
        keys[i].holder = (uint32_t)i;
    }
    kw_directory_source source = {.identities = identities,
                                  .identities_count = MANY,
                                  .keys = keys,
                                  .keys_count = MANY,
                                  .seed = {3, 4}};
    kw_directory *d = directory_of(&source);
    for (int i = 0; i < MANY; i++) {
        const kw_identity_info *by_id = kw_directory_find(d, identities[i].id);
        assert_non_null(by_id);
        assert_int_equal(by_id->created_ms, i);
        assert_ptr_equal(kw_directory_find_certificate(d, identities[i].kind, identities[i].name),
                         by_id);
        const kw_directory_key *key = kw_directory_find_key(d, kw_str_of(keys[i].info.id.text));
        assert_non_null(key);
        assert_ptr_equal(&d->identities[key->holder], by_id);
        assert_int_equal(by_id->api_keys_count, 1);
        assert_string_equal(by_id->api_keys[0].id.text, keys[i].info.id.text);
    }
    for (size_t i = 0; i + 1 < d->identities_count; i++) {
        assert_true(kw_str_compare(d->identities[i].id, d->identities[i + 1].id) < 0);
    }
    assert_null(kw_directory_find(d, KW_STR("id-")));
    assert_null(kw_directory_find(d, KW_STR("")));
    assert_null(kw_directory_find_certificate(d, KW_IDENTITY_SPKI, KW_STR("name-1")));
    assert_null(kw_directory_find_certificate(d, KW_IDENTITY_URI, KW_STR("name-")));
    assert_null(kw_directory_find_key(d, KW_STR("k00000000x")));
    kw_directory_free(d);
}

static void directory__refuses_doubles(void **state)
{
    (void)state;
    kw_identity_info identities[2] = {
        {.id = KW_STR("a"), .kind = KW_IDENTITY_URI, .name = KW_STR("n")},
        {.id = KW_STR("a"), .kind = KW_IDENTITY_DNS, .name = KW_STR("n")}};
    kw_directory_key keys[2] = {{.info = {.id = {"0000000000"}}}, {.info = {.id = {"0000000000"}}}};
    kw_directory_source source = {.identities = identities, .identities_count = 2};
    kw_directory *d = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_directory_new(&d, &source, &err), KW_CONFLICT);
    identities[1].id = KW_STR("b");
    identities[1].kind = KW_IDENTITY_URI;
    EXPECT_STATUS(kw_directory_new(&d, &source, &err), KW_CONFLICT);
    identities[1].kind = KW_IDENTITY_API_KEY;
    source.keys = keys;
    source.keys_count = 2;
    EXPECT_STATUS(kw_directory_new(&d, &source, &err), KW_CONFLICT);
    assert_null(d);
    kw_directory_free(NULL);
}

static void directory__survives_missing_memory(void **state)
{
    (void)state;
    kw_role_binding binding = {KW_ROLE_CLIENT, 5};
    kw_identity_info identity = {.id = KW_STR("a"), .bindings = {&binding, 1}};
    kw_directory_source source = {.identities = &identity, .identities_count = 1};
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        assert_true(k < 100);
        kw_directory *d = NULL;
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = kw_directory_new(&d, &source, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            assert_null(d);
            assert_int_equal(err.status, st);
        }
        kw_directory_free(d);
    }
}

static void identity_roles__counts_bindings_that_last(void **state)
{
    (void)state;
    kw_role_binding bindings[2] = {{KW_ROLE_CLIENT, 100}, {KW_ROLE_READER, 200}};
    kw_identity_info identity = {.bindings = {bindings, 2}};
    kw_role_set both = KW_ROLE_BIT(KW_ROLE_CLIENT) | KW_ROLE_BIT(KW_ROLE_READER);
    assert_int_equal(kw_identity_roles(&identity, 99), both);
    assert_int_equal(kw_identity_roles(&identity, 100), KW_ROLE_BIT(KW_ROLE_READER));
    assert_int_equal(kw_identity_roles(&identity, 200), 0);
}

static void identity_copy__points_to_nothing_of_the_old(void **state)
{
    (void)state;
    char id[] = "client-1";
    kw_role_binding binding = {KW_ROLE_CLIENT, 5};
    kw_network network = {.prefix_bits = 8};
    kw_identity_info from = {
        .id = kw_str_of(id), .bindings = {&binding, 1}, .allowed = {&network, 1}};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_identity_info copy;
    EXPECT_OK(kw_identity_copy(&arena, &copy, &from));
    memset(id, 'x', sizeof id - 1);
    binding.expires_ms = 6;
    network.prefix_bits = 9;
    EXPECT_STR(copy.id, "client-1");
    assert_int_equal(copy.bindings.rows[0].expires_ms, 5);
    assert_int_equal(copy.allowed.rows[0].prefix_bits, 8);
    KW_AUTO(kw_arena) tiny = kw_arena_init(8);
    EXPECT_STATUS(kw_identity_copy(&tiny, &copy, &from), KW_LIMIT);
}

static void identity_kind__names_invert(void **state)
{
    (void)state;
    static const char *const names[] = {"api_key", "uri", "dns", "spki"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        kw_identity_kind kind;
        EXPECT_OK(kw_identity_kind_of_name(&kind, kw_str_of(names[i])));
        assert_string_equal(kw_identity_kind_name(kind), names[i]);
    }
    kw_identity_kind untouched = KW_IDENTITY_DNS;
    EXPECT_STATUS(kw_identity_kind_of_name(&untouched, KW_STR("cn")), KW_NOT_FOUND);
    assert_int_equal(untouched, KW_IDENTITY_DNS);
}

/* 10,000 changes of permissions under load. Both identities change in each: a request that saw one
 * without the other would have been decided by a half-changed table. */
enum {
    CHANGES = 10000,
    READERS = 3
};

typedef struct traffic {
    kw_snapshot snapshot;
    _Atomic bool is_over;
    _Atomic uint64_t decided;
    _Atomic uint64_t torn;
} traffic;

static kw_directory *directory_with(kw_role role)
{
    kw_role_binding binding = {role, INT64_MAX};
    kw_identity_info identities[2] = {{.id = KW_STR("a"), .bindings = {&binding, 1}},
                                      {.id = KW_STR("b"), .bindings = {&binding, 1}}};
    kw_directory_source source = {.identities = identities, .identities_count = 2};
    return directory_of(&source);
}

static void read_on(void *ctx)
{
    traffic *t = ctx;
    while (!atomic_load(&t->is_over)) {
        KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&t->snapshot);
        kw_role_set a = kw_identity_roles(kw_directory_find(hold.object, KW_STR("a")), 0);
        kw_role_set b = kw_identity_roles(kw_directory_find(hold.object, KW_STR("b")), 0);
        (void)atomic_fetch_add(&t->torn, a != b ? 1 : 0);
        (void)atomic_fetch_add(&t->decided, 1);
    }
}

static void snapshot__is_never_half_changed(void **state)
{
    (void)state;
    static traffic t;
    kw_snapshot_init(&t.snapshot, directory_with(KW_ROLE_CLIENT), kw_directory_free);
    kw_thread readers[READERS] = {0};
    for (size_t i = 0; i < READERS; i++) {
        EXPECT_OK(kw_thread_start(&readers[i], "reader", read_on, &t, NULL));
    }
    for (unsigned i = 0; i < CHANGES; i++) {
        kw_snapshot_publish(&t.snapshot,
                            directory_with(i % 2 == 0 ? KW_ROLE_READER : KW_ROLE_CLIENT));
    }
    atomic_store(&t.is_over, true);
    for (size_t i = 0; i < READERS; i++) {
        kw_thread_join(&readers[i]);
    }
    assert_int_equal(atomic_load(&t.torn), 0);
    assert_true(atomic_load(&t.decided) > 0);
    kw_snapshot_drop(&t.snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directory__finds_all_and_nothing_else),
        cmocka_unit_test(directory__refuses_doubles),
        cmocka_unit_test(directory__survives_missing_memory),
        cmocka_unit_test(identity_roles__counts_bindings_that_last),
        cmocka_unit_test(identity_copy__points_to_nothing_of_the_old),
        cmocka_unit_test(identity_kind__names_invert),
        cmocka_unit_test(snapshot__is_never_half_changed),
    };
    return cmocka_run_group_tests_name("guard/directory", tests, NULL, NULL);
}
