/* SPDX-License-Identifier: Apache-2.0
 * Applications at an operator that runs as a process: who gets a part of a key, how often, and what
 * the audit log has of it. */
#include "codec/hex.h"
#include "os/clock.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/token_mint.h"
#include "threshold/engine/use/partial.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct desk {
    committee *c;
    house *h;
    token_mint mint;       /* whose tokens it takes */
    process_result result; /* of the last call */
} desk;

/* HTTP status of a call with a JSON body, NULL: none. */
static int call(desk *d, house_who who, const char *method, const char *url, const char *body)
{
    house_request request = {.who = who, .method = method, .url = url, .body = body};
    return house_call(d->h, &d->result, &request);
}

static int admin(desk *d, house_who who, const char *method, const char *path, const char *body)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s/v1/threshold/apps%s", d->h->admin_url, path);
    return call(d, who, method, url, body);
}

static int sign(desk *d, house_who who, const char *body)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s/app/sign", d->h->public_url);
    return call(d, who, "POST", url, body);
}

static bool says(const desk *d, const char *text)
{
    return memmem(d->result.out.ptr, d->result.out.len, text, strlen(text)) != NULL;
}

/* The hex behind a member's name in the last answer, as bytes. */
static void read_hex(const desk *d, const char *name, kw_mspan out)
{
    const char *found = memmem(d->result.out.ptr, d->result.out.len, name, strlen(name));
    assert_non_null(found);
    EXPECT_OK(kw_hex_decode_to(out, (kw_str){found + strlen(name), 2 * out.len}));
}

/* The last answer is the signature of the cluster's key: there is one operator. */
static void expect_signature_of(desk *d, const char *app)
{
    const kw_group *group = &kw_group_bls12_381;
    uint8_t signature[48];
    uint8_t master[96];
    kw_partial partial = {.epoch = 1, .member = 1};
    kw_group_g2 key;
    read_hex(d, "\"partialSignature\":\"", KW_MSPAN(signature));
    assert_int_equal(committee_get(d->c, 0, "/pubkey", &d->result), 200);
    read_hex(d, "\"masterPublicKey\":\"", KW_MSPAN(master));
    EXPECT_OK(group->g1_decode(&partial.signature, KW_SPAN(signature)));
    EXPECT_OK(group->g2_decode(&key, KW_SPAN(master)));
    kw_share_keys keys = {.group = group, .epoch = 1, .keys = &key, .n = 1};
    kw_purposed what = {KW_PURPOSE_APPLICATION, kw_span_of_str(kw_str_of(app))};
    bool yes = false;
    EXPECT_OK(kw_partial_verify(&yes, &keys, &partial, &what));
    assert_true(yes);
}

static int set_up(void **state)
{
    static desk d;
    committee_plan plan = {.count = 1,
                           .genesis = 1,
                           .suite = 2,
                           .interval_s = 4,
                           .more = "  token_issuer: https://id.example\n"
                                   "  token_keys_file: %/jwks.json\n"};
    KW_AUTO(kw_buf) keys = kw_buf_init(4096);
    d = (desk){.c = committee_make(&plan), .mint = token_mint_make("k1", 1)};
    d.h = d.c->houses[0];
    token_mint_jwks(&d.mint, &keys);
    house_write(d.h, "jwks.json", kw_buf_view(&keys));
    committee_start(d.c, 0);
    committee_list(d.c, 1);
    house_register(d.h);
    (void)committee_wait_epoch(d.c, 0, 1);
    *state = &d;
    return 0;
}

static int tear_down(void **state)
{
    desk *d = *state;
    process_result_drop(&d->result);
    committee_free(d->c);
    return 0;
}

