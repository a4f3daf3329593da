/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/identity.h"

#include "guard/audit_verify.h"
#include "guard/limits.h"
#include "os/fault.h"
#include "os/thread.h"

#include "support/expect.h"
#include "support/guard.h"
#include "support/process.h"

#include <stdio.h>

static guard_world world;
static kw_guard_actor admin;
static kw_unix_ms now_ms;
static kw_error err;

static int setup(void **state)
{
    (void)state;
    guard_world_make(&world);
    admin = guard_world_admin();
    now_ms = atomic_load(&world.time.at);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    guard_world_remove(&world);
    return 0;
}

static kw_identity_spec spec_of(const char *id)
{
    return (kw_identity_spec){
        .id = kw_str_of(id), .tenant = KW_STR("acme"), .kind = KW_IDENTITY_API_KEY};
}

static kw_status add(const kw_identity_spec *spec)
{
    err = (kw_error){0};
    kw_status st = kw_guard_identity_add(world.guard, spec, &admin, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_identity_info get(const char *id, kw_arena *arena)
{
    kw_identity_info info;
    EXPECT_OK(kw_guard_identity_get(world.guard, &info, kw_str_of(id), arena, &err));
    return info;
}

static void identity_add__keeps_everything_over_a_restart(void **state)
{
    (void)state;
    kw_network networks[2];
    EXPECT_OK(kw_network_parse(&networks[0], KW_STR("10.0.0.0/8")));
    EXPECT_OK(kw_network_parse(&networks[1], KW_STR("!2001:db8::/32")));
    kw_role_binding bindings[2] = {{KW_ROLE_CLIENT, now_ms + 1000}, {KW_ROLE_READER, now_ms + 5}};
    kw_identity_spec spec = {.id = KW_STR("urn:x:1"),
                             .tenant = KW_STR("acme/eu"),
                             .kind = KW_IDENTITY_URI,
                             .name = KW_STR("spiffe://acme/one"),
                             .allowed = {networks, 2},
                             .bindings = {bindings, 2}};
    EXPECT_OK(add(&spec));
    for (int turn = 0; turn < 2; turn++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        kw_identity_info info = get("urn:x:1", &arena);
        EXPECT_STR(info.tenant, "acme/eu");
        EXPECT_STR(info.name, "spiffe://acme/one");
        assert_int_equal(info.kind, KW_IDENTITY_URI);
        assert_true(info.is_enabled);
        assert_false(info.is_configured);
        assert_int_equal(info.created_ms, now_ms);
        assert_int_equal(info.allowed.count, 2);
        assert_memory_equal(info.allowed.rows[1].base.bytes, networks[1].base.bytes, 16);
        assert_true(info.allowed.rows[1].is_refused);
        assert_int_equal(info.bindings.count, 2);
        guard_world_reopen(&world);
    }
}

static void identity_add__refuses_bad_members(void **state)
{
    (void)state;
    static char longer[300];
    memset(longer, 'a', sizeof longer);
    kw_identity_spec cases[14];
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        cases[i] = spec_of("client");
    }
    cases[0].id = KW_STR("");
    cases[1].id = (kw_str){longer, KW_IDENTITY_ID_BYTES_MAX + 1};
    cases[2].id = KW_STR("a b");
    cases[3].id = KW_STR("a\nb");
    cases[4].tenant = KW_STR("");
    cases[5].tenant = (kw_str){longer, KW_IDENTITY_TENANT_BYTES_MAX + 1};
    cases[6].name = KW_STR("a-name-for-an-api-key");
    cases[7].kind = KW_IDENTITY_URI;
    cases[8].kind = KW_IDENTITY_DNS;
    cases[8].name = KW_STR("Upper.example");
    cases[9].kind = KW_IDENTITY_DNS;
    cases[9].name = KW_STR("under_score.example");
    cases[10].kind = KW_IDENTITY_SPKI;
    cases[10].name = KW_STR("0011");
    cases[11].kind = KW_IDENTITY_SPKI;
    cases[11].name = (kw_str){longer, 65};
    cases[12].kind = KW_IDENTITY_URI;
    cases[12].name = (kw_str){longer, KW_IDENTITY_NAME_BYTES_MAX + 1};
    kw_role_binding too_long = {KW_ROLE_CLIENT, now_ms + KW_BINDING_LIFE_MS_MAX + 1};
    cases[13].bindings = (kw_role_bindings){&too_long, 1};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(add(&cases[i]), KW_BAD_INPUT);
    }
    kw_role_binding twice[2] = {{KW_ROLE_CLIENT, now_ms + 1}, {KW_ROLE_CLIENT, now_ms + 2}};
    kw_identity_spec spec = spec_of("client");
    spec.bindings = (kw_role_bindings){twice, 2};
    EXPECT_STATUS(add(&spec), KW_BAD_INPUT);
    kw_network networks[KW_IDENTITY_NETWORKS_MAX + 1] = {0};
    spec = spec_of("client");
    spec.allowed = (kw_networks){networks, KW_COUNT(networks)};
    EXPECT_STATUS(add(&spec), KW_LIMIT);
}

