/* SPDX-License-Identifier: Apache-2.0
 * The fixed order of hardening.md: the first refusal answers. */
#include "guard/guard.h"

#include "guard/audit_verify.h"
#include "guard/state.h"
#include "os/fault.h"

#include "support/expect.h"
#include "support/guard.h"
#include "support/guard_ask.h"

#include <stdio.h>

#define CLIENT_ROW                                                     \
    .method = KW_GET, .path = "/keys", .listener = KW_LISTENER_PUBLIC, \
    .permission = "emtp.key.get", .rate = KW_RATE_READ, .runs = KW_RUNS_INLINE

static const kw_route keys_route = {CLIENT_ROW, .audit = "emtp.key.served"};
static const kw_route quiet_route = {CLIENT_ROW, .audit = KW_AUDIT_NONE};
static const kw_route admin_route = {.method = KW_POST,
                                     .path = "/v1/identities",
                                     .listener = KW_LISTENER_ADMIN,
                                     .permission = "identity.entry.write",
                                     .rate = KW_RATE_ADMIN,
                                     .audit = "identity.entry.added",
                                     .runs = KW_RUNS_ON_POOL};
static const kw_route health_route = {.method = KW_GET,
                                      .path = "/health",
                                      .listener = KW_LISTENER_METRICS,
                                      .permission = "node.health.read",
                                      .rate = KW_RATE_FREE,
                                      .audit = KW_AUDIT_NONE,
                                      .runs = KW_RUNS_INLINE};

static guard_world world;
static kw_api_key_text key;