static void register_all(desk *d)
{
    static const char *const bodies[] = {
        "{\"id\":\"free\",\"policy\":{\"access\":\"open\"}}",
        "{\"id\":\"keyed\",\"policy\":{\"access\":\"api_key\",\"callers\":[\"clinic\"]}}",
        "{\"id\":\"named\",\"policy\":{\"access\":\"mtls\",\"callers\":[\"member\"]}}",
        "{\"id\":\"twice\",\"policy\":{\"access\":\"open\",\"uses_max\":2}}",
        "{\"id\":\"slow\",\"policy\":{\"access\":\"open\",\"rate\":1,\"burst\":1}}",
    };
    for (size_t i = 0; i < KW_COUNT(bodies); i++) {
        assert_int_equal(admin(d, HOUSE_SECURITY, "POST", "", bodies[i]), 201);
    }
    assert_int_equal(admin(d, HOUSE_SECURITY, "POST", "", bodies[0]), 409);
}

static void sign__is_refused_until_an_application_is_registered(void **state)
{
    desk *d = *state;
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"free\"}"), 404);
    assert_int_equal(sign(d, HOUSE_CLINIC, "{\"appID\":\"free\"}"), 404);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"\"}"), 400);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"free\",\"digest\":\"00\"}"), 400);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{}"), 400);
}

static void sign__follows_the_policy_of_each_application(void **state)
{
    desk *d = *state;
    register_all(d);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"free\"}"), 200);
    assert_true(says(d, d->c->file.addresses[0]));
    expect_signature_of(d, "free");
    assert_int_equal(sign(d, HOUSE_CLINIC, "{\"appID\":\"keyed\"}"), 200);
    expect_signature_of(d, "keyed");
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"keyed\"}"), 401);
    assert_int_equal(sign(d, HOUSE_MEMBER, "{\"appID\":\"keyed\"}"), 403);
    assert_int_equal(sign(d, HOUSE_MEMBER, "{\"appID\":\"named\"}"), 200);
    expect_signature_of(d, "named");
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"named\"}"), 401);
    assert_int_equal(sign(d, HOUSE_CLINIC, "{\"appID\":\"named\"}"), 403);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"free\",\"scheme\":\"eigenx-v1\"}"), 403);
}

static void sign__ends_at_rate_and_uses(void **state)
{
    desk *d = *state;
    register_all(d);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"slow\"}"), 200);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"slow\"}"), 429);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"twice\"}"), 200);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"twice\"}"), 200);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"twice\"}"), 422);
    assert_int_equal(admin(d, HOUSE_AUDITOR, "GET", "?after=slow", NULL), 200);
    assert_true(says(d, "\"uses\":2"));
    assert_int_equal(admin(d, HOUSE_SECURITY, "PUT", "/twice/policy",
                           "{\"policy\":{\"access\":\"open\",\"uses_max\":3}}"),
                     204);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"twice\"}"), 200);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"twice\"}"), 422);
}

/* POST /app/sign with a token that says so. */
static int sign_with_token(desk *d, const token_mint *by, const char *audience, int64_t lasts_s)
{
    KW_AUTO(kw_buf) token = kw_buf_init(4096);
    kw_clock clock = kw_clock_system();
    char claims[256];
    char body[4096];
    (void)snprintf(claims, sizeof claims,
                   "{\"iss\":\"https://id.example\",\"aud\":\"%s\",\"sub\":\"ann@example\","
                   "\"groups\":[\"dev\",\"ops\"],\"exp\":%" PRId64 "}",
                   audience, kw_clock_now_ms(&clock) / 1000 + lasts_s);
    token_mint_sign(by, &token, NULL, claims);
    (void)snprintf(body, sizeof body, "{\"appID\":\"tokened\",\"token\":\"%s\"}",
                   (const char *)token.ptr);
    return sign(d, HOUSE_NOBODY, body);
}

static void sign__takes_tokens_of_the_issuer(void **state)
{
    desk *d = *state;
    token_mint other = token_mint_make("k1", 2);
    assert_int_equal(admin(d, HOUSE_SECURITY, "POST", "",
                           "{\"id\":\"tokened\",\"policy\":{\"access\":\"oidc\","
                           "\"audience\":\"vault\",\"claims\":[\"groups=ops\"]}}"),
                     201);
    assert_int_equal(sign_with_token(d, &d->mint, "vault", 600), 200);
    expect_signature_of(d, "tokened");
    assert_int_equal(sign_with_token(d, &d->mint, "safe", 600), 403);
    assert_int_equal(sign_with_token(d, &d->mint, "vault", -1), 401);
    assert_int_equal(sign_with_token(d, &other, "vault", 600), 401);
    assert_int_equal(sign(d, HOUSE_CLINIC, "{\"appID\":\"tokened\"}"), 401);
    house_stop(d->h);
    house_run(d->h, &d->result, 0, HOUSE_NOBODY, "audit show %/data/audit --action threshold.");
    assert_true(says(d, "oidc, ann@example, epoch "));
}