static void identity_add__uses_ids_and_names_once(void **state)
{
    (void)state;
    kw_identity_spec first = spec_of("one");
    first.kind = KW_IDENTITY_URI;
    first.name = KW_STR("spiffe://acme/one");
    EXPECT_OK(add(&first));
    EXPECT_STATUS(add(&first), KW_CONFLICT);
    kw_identity_spec second = first;
    second.id = KW_STR("two");
    EXPECT_STATUS(add(&second), KW_CONFLICT);
    second.name = KW_STR(GUARD_WORLD_ADMIN_URI); /* of the configuration */
    EXPECT_STATUS(add(&second), KW_CONFLICT);
    EXPECT_OK(kw_guard_identity_enable(world.guard, first.id, false, &admin, &err));
    EXPECT_STATUS(add(&first), KW_CONFLICT); /* never again */
}

static void roles__are_granted_only_by_who_may(void **state)
{
    (void)state;
    kw_role_binding officer = {KW_ROLE_CRYPTO_OFFICER, now_ms + 1000};
    kw_identity_spec spec = spec_of("person");
    spec.bindings = (kw_role_bindings){&officer, 1};
    EXPECT_STATUS(add(&spec), KW_FORBIDDEN);
    kw_role_binding client = {KW_ROLE_CLIENT, now_ms + 1000};
    spec.bindings = (kw_role_bindings){&client, 1};
    kw_guard_actor nobody = {.id = KW_STR("x"), .roles = KW_ROLE_BIT(KW_ROLE_OPERATOR)};
    EXPECT_STATUS(kw_guard_identity_add(world.guard, &spec, &nobody, &err), KW_FORBIDDEN);
    EXPECT_OK(add(&spec));
    EXPECT_STATUS(kw_guard_role_bind(world.guard, spec.id, officer, &admin, &err), KW_FORBIDDEN);
    kw_guard_actor itself = admin;
    itself.id = spec.id;
    EXPECT_STATUS(kw_guard_role_bind(world.guard, spec.id, client, &itself, &err), KW_FORBIDDEN);
    EXPECT_STATUS(kw_guard_role_bind(world.guard, KW_STR("nobody"), client, &admin, &err),
                  KW_NOT_FOUND);
    EXPECT_STATUS(kw_guard_role_bind(world.guard, KW_STR("uri:" GUARD_WORLD_ADMIN_URI), client,
                                     &itself, &err),
                  KW_REFUSED);
}

static void role_bind__sets_moves_and_removes(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    static const struct {
        kw_unix_ms life_ms;
        size_t count;
    } cases[] = {{1000, 1}, {2000, 1}, {0, 0}, {-5, 0}, {KW_BINDING_LIFE_MS_MAX, 1}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_role_binding binding = {KW_ROLE_CLIENT, now_ms + cases[i].life_ms};
        EXPECT_OK(kw_guard_role_bind(world.guard, spec.id, binding, &admin, &err));
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        kw_identity_info info = get("person", &arena);
        assert_int_equal(info.bindings.count, cases[i].count);
        if (cases[i].count > 0) {
            assert_int_equal(info.bindings.rows[0].expires_ms, binding.expires_ms);
        }
    }
    kw_guard_actor all = guard_world_system();
    kw_role_binding security = {KW_ROLE_SECURITY_ADMIN, now_ms + 10};
    kw_role_binding auditor = {KW_ROLE_AUDITOR, now_ms + 10};
    EXPECT_OK(kw_guard_role_bind(world.guard, spec.id, security, &all, &err));
    EXPECT_STATUS(kw_guard_role_bind(world.guard, spec.id, auditor, &all, &err), KW_REFUSED);
}

static void identity_enable__is_not_for_oneself(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    kw_guard_actor itself = admin;
    itself.id = spec.id;
    EXPECT_OK(kw_guard_identity_enable(world.guard, spec.id, false, &itself, &err));
    EXPECT_STATUS(kw_guard_identity_enable(world.guard, spec.id, true, &itself, &err),
                  KW_FORBIDDEN);
    EXPECT_OK(kw_guard_identity_enable(world.guard, spec.id, true, &admin, &err));
    EXPECT_STATUS(kw_guard_identity_enable(world.guard, KW_STR("nobody"), true, &admin, &err),
                  KW_NOT_FOUND);
    EXPECT_STATUS(kw_guard_identity_enable(world.guard, KW_STR("uri:" GUARD_WORLD_ADMIN_URI), false,
                                           &itself, &err),
                  KW_REFUSED);
}

