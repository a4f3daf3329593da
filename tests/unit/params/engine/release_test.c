/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/release.h"

#include "support/expect.h"

#include <stdio.h>

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char whole[] =
    "{\"kw\":1,\"releases\":[{\"family\":\"rollup\",\"semver\":\"1.2.0\",\"status\":\"staged\","
    "\"client\":\">=1.0.0 <2.0.0\",\"prover\":\"^0.7.0\",\"proof_system\":\"groth16\","
    "\"circuit_ids\":[\"" ID "\"],\"not_after\":\"2027-01-01T00:00:00Z\",\"support_end\":null,"
    "\"successor\":\"1.3.0\",\"notes\":\"first line\\nsecond\","
    "\"rollout\":{\"permille\":250,\"salt\":\"s1\"}}]}";

static kw_span bytes_of(const char *text)
{
    return kw_span_of_str(kw_str_of(text));
}

static kw_status decode(kw_catalog *out, kw_arena *arena, const char *json)
{
    return kw_catalog_decode(out, arena, bytes_of(json), NULL);
}

static void catalog__is_read_and_written_the_same(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_catalog catalog;
    EXPECT_OK(decode(&catalog, &arena, whole));
    assert_int_equal(catalog.releases.count, 1);
    const kw_release *release = &catalog.releases.items[0];
    EXPECT_STR(release->family, "rollup");
    EXPECT_STR(release->semver, "1.2.0");
    assert_int_equal(release->status, KW_RELEASE_STAGED);
    EXPECT_STR(release->client, ">=1.0.0 <2.0.0");
    EXPECT_STR(release->circuit_ids.items[0], ID);
    assert_int_equal(release->not_after, 1798761600);
    assert_int_equal(release->support_end, 0);
    EXPECT_STR(release->notes, "first line\nsecond");
    assert_int_equal(release->rollout.permille, 250);
    KW_AUTO(kw_buf) again = kw_buf_init(KW_CATALOG_BYTES_MAX);
    EXPECT_OK(kw_catalog_encode(&again, &catalog, NULL));
    EXPECT_SPAN(kw_buf_view(&again), bytes_of(whole));
}

static void catalog__of_a_later_version_is_read_as_far_as_known(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_catalog catalog;
    EXPECT_OK(decode(&catalog, &arena,
                     "{\"kw\":1,\"news\":{},\"releases\":[{\"family\":\"r\",\"semver\":\"1.0.0\","
                     "\"status\":\"published\",\"proof_system\":\"plonk\",\"rank\":7}]}"));
    EXPECT_STR(catalog.releases.items[0].client, "*");
    EXPECT_STATUS(decode(&catalog, &arena, "{\"kw\":2,\"releases\":[]}"), KW_INCOMPATIBLE);
    EXPECT_STATUS(decode(&catalog, &arena, "{\"kw\":2}"), KW_INCOMPATIBLE);
}