static void applications__are_changed_by_security_administrators_only(void **state)
{
    desk *d = *state;
    static const char open[] = "{\"id\":\"a\",\"policy\":{\"access\":\"open\"}}";
    assert_int_equal(admin(d, HOUSE_OFFICER, "POST", "", open), 403);
    assert_int_equal(admin(d, HOUSE_AUDITOR, "POST", "", open), 403);
    assert_int_equal(admin(d, HOUSE_AUDITOR, "DELETE", "/free", NULL), 403);
    assert_int_equal(admin(d, HOUSE_OFFICER, "GET", "", NULL), 403);
    assert_int_equal(
        admin(d, HOUSE_SECURITY, "POST", "", "{\"id\":\"a\",\"policy\":{\"access\":\"mtls\"}}"),
        400);
    assert_int_equal(admin(d, HOUSE_SECURITY, "POST", "", open), 201);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"a\"}"), 200);
    assert_int_equal(admin(d, HOUSE_SECURITY, "DELETE", "/a", NULL), 204);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"a\"}"), 404);
    assert_int_equal(admin(d, HOUSE_SECURITY, "DELETE", "/a", NULL), 404);
}

/* Granted or not; and no part of a key stands anywhere. */
static void sign__leaves_a_record_of_each_request(void **state)
{
    desk *d = *state;
    register_all(d);
    assert_int_equal(sign(d, HOUSE_CLINIC, "{\"appID\":\"keyed\"}"), 200);
    uint8_t signature[48];
    char text[2 * sizeof signature];
    read_hex(d, "\"partialSignature\":\"", KW_MSPAN(signature));
    kw_hex_encode_to(text, KW_SPAN(signature));
    assert_int_equal(sign(d, HOUSE_MEMBER, "{\"appID\":\"keyed\"}"), 403);
    assert_int_equal(sign(d, HOUSE_NOBODY, "{\"appID\":\"nosuch\"}"), 404);
    char url[128];
    (void)snprintf(url, sizeof url, "%s/metrics", d->h->metrics_url);
    assert_int_equal(house_get(d->h, &d->result, HOUSE_NOBODY, url), 200);
    assert_true(says(d, "keyward_threshold_partials_total{code=\"ok\"} 1\n"));
    assert_true(says(d, "keyward_threshold_partials_total{code=\"forbidden\"} 1\n"));
    house_stop(d->h);
    house_run(d->h, &d->result, 0, HOUSE_NOBODY, "audit show %/data/audit --action threshold.");
    assert_true(
        says(d, "ok                threshold.app.registered  keyed  by uri:keyward:security"));
    assert_true(says(d, "ok                threshold.partial.sign  keyed  by clinic"));
    assert_true(says(d, "forbidden         threshold.partial.sign  keyed  by member"));
    assert_true(says(d, "not_found         threshold.partial.sign  nosuch  by -"));
    assert_true(says(d, "api_key, epoch "));
    static const char *const nowhere[] = {NULL};
    house_expect_nowhere(d->h, KW_SPAN(signature), nowhere);
    house_expect_nowhere(d->h, (kw_span){(const uint8_t *)text, sizeof text}, nowhere);
}

int main(void)
{
#define AT_A_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        AT_A_DESK(sign__is_refused_until_an_application_is_registered),
        AT_A_DESK(sign__follows_the_policy_of_each_application),
        AT_A_DESK(sign__ends_at_rate_and_uses),
        AT_A_DESK(sign__takes_tokens_of_the_issuer),
        AT_A_DESK(applications__are_changed_by_security_administrators_only),
        AT_A_DESK(sign__leaves_a_record_of_each_request),
    };
    return cmocka_run_group_tests_name("e2e/app_sign", tests, NULL, NULL);
}