static kw_status issue(kw_api_key_text *out, const char *id, int64_t life_ms)
{
    return kw_guard_api_key_issue(world.guard, out, kw_str_of(id),
                                  atomic_load(&world.time.at) + life_ms, &admin, &err);
}

static void api_key_issue__allows_two_live_keys(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    KW_AUTO(kw_api_key_text) a = {{0}};
    KW_AUTO(kw_api_key_text) b = {{0}};
    KW_AUTO(kw_api_key_text) c = {{0}};
    EXPECT_OK(issue(&a, "person", 1000));
    EXPECT_OK(issue(&b, "person", KW_API_KEY_LIFE_MS_MAX));
    assert_memory_not_equal(a.shown, b.shown, sizeof a.shown);
    EXPECT_STATUS(issue(&c, "person", 1000), KW_LIMIT);
    assert_string_equal(c.shown, "");
    EXPECT_OK(kw_guard_api_key_revoke(world.guard, (kw_str){b.shown + 5, KW_API_KEY_ID_BYTES},
                                      &admin, &err));
    EXPECT_OK(kw_guard_api_key_revoke(world.guard, (kw_str){b.shown + 5, KW_API_KEY_ID_BYTES},
                                      &admin, &err));
    EXPECT_OK(issue(&c, "person", 1000));
    kw_clock_manual_advance(&world.time, 1000); /* a and c expire */
    EXPECT_OK(issue(&a, "person", 1000));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    assert_int_equal(get("person", &arena).api_keys_count, 4);
}

static void api_key_issue__refuses_what_the_rules_forbid(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    spec = spec_of("machine");
    spec.kind = KW_IDENTITY_URI;
    spec.name = KW_STR("spiffe://m");
    EXPECT_OK(add(&spec));
    KW_AUTO(kw_api_key_text) key = {{0}};
    EXPECT_STATUS(issue(&key, "person", 0), KW_BAD_INPUT);
    EXPECT_STATUS(issue(&key, "person", KW_API_KEY_LIFE_MS_MAX + 1), KW_BAD_INPUT);
    EXPECT_STATUS(issue(&key, "nobody", 1000), KW_NOT_FOUND);
    EXPECT_STATUS(issue(&key, "machine", 1000), KW_BAD_STATE);
    EXPECT_OK(kw_guard_identity_enable(world.guard, KW_STR("person"), false, &admin, &err));
    EXPECT_STATUS(issue(&key, "person", 1000), KW_BAD_STATE);
    EXPECT_STATUS(kw_guard_api_key_revoke(world.guard, KW_STR("0123456789"), &admin, &err),
                  KW_NOT_FOUND);
    assert_string_equal(key.shown, "");
    EXPECT_OK(kw_guard_identity_enable(world.guard, KW_STR("person"), true, &admin, &err));
    world.rng_state.requests = 0;
    world.rng_state.fail_after = 1;
    EXPECT_STATUS(issue(&key, "person", 1000), KW_ENTROPY_FAILURE);
    assert_string_equal(key.shown, "");
}

static void identity_list__pages_in_order(void **state)
{
    (void)state;
    static const char *const ids[] = {"delta", "alpha", "charlie", "bravo", "echo"};
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        kw_identity_spec spec = spec_of(ids[i]);
        EXPECT_OK(add(&spec));
    }
    static const char *const wanted[] = {"alpha", "bravo", "charlie",
                                         "delta", "echo",  ("uri:" GUARD_WORLD_ADMIN_URI)};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_str after = {0};
    size_t met = 0;
    for (;;) {
        kw_identity_infos page;
        EXPECT_OK(kw_guard_identity_list(world.guard, &page, after, 2, &arena, &err));
        if (page.count == 0) {
            break;
        }
        for (size_t i = 0; i < page.count; i++) {
            EXPECT_STR(page.rows[i].id, wanted[met]);
            met++;
        }
        after = page.rows[page.count - 1].id;
    }
    assert_int_equal(met, KW_COUNT(wanted));
    KW_AUTO(kw_arena) tiny = kw_arena_init(8);
    kw_identity_infos page;
    EXPECT_STATUS(kw_guard_identity_list(world.guard, &page, (kw_str){0}, 2, &tiny, &err),
                  KW_LIMIT);
    kw_identity_info info;
    EXPECT_STATUS(kw_guard_identity_get(world.guard, &info, KW_STR("x"), &arena, &err),
                  KW_NOT_FOUND);
}