static int setup(void **state)
{
    (void)state;
    guard_world_make(&world);
    guard_world_add_client(&world, "client-1", &key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    kw_api_key_text_drop(&key);
    guard_world_remove(&world);
    return 0;
}

static guard_answer ask(const kw_route *route, const char *bearer, const char *uri)
{
    guard_request request = {.route = route, .bearer = bearer, .uri = uri};
    return guard_world_ask(&world, &request);
}

static void admit__lets_an_api_key_in(void **state)
{
    (void)state;
    guard_answer answer = ask(&keys_route, key.shown, NULL);
    EXPECT_OK(answer.st);
    EXPECT_OK(answer.settled);
    assert_string_equal(answer.caller, "client-1");
}

static void admit__refuses_strangers_with_one_status(void **state)
{
    (void)state;
    char wrong[KW_API_KEY_BYTES + 1];
    kw_api_key_text other;
    kw_api_key_id id;
    static const uint8_t id_entropy[7] = {1, 2, 3};
    static const kw_secret32 secret = {{4, 5, 6}};
    kw_api_key_format(&other, &id, id_entropy, &secret);
    (void)snprintf(wrong, sizeof wrong, "%s", key.shown);
    wrong[20] = wrong[20] == 'A' ? 'B' : 'A'; /* also breaks the check characters */
    const char *const bearers[] = {NULL, "", "nonsense", wrong, other.shown};
    for (size_t i = 0; i < KW_COUNT(bearers); i++) {
        guard_answer answer = ask(&keys_route, bearers[i], NULL);
        EXPECT_STATUS(answer.st, KW_UNAUTHENTICATED);
        assert_string_equal(answer.caller, "");
    }
}

/* A key with the right id and check characters, but another secret. */
static void admit__compares_the_secret(void **state)
{
    (void)state;
    kw_api_key_text forged;
    kw_api_key_id id;
    uint8_t id_entropy[7] = {0};
    uint64_t bits = 0;
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    for (size_t i = 0; i < KW_API_KEY_ID_BYTES; i++) {
        bits = bits << 5 | (uint64_t)(strchr(alphabet, key.shown[5 + i]) - alphabet);
    }
    bits <<= 6;
    for (size_t i = 0; i < sizeof id_entropy; i++) {
        id_entropy[i] = (uint8_t)(bits >> (48 - 8 * i));
    }
    static const kw_secret32 secret = {{4, 5, 6}};
    kw_api_key_format(&forged, &id, id_entropy, &secret);
    assert_memory_equal(forged.shown, key.shown, 16);
    EXPECT_STATUS(ask(&keys_route, forged.shown, NULL).st, KW_UNAUTHENTICATED);
}

static void admit__knows_certificates_of_the_configuration(void **state)
{
    (void)state;
    guard_answer answer = ask(&admin_route, NULL, GUARD_WORLD_ADMIN_URI);
    EXPECT_OK(answer.st);
    assert_string_equal(answer.caller, "uri:" GUARD_WORLD_ADMIN_URI);
    EXPECT_STATUS(ask(&admin_route, NULL, "spiffe://test/other").st, KW_UNAUTHENTICATED);
    EXPECT_STATUS(ask(&keys_route, NULL, GUARD_WORLD_ADMIN_URI).st, KW_FORBIDDEN);
}

static void admit__takes_no_api_key_on_inner_listeners(void **state)
{
    (void)state;
    guard_request request = {
        .route = &keys_route, .listener = KW_LISTENER_ADMIN, .bearer = key.shown};
    EXPECT_STATUS(guard_world_ask(&world, &request).st, KW_UNAUTHENTICATED);
    request.uri = GUARD_WORLD_ADMIN_URI; /* and no second credential beside one */
    EXPECT_STATUS(guard_world_ask(&world, &request).st, KW_UNAUTHENTICATED);
    request.listener = KW_LISTENER_PEER;
    EXPECT_STATUS(guard_world_ask(&world, &request).st, KW_UNAUTHENTICATED);
    request = (guard_request){.route = &health_route, .listener = KW_LISTENER_ADMIN};
    EXPECT_STATUS(guard_world_ask(&world, &request).st, KW_UNAUTHENTICATED);
}

static const kw_route peer_route = {.method = KW_POST,
                                    .path = "/dkg/hello",
                                    .listener = KW_LISTENER_PEER,
                                    .permission = "threshold.message.send",
                                    .rate = KW_RATE_READ,
                                    .audit = KW_AUDIT_NONE,
                                    .runs = KW_RUNS_ON_POOL};

/* Certificates of requests have a key of zeros: it is a member's while `ctx` says so. */
static bool find_member(void *ctx, char out[KW_GUARD_MEMBER_BYTES], const kw_hash32 *tls_spki)
{
    const bool *is_member = ctx;
    assert_int_equal(tls_spki->bytes[0], 0);
    (void)snprintf(out, KW_GUARD_MEMBER_BYTES, "%s", *is_member ? "0x01" : "");
    return *is_member;
}

static void admit__lets_members_of_the_cluster_in_on_their_listener(void **state)
{
    (void)state;
    static bool is_member = true;
    const char *uri = "keyward:operator";
    EXPECT_STATUS(ask(&peer_route, NULL, uri).st, KW_UNAUTHENTICATED);
    kw_guard_admit_members(world.guard, (kw_guard_members){find_member, &is_member});
    guard_answer answer = ask(&peer_route, NULL, uri);
    EXPECT_OK(answer.st);
    assert_string_equal(answer.caller, "0x01");
    EXPECT_STATUS(ask(&peer_route, NULL, NULL).st, KW_UNAUTHENTICATED);
    EXPECT_STATUS(ask(&peer_route, key.shown, uri).st, KW_UNAUTHENTICATED);
    EXPECT_STATUS(ask(&peer_route, NULL, GUARD_WORLD_ADMIN_URI).st, KW_FORBIDDEN);
    EXPECT_STATUS(ask(&admin_route, NULL, uri).st, KW_UNAUTHENTICATED);
    EXPECT_STATUS(ask(&keys_route, NULL, uri).st, KW_UNAUTHENTICATED);
    is_member = false;
    EXPECT_STATUS(ask(&peer_route, NULL, uri).st, KW_UNAUTHENTICATED);
    is_member = true;
}

static void admit__lets_anonymous_callers_only_where_the_table_says(void **state)
{
    (void)state;
    EXPECT_OK(ask(&health_route, NULL, NULL).st);
    EXPECT_STATUS(ask(&keys_route, NULL, NULL).st, KW_UNAUTHENTICATED);
    kw_route unknown = keys_route;
    unknown.permission = "no.such.permission";
    EXPECT_STATUS(ask(&unknown, key.shown, NULL).st, KW_FORBIDDEN);
    unknown.permission = NULL;
    EXPECT_STATUS(ask(&unknown, key.shown, NULL).st, KW_FORBIDDEN);
}

static void admit__needs_the_permission(void **state)
{
    (void)state;
    kw_route rotate = keys_route;
    rotate.permission = "emtp.key.rotate";
    EXPECT_STATUS(ask(&rotate, key.shown, NULL).st, KW_FORBIDDEN);
}

static void admit__forgets_bindings_that_expired(void **state)
{
    (void)state;
    kw_clock_manual_advance(&world.time, (int64_t)29 * 86400 * 1000);
    EXPECT_OK(ask(&keys_route, key.shown, NULL).st);
    kw_guard_actor admin = guard_world_admin();
    kw_error err = {0};
    KW_AUTO(kw_api_key_text) newer = {{0}};
    kw_unix_ms later = atomic_load(&world.time.at) + (kw_unix_ms)100 * 86400 * 1000;
    EXPECT_OK(kw_guard_api_key_issue(world.guard, &newer, KW_STR("client-1"), later, &admin, &err));
    kw_clock_manual_advance(&world.time, (int64_t)1 * 86400 * 1000);
    EXPECT_STATUS(ask(&keys_route, key.shown, NULL).st, KW_UNAUTHENTICATED); /* the key expired */
    EXPECT_STATUS(ask(&keys_route, newer.shown, NULL).st, KW_FORBIDDEN);     /* the role did */
}

static void admit__stops_disabled_identities_with_403(void **state)
{
    (void)state;
    kw_guard_actor admin = guard_world_admin();
    kw_error err = {0};
    EXPECT_OK(kw_guard_identity_enable(world.guard, KW_STR("client-1"), false, &admin, &err));
    guard_answer answer = ask(&keys_route, key.shown, NULL);
    EXPECT_STATUS(answer.st, KW_FORBIDDEN);
    assert_string_equal(answer.caller, "client-1");
    EXPECT_OK(kw_guard_identity_enable(world.guard, KW_STR("client-1"), true, &admin, &err));
    EXPECT_OK(ask(&keys_route, key.shown, NULL).st);
}

static void admit__stops_revoked_keys_with_401(void **state)
{
    (void)state;
    kw_guard_actor admin = guard_world_admin();
    kw_error err = {0};
    EXPECT_OK(kw_guard_api_key_revoke(world.guard, (kw_str){key.shown + 5, KW_API_KEY_ID_BYTES},
                                      &admin, &err));
    EXPECT_STATUS(ask(&keys_route, key.shown, NULL).st, KW_UNAUTHENTICATED);
}

static void admit__checks_the_identitys_networks(void **state)
{
    (void)state;
    kw_guard_actor admin = guard_world_admin();
    kw_error err = {0};
    kw_network rows[2];
    EXPECT_OK(kw_network_parse(&rows[0], KW_STR("198.51.100.0/24")));
    EXPECT_OK(kw_network_parse(&rows[1], KW_STR("!198.51.100.66")));
    EXPECT_OK(kw_guard_allowlist_set(world.guard, KW_STR("client-1"), (kw_networks){rows, 2},
                                     &admin, &err));
    guard_request request = {.route = &keys_route, .bearer = key.shown};
    EXPECT_STATUS(guard_world_ask(&world, &request).st, KW_FORBIDDEN);
    request.address = "198.51.100.7";
    EXPECT_OK(guard_world_ask(&world, &request).st);
    request.address = "198.51.100.66";
    EXPECT_STATUS(guard_world_ask(&world, &request).st, KW_FORBIDDEN);
}

static void gate_of__fills_the_whole_port(void **state)
{
    (void)state;
    kw_gate gate = kw_guard_gate_of(world.guard);
    assert_ptr_equal(gate.ctx, world.guard);
    assert_true(gate.greet != NULL && gate.admit != NULL && gate.settle != NULL);
}

static void greet__checks_the_listeners_networks(void **state)
{
    (void)state;
    const kw_gate *gate = kw_guard_gate(world.guard);
    static const struct {
        kw_listener listener;
        const char *address;
        kw_status wanted;
    } cases[] = {{KW_LISTENER_PUBLIC, "203.0.113.9", KW_OK},
                 {KW_LISTENER_METRICS, "203.0.113.9", KW_OK},
                 {KW_LISTENER_ADMIN, "127.0.0.1", KW_OK},
                 {KW_LISTENER_ADMIN, "::1", KW_OK},
                 {KW_LISTENER_ADMIN, "203.0.113.9", KW_FORBIDDEN},
                 {KW_LISTENER_PEER, "127.0.0.1", KW_FORBIDDEN}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_ip ip;
        EXPECT_OK(kw_ip_parse(&ip, kw_str_of(cases[i].address)));
        kw_peer peer = {.listener = cases[i].listener};
        memcpy(peer.address.bytes, ip.bytes, sizeof ip.bytes);
        EXPECT_STATUS(gate->greet(gate->ctx, &peer), cases[i].wanted);
    }
}

static void admit__limits_identities(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 400; i++) { /* an authenticated request gives its token back */
        EXPECT_OK(ask(&quiet_route, key.shown, NULL).st);
    }
    guard_answer answer = ask(&quiet_route, key.shown, NULL);
    EXPECT_STATUS(answer.st, KW_RATE_LIMITED);
    assert_int_equal(answer.retry_after_s, 1);
    assert_int_equal(answer.rate_remaining, 0);
    assert_string_equal(answer.caller, "client-1");
    kw_clock_manual_advance(&world.time, 5);
    EXPECT_OK(ask(&quiet_route, key.shown, NULL).st);
}

