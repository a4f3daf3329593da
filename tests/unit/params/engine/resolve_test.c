/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/resolve.h"

#include "support/expect.h"

#define NOW 1800000000
#define ONE "1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222222222222222222222222222"

static kw_str circuits_1[] = {{ONE, 64}};
static kw_str circuits_2[] = {{ONE, 64}, {TWO, 64}};

static kw_release release_of(const char *semver, kw_release_state status)
{
    return (kw_release){.family = KW_STR("rollup"),
                        .semver = kw_str_of(semver),
                        .status = status,
                        .client = KW_STR("*"),
                        .prover = KW_STR("*"),
                        .proof_system = KW_STR("groth16"),
                        .circuit_ids = {circuits_1, 1}};
}

static kw_release_wish any(void)
{
    return (kw_release_wish){.family = KW_STR("rollup"), .now = NOW, .install_id = {{2}}};
}

static kw_status resolve(const kw_release **out, kw_release *rows, size_t count,
                         const kw_release_wish *wish, kw_error *err)
{
    kw_catalog catalog = {.kw = 1, .releases = {rows, count}};
    return kw_release_resolve(out, &catalog, wish, err);
}

static void the_highest_that_fits__is_taken(void **state)
{
    KW_UNUSED(state);
    kw_release rows[] = {
        release_of("1.10.0", KW_RELEASE_PUBLISHED), release_of("1.9.0", KW_RELEASE_PUBLISHED),
        release_of("2.0.0-rc.1", KW_RELEASE_PUBLISHED), release_of("1.11.0", KW_RELEASE_REVOKED),
        release_of("1.2.0", KW_RELEASE_DEPRECATED)};
    rows[0].circuit_ids = (kw_strs){circuits_2, 2};
    kw_release_wish wish = any();
    const kw_release *found = NULL;
    EXPECT_OK(resolve(&found, rows, KW_COUNT(rows), &wish, NULL));
    EXPECT_STR(found->semver, "1.10.0");
    EXPECT_OK(kw_semver_range_parse(&wish.range, KW_STR("<1.10.0"), NULL));
    EXPECT_OK(resolve(&found, rows, KW_COUNT(rows), &wish, NULL));
    EXPECT_STR(found->semver, "1.9.0");
    EXPECT_OK(kw_semver_range_parse(&wish.range, KW_STR("<1.9.0"), NULL));
    EXPECT_OK(resolve(&found, rows, KW_COUNT(rows), &wish, NULL));
    EXPECT_STR(found->semver, "1.2.0");
    wish = any();
    wish.circuit_id = KW_STR(TWO);
    EXPECT_OK(resolve(&found, rows, KW_COUNT(rows), &wish, NULL));
    EXPECT_STR(found->semver, "1.10.0");
}

static void staged__only_for_those_drawn(void **state)
{
    KW_UNUSED(state);
    kw_release rows[] = {release_of("1.0.0", KW_RELEASE_PUBLISHED),
                         release_of("1.1.0", KW_RELEASE_STAGED)};
    rows[1].rollout = (kw_rollout){.permille = 15, .salt = KW_STR("s1")}; /* id 2 draws 14 */
    kw_release_wish wish = any();
    const kw_release *found = NULL;
    EXPECT_OK(resolve(&found, rows, 2, &wish, NULL));
    EXPECT_STR(found->semver, "1.1.0");
    wish.install_id = (kw_hash32){{3}}; /* draws 960 */
    EXPECT_OK(resolve(&found, rows, 2, &wish, NULL));
    EXPECT_STR(found->semver, "1.0.0");
}

/* One release that fails one constraint: its name is in the text. */
static void expect_refused(kw_release row, const kw_release_wish *wish, kw_status st,
                           const char *text)
{
    const kw_release *found = NULL;
    kw_error err = {0};
    EXPECT_STATUS(resolve(&found, &row, 1, wish, &err), st);
    assert_string_equal(err.text, text);
    assert_null(found);
}

static void a_failing_constraint__is_named(void **state)
{
    KW_UNUSED(state);
    kw_release row = release_of("1.0.0", KW_RELEASE_PUBLISHED);
    kw_release_wish wish = any();
    wish.family = KW_STR("other");
    expect_refused(row, &wish, KW_NOT_FOUND, "there is no such family of parameters");

    wish = any();
    EXPECT_OK(kw_semver_range_parse(&wish.range, KW_STR("^2.0.0"), NULL));
    expect_refused(row, &wish, KW_INCOMPATIBLE, "no version in the range; the latest is 1.0.0");

    wish = any();
    wish.proof_system = KW_STR("plonk");
    expect_refused(row, &wish, KW_INCOMPATIBLE, "1.0.0 is for proof system groth16");

    wish = any();
    wish.circuit_id = KW_STR(TWO);
    expect_refused(row, &wish, KW_INCOMPATIBLE,
                   "1.0.0 does not serve this circuit: was it changed after its ceremony?");

    wish = any();
    row.status = KW_RELEASE_REVOKED;
    expect_refused(row, &wish, KW_REVOKED, "1.0.0 was revoked");

    row = release_of("1.0.0", KW_RELEASE_PUBLISHED);
    row.not_after = NOW - 1;
    expect_refused(row, &wish, KW_EXPIRED, "1.0.0 is past its last day of use");
    row.not_after = NOW;
    const kw_release *found = NULL;
    EXPECT_OK(resolve(&found, &row, 1, &wish, NULL));

    kw_semver old = {.major = 1};
    wish.client = &old;
    row.client = KW_STR(">=1.1.0");
    expect_refused(row, &wish, KW_INCOMPATIBLE, "1.0.0 needs a client in >=1.1.0");
    wish.client = NULL;
    EXPECT_OK(resolve(&found, &row, 1, &wish, NULL));

    wish.prover = &old;
    row.prover = KW_STR("<1.0.0");
    expect_refused(row, &wish, KW_INCOMPATIBLE, "1.0.0 needs a prover in <1.0.0");
    wish.prover = NULL;

    row.status = KW_RELEASE_STAGED;
    expect_refused(row, &wish, KW_INCOMPATIBLE, "1.0.0 is not yet rolled out to this client");
}

static void the_closest_candidate__speaks(void **state)
{
    KW_UNUSED(state);
    kw_release rows[] = {release_of("1.0.0", KW_RELEASE_PUBLISHED),
                         release_of("2.0.0", KW_RELEASE_PUBLISHED),
                         release_of("3.0.0", KW_RELEASE_PUBLISHED)};
    kw_semver old = {.major = 1};
    kw_release_wish wish = any();
    wish.client = &old;
    rows[0].status = KW_RELEASE_REVOKED;
    rows[1].client = KW_STR(">=1.5.0");
    rows[2].proof_system = KW_STR("plonk");
    wish.proof_system = KW_STR("groth16");
    const kw_release *found = NULL;
    kw_error err = {0};
    EXPECT_STATUS(resolve(&found, rows, 3, &wish, &err), KW_INCOMPATIBLE);
    assert_string_equal(err.text, "2.0.0 needs a client in >=1.5.0");
    EXPECT_STATUS(resolve(&found, rows, 0, &wish, &err), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_that_fits__is_taken),
        cmocka_unit_test(staged__only_for_those_drawn),
        cmocka_unit_test(a_failing_constraint__is_named),
        cmocka_unit_test(the_closest_candidate__speaks),
    };
    return cmocka_run_group_tests_name("params/engine/resolve", tests, NULL, NULL);
}