/* Without an audit log nothing changes. */
static void changes__need_the_audit_log(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    kw_guard_free(world.guard);
    world.guard = NULL;
    static kw_os_faults faults;
    memset(&faults, 0, sizeof faults);
    kw_os_faults_use(&faults);
    guard_world_reopen(&world);
    kw_os_faults_use(NULL);
    kw_os_fail_from(&faults, KW_OS_WRITE, 1, KW_NO_SPACE);
    EXPECT_STATUS(kw_guard_identity_enable(world.guard, spec.id, false, &admin, &err),
                  KW_AUDIT_UNAVAILABLE);
    kw_identity_spec other = spec_of("other");
    EXPECT_STATUS(add(&other), KW_AUDIT_UNAVAILABLE);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    assert_true(get("person", &arena).is_enabled);
    kw_os_fail_at(&faults, KW_OS_WRITE, 0);
    kw_guard_free(world.guard);
    world.guard = NULL;
}

typedef struct begins {
    unsigned count;
} begins;

static kw_status count_begins(void *data, const kw_audit_record *record, kw_error *e)
{
    (void)e;
    begins *b = data;
    if (kw_str_equal(record->detail, KW_STR("begin"))) {
        EXPECT_STR(record->actor, "uri:" GUARD_WORLD_ADMIN_URI);
        EXPECT_STR(record->object, "person");
        b->count++;
    }
    return KW_OK;
}

static void changes__are_recorded_before_they_are_made(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    EXPECT_STATUS(add(&spec), KW_CONFLICT); /* refused: nothing begins */
    EXPECT_OK(kw_guard_identity_enable(world.guard, spec.id, false, &admin, &err));
    kw_guard_free(world.guard);
    world.guard = NULL;
    begins b = {0};
    EXPECT_OK(kw_audit_read(world.audit_dir.text, count_begins, &b, &err));
    assert_int_equal(b.count, 2);
}

/* Another node changes the store: a refresh shows it. */
static void guard_refresh__sees_what_another_node_did(void **state)
{
    (void)state;
    kw_identity_spec spec = spec_of("person");
    EXPECT_OK(add(&spec));
    tempdir_path folder = tempdir_join(&world.dir, "audit-2");
    kw_guard_config config = world.config;
    config.node = KW_STR("n2");
    config.audit_dir = kw_str_of(folder.text);
    kw_guard_ports ports = {
        .store = world.store, .sealer = world.sealer, .clock = &world.clock, .rng = &world.rng};
    kw_guard *second = NULL;
    EXPECT_OK(kw_guard_open(&second, &config, &ports, &err));
    EXPECT_OK(kw_guard_identity_enable(second, spec.id, false, &admin, &err));
    kw_guard_free(second);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    assert_true(get("person", &arena).is_enabled);
    EXPECT_OK(kw_guard_refresh(world.guard, &err));
    assert_false(get("person", &arena).is_enabled);
    EXPECT_OK(kw_guard_refresh(world.guard, &err));
}

/* No secret of the guard is in any file: not the API key, not the pepper's stored form in clear. */
static void no_file__holds_an_api_key(void **state)
{
    (void)state;
    kw_api_key_text key;
    guard_world_add_client(&world, "client-1", &key);
    kw_guard_free(world.guard);
    world.guard = NULL;
    char secret[44];
    char public_id[11];
    (void)snprintf(secret, sizeof secret, "%.43s", key.shown + 16);
    (void)snprintf(public_id, sizeof public_id, "%.10s", key.shown + 5);
    process_result result = {0};
    const char *const find_secret[] = {"grep", "-rqF", "-e", secret, world.dir.path, NULL};
    process_expect(&result, 1, find_secret, (kw_str){0}); /* grep found nothing */
    const char *const find_id[] = {"grep", "-rqF", "-e", public_id, world.dir.path, NULL};
    process_expect(&result, 0, find_id, (kw_str){0}); /* but it looks in the right place */
    process_result_drop(&result);
    kw_api_key_text_drop(&key);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(identity_add__keeps_everything_over_a_restart),
        CASE(identity_add__refuses_bad_members),
        CASE(identity_add__uses_ids_and_names_once),
        CASE(roles__are_granted_only_by_who_may),
        CASE(role_bind__sets_moves_and_removes),
        CASE(identity_enable__is_not_for_oneself),
        CASE(api_key_issue__allows_two_live_keys),
        CASE(api_key_issue__refuses_what_the_rules_forbid),
        CASE(identity_list__pages_in_order),
        CASE(changes__need_the_audit_log),
        CASE(changes__are_recorded_before_they_are_made),
        CASE(guard_refresh__sees_what_another_node_did),
        CASE(no_file__holds_an_api_key),
    };
    return cmocka_run_group_tests_name("guard/service", tests, NULL, NULL);
}