static void admit__makes_failed_logins_dear(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        EXPECT_STATUS(ask(&keys_route, "wrong", NULL).st, KW_UNAUTHENTICATED);
    }
    guard_answer answer = ask(&keys_route, key.shown, NULL);
    EXPECT_STATUS(answer.st, KW_RATE_LIMITED);
    assert_int_equal(answer.retry_after_s, 1);
    guard_request elsewhere = {.route = &keys_route, .bearer = key.shown, .address = "192.0.2.2"};
    EXPECT_OK(guard_world_ask(&world, &elsewhere).st);
    EXPECT_STATUS(ask(NULL, NULL, NULL).st, KW_RATE_LIMITED);
    guard_request unrouted = {.address = "192.0.2.3"};
    EXPECT_OK(guard_world_ask(&world, &unrouted).st);
}

/* What the log must say, in order, behind what the fixture wrote. */
typedef struct wanted_record {
    const char *action;
    const char *actor;
    const char *object;
    kw_status outcome;
    kw_auth_method method;
} wanted_record;

typedef struct log_reader {
    const wanted_record *wanted;
    size_t count;
    size_t met;
} log_reader;

static kw_status compare(void *data, const kw_audit_record *record, kw_error *err)
{
    (void)err;
    log_reader *r = data;
    if (kw_str_starts_with(record->action, KW_STR("audit.")) ||
        kw_str_equal(record->detail, KW_STR("begin"))) {
        return KW_OK;
    }
    assert_in_range(r->met, 0, r->count - 1);
    const wanted_record *wanted = &r->wanted[r->met];
    EXPECT_STR(record->action, wanted->action);
    EXPECT_STR(record->actor, wanted->actor);
    EXPECT_STR(record->object, wanted->object);
    EXPECT_STATUS(record->outcome, wanted->outcome);
    assert_int_equal(record->method, wanted->method);
    EXPECT_STR(record->request_id, "0123456789abcdef01234567");
    r->met++;
    return KW_OK;
}