/* `whole` with the first `from` replaced. */
static kw_status decode_with(const char *from, const char *to)
{
    char text[2 * sizeof whole];
    const char *at = strstr(whole, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_catalog catalog;
    return decode(&catalog, &arena, text);
}

static void catalog__with_a_bad_member_is_refused(void **state)
{
    KW_UNUSED(state);
    static const char *const bad[][2] = {
        {"\"kw\":1", "\"kw\":0"},
        {"\"kw\":1", "\"kw\":\"1\""},
        {"\"kw\":1,", ""},
        {"rollup", ""},
        {"rollup", "Rollup"},
        {"rollup", ".rollup"},
        {"rollup", "a/b"},
        {"1.2.0", "1.2"},
        {"1.2.0", "1.2.0+b"},
        {"staged", "draft"},
        {">=1.0.0 <2.0.0", "latest"},
        {"^0.7.0", ""},
        {"groth16", ""},
        {ID, "aa"},
        {"aaaaaaaa", "AAAAAAAA"},
        {"2027-01-01T00:00:00Z", "2027-01-01"},
        {"1.3.0", "1.3.0+b"},
        {"250", "1001"},
        {"\"s1\"", "\"s 1\""},
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(decode_with(bad[i][0], bad[i][1]), KW_BAD_INPUT);
    }
    EXPECT_OK(decode_with("rollup", "rollup"));
}

static void catalog__names_a_release_once(void **state)
{
    KW_UNUSED(state);
    kw_release rows[] = {{.family = KW_STR("r"),
                          .semver = KW_STR("1.0.0"),
                          .status = KW_RELEASE_PUBLISHED,
                          .client = KW_STR("*"),
                          .prover = KW_STR("*"),
                          .proof_system = KW_STR("plonk")}};
    kw_release two[] = {rows[0], rows[0]};
    kw_catalog catalog = {.kw = 1, .releases = {two, 2}};
    KW_AUTO(kw_buf) json = kw_buf_init(KW_CATALOG_BYTES_MAX);
    EXPECT_STATUS(kw_catalog_encode(&json, &catalog, NULL), KW_BAD_INPUT);
    assert_int_equal(json.len, 0);
    two[1].semver = KW_STR("1.0.1");
    EXPECT_OK(kw_catalog_encode(&json, &catalog, NULL));
}

static void move__is_a_step_down_or_a_way_out(void **state)
{
    KW_UNUSED(state);
    static const char *const allowed[] = {
        /* to: draft, checked, approved, staged, published, deprecated, revoked */
        [KW_RELEASE_DRAFT] = ".C.....",     [KW_RELEASE_CHECKED] = "D.A....",
        [KW_RELEASE_APPROVED] = "...S...",  [KW_RELEASE_STAGED] = "....P.R",
        [KW_RELEASE_PUBLISHED] = ".....XR", [KW_RELEASE_DEPRECATED] = "......R",
        [KW_RELEASE_REVOKED] = ".......",
    };
    for (unsigned from = 0; from < KW_COUNT(allowed); from++) {
        for (unsigned to = 0; to < KW_COUNT(allowed); to++) {
            assert_int_equal(kw_release_may_become((kw_release_state)from, (kw_release_state)to),
                             allowed[from][to] != '.');
        }
    }
}

static void state__has_the_name_of_the_catalog(void **state)
{
    KW_UNUSED(state);
    assert_string_equal(kw_release_state_name(KW_RELEASE_DRAFT), "draft");
    assert_string_equal(kw_release_state_name(KW_RELEASE_REVOKED), "revoked");
}

/* By Python's hashlib: the first 4 bytes of SHA-256("s1" || 02 || 31 zeros), modulo 1000, are 14;
 * of 03, 960. */
static void rollout__agrees_with_an_independent_hash(void **state)
{
    KW_UNUSED(state);
    static const kw_hash32 low = {{2}};
    static const kw_hash32 high = {{3}};
    assert_false(kw_rollout_has(&(kw_rollout){14, KW_STR("s1")}, &low));
    assert_true(kw_rollout_has(&(kw_rollout){15, KW_STR("s1")}, &low));
    assert_false(kw_rollout_has(&(kw_rollout){960, KW_STR("s1")}, &high));
    assert_true(kw_rollout_has(&(kw_rollout){961, KW_STR("s1")}, &high));
}

static void rollout__draws_the_same_clients_each_time(void **state)
{
    KW_UNUSED(state);
    uint32_t in_quarter = 0;
    uint32_t in_half = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        kw_hash32 id = {{(uint8_t)i, (uint8_t)(i >> 8)}};
        bool is_in = kw_rollout_has(&(kw_rollout){250, KW_STR("s1")}, &id);
        bool is_in_half = kw_rollout_has(&(kw_rollout){500, KW_STR("s1")}, &id);
        assert_true(!is_in || is_in_half); /* who has it keeps it as it grows */
        assert_false(kw_rollout_has(&(kw_rollout){0, KW_STR("s1")}, &id));
        assert_true(kw_rollout_has(&(kw_rollout){KW_PERMILLE_ALL, KW_STR("s1")}, &id));
        in_quarter += is_in;
        in_half += is_in_half;
    }
    assert_in_range(in_quarter, 2300, 2700); /* fixed: the ids and the salt are */
    assert_in_range(in_half, 4700, 5300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catalog__is_read_and_written_the_same),
        cmocka_unit_test(catalog__of_a_later_version_is_read_as_far_as_known),
        cmocka_unit_test(catalog__with_a_bad_member_is_refused),
        cmocka_unit_test(catalog__names_a_release_once),
        cmocka_unit_test(move__is_a_step_down_or_a_way_out),
        cmocka_unit_test(state__has_the_name_of_the_catalog),
        cmocka_unit_test(rollout__agrees_with_an_independent_hash),
        cmocka_unit_test(rollout__draws_the_same_clients_each_time),
    };
    return cmocka_run_group_tests_name("params/engine/release", tests, NULL, NULL);
}