static void settle__records_who_did_what(void **state)
{
    (void)state;
    (void)ask(&keys_route, key.shown, NULL);
    (void)ask(&quiet_route, key.shown, NULL);
    (void)ask(&keys_route, NULL, NULL);
    (void)ask(&quiet_route, "wrong", NULL);
    (void)ask(&admin_route, NULL, GUARD_WORLD_ADMIN_URI);
    (void)ask(NULL, NULL, NULL);
    kw_guard_free(world.guard); /* writes what is queued */
    world.guard = NULL;
    static const wanted_record wanted[] = {
        {"emtp.key.served", "client-1", "the-object", KW_OK, KW_AUTH_API_KEY},
        {"emtp.key.served", "", "", KW_UNAUTHENTICATED, KW_AUTH_NONE},
        {"emtp.key.get", "", "", KW_UNAUTHENTICATED, KW_AUTH_NONE},
        {"identity.entry.added", "uri:" GUARD_WORLD_ADMIN_URI, "the-object", KW_OK,
         KW_AUTH_CERTIFICATE},
    };
    log_reader reader = {.wanted = wanted, .count = KW_COUNT(wanted)};
    kw_error err = {0};
    EXPECT_OK(kw_audit_read(world.audit_dir.text, compare, &reader, &err));
    assert_int_equal(reader.met, reader.count);
}

static void admit__refuses_audited_routes_while_the_disk_is_full(void **state)
{
    (void)state;
    kw_guard_free(world.guard);
    world.guard = NULL;
    static kw_os_faults faults;
    memset(&faults, 0, sizeof faults);
    kw_os_faults_use(&faults);
    guard_world_reopen(&world);
    kw_os_faults_use(NULL);
    EXPECT_OK(ask(&keys_route, key.shown, NULL).settled);
    kw_os_fail_from(&faults, KW_OS_WRITE, 1, KW_NO_SPACE);
    guard_answer answer = ask(&keys_route, key.shown, NULL);
    EXPECT_OK(answer.st); /* found out when the record is written: the response is withheld */
    EXPECT_STATUS(answer.settled, KW_AUDIT_UNAVAILABLE);
    answer = ask(&keys_route, key.shown, NULL);
    EXPECT_STATUS(answer.st, KW_AUDIT_UNAVAILABLE);
    assert_true(answer.retry_after_s >= 1);
    EXPECT_OK(ask(&quiet_route, key.shown, NULL).st);
    EXPECT_OK(ask(&health_route, NULL, NULL).st);
    kw_os_fail_at(&faults, KW_OS_WRITE, 0);
    kw_guard_free(world.guard);
    world.guard = NULL;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(admit__lets_an_api_key_in),
        CASE(admit__refuses_strangers_with_one_status),
        CASE(admit__compares_the_secret),
        CASE(admit__knows_certificates_of_the_configuration),
        CASE(admit__takes_no_api_key_on_inner_listeners),
        CASE(admit__lets_members_of_the_cluster_in_on_their_listener),
        CASE(admit__lets_anonymous_callers_only_where_the_table_says),
        CASE(admit__needs_the_permission),
        CASE(admit__forgets_bindings_that_expired),
        CASE(admit__stops_disabled_identities_with_403),
        CASE(admit__stops_revoked_keys_with_401),
        CASE(admit__checks_the_identitys_networks),
        CASE(gate_of__fills_the_whole_port),
        CASE(greet__checks_the_listeners_networks),
        CASE(admit__limits_identities),
        CASE(admit__makes_failed_logins_dear),
        CASE(settle__records_who_did_what),
        CASE(admit__refuses_audited_routes_while_the_disk_is_full),
    };
    return cmocka_run_group_tests_name("guard/gate", tests, NULL, NULL);
}
