/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/semver.h"

#include "support/expect.h"

static kw_semver version_of(const char *text)
{
    kw_semver version;
    EXPECT_OK(kw_semver_parse(&version, kw_str_of(text), NULL));
    return version;
}

static void parse__takes_the_parts_apart(void **state)
{
    KW_UNUSED(state);
    kw_semver version = version_of("1.20.300-rc-1.x+powers-28.001");
    assert_int_equal(version.major, 1);
    assert_int_equal(version.minor, 20);
    assert_int_equal(version.patch, 300);
    EXPECT_STR(version.pre, "rc-1.x");
    EXPECT_STR(version.build, "powers-28.001");
    version = version_of("0.0.9007199254740991+a-b");
    assert_int_equal(version.patch, 9007199254740991);
    EXPECT_STR(version.pre, "");
    EXPECT_STR(version.build, "a-b");
}

/* From the list beside the specification's regular expression. */
static void parse__refuses_what_is_no_version(void **state)
{
    KW_UNUSED(state);
    static const char *const bad[] = {
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "v1.2.3",
        " 1.2.3",
        "1.2.3 ",
        "01.1.1",
        "1.01.1",
        "1.1.01",
        "1.2.-3",
        "1.2.3-",
        "1.2.3+",
        "1.2.3-+",
        "1.2.3-+b",
        "1.2.3-0123",
        "1.2.3-a..b",
        "1.2.3-a.",
        "1.2.3-.a",
        "1.2.3-a_b",
        "1.2.3+a+b",
        "1.2.3+a..b",
        "1.2.3+",
        "-1.0.3-gamma",
        "+justmeta",
        "1.2.9007199254740992",
        "1.2.99999999999999999999999999",
        "1.2.3-"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaa",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_semver version;
        EXPECT_STATUS(kw_semver_parse(&version, kw_str_of(bad[i]), NULL), KW_BAD_INPUT);
    }
}

/* Section 11 of the specification, and what follows from it. */
static void compare__orders_by_precedence(void **state)
{
    KW_UNUSED(state);
    static const char *const rising[] = {
        "0.0.0-0",    "0.0.0",        "1.0.0-0",       "1.0.0-2",
        "1.0.0-11",   "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
        "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
        "1.0.0",      "1.0.1",        "1.2.0",         "1.10.0",
        "2.0.0-rc.1", "2.0.0",        "2.1.0",         "2.1.1",
        "10.0.0",
    };
    for (size_t i = 0; i < KW_COUNT(rising); i++) {
        for (size_t j = 0; j < KW_COUNT(rising); j++) {
            kw_semver a = version_of(rising[i]);
            kw_semver b = version_of(rising[j]);
            int order = kw_semver_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

static void compare__does_not_look_at_the_build(void **state)
{
    KW_UNUSED(state);
    kw_semver a = version_of("1.0.0+a");
    kw_semver b = version_of("1.0.0+b");
    assert_int_equal(kw_semver_compare(&a, &b), 0);
}

static bool has(const char *range_text, const char *version_text)
{
    kw_semver_range range;
    EXPECT_OK(kw_semver_range_parse(&range, kw_str_of(range_text), NULL));
    kw_semver version = version_of(version_text);
    return kw_semver_range_has(&range, &version);
}

static void range__takes_what_all_comparators_take(void **state)
{
    KW_UNUSED(state);
    static const char *const inside[][2] = {
        {"*", "0.0.1"},
        {"*", "9.9.9+b"},
        {"1.2.3", "1.2.3"},
        {"=1.2.3", "1.2.3+b"},
        {">=1.2.3", "1.2.3"},
        {">1.2.3", "1.2.4"},
        {"<=1.2.3", "1.2.3"},
        {"<1.2.3", "1.2.2"},
        {">=1.2.0 <2.0.0", "1.99.0"},
        {"^1.2.3", "1.2.3"},
        {"^1.2.3", "1.9.0"},
        {"^0.2.3", "0.2.9"},
        {"^0.0.3", "0.0.3"},
        {"^1.2.0-rc.1", "1.2.0-rc.2"},
        {"^1.2.0-rc.1", "1.2.0"},
        {">=2.0.0-a <3.0.0", "2.0.0-b"},
    };
    for (size_t i = 0; i < KW_COUNT(inside); i++) {
        assert_true(has(inside[i][0], inside[i][1]));
    }
}

static void range__leaves_out_what_one_comparator_refuses(void **state)
{
    KW_UNUSED(state);
    static const char *const outside[][2] = {
        {"*", "1.0.0-rc.1"},           {"1.2.3", "1.2.4"},          {"=1.2.3", "1.2.2"},
        {">=1.2.3", "1.2.2"},          {">1.2.3", "1.2.3"},         {"<=1.2.3", "1.2.4"},
        {"<1.2.3", "1.2.3"},           {">=1.2.0 <2.0.0", "2.0.0"}, {">=1.2.0 <2.0.0", "1.1.9"},
        {"^1.2.3", "1.2.2"},           {"^1.2.3", "2.0.0"},         {"^1.2.3", "2.0.0-rc.1"},
        {"^0.2.3", "0.3.0"},           {"^0.0.3", "0.0.4"},         {">=1.0.0", "1.0.1-rc.1"},
        {"^1.2.0-rc.1", "1.3.0-rc.1"},
    };
    for (size_t i = 0; i < KW_COUNT(outside); i++) {
        assert_false(has(outside[i][0], outside[i][1]));
    }
}

static void range_parse__refuses_what_is_no_range(void **state)
{
    KW_UNUSED(state);
    static const char *const bad[] = {
        "",
        " ",
        "x",
        "* *",
        ">=",
        "> 1.2.3",
        "1.2",
        "~1.2.3",
        ">=1.2.3 ",
        " >=1.2.3",
        ">=1.0.0  <2.0.0",
        "==1.2.3",
        "^>1.2.3",
        ">=1.2.3+b",
        "1.0.0 1.0.0 1.0.0 1.0.0 1.0.0",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_semver_range range;
        EXPECT_STATUS(kw_semver_range_parse(&range, kw_str_of(bad[i]), NULL), KW_BAD_INPUT);
    }
    char longer[KW_SEMVER_RANGE_BYTES_MAX + 2] = {0};
    memset(longer, ' ', sizeof longer - 1);
    kw_semver_range range;
    EXPECT_STATUS(kw_semver_range_parse(&range, kw_str_of(longer), NULL), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__takes_the_parts_apart),
        cmocka_unit_test(parse__refuses_what_is_no_version),
        cmocka_unit_test(compare__orders_by_precedence),
        cmocka_unit_test(compare__does_not_look_at_the_build),
        cmocka_unit_test(range__takes_what_all_comparators_take),
        cmocka_unit_test(range__leaves_out_what_one_comparator_refuses),
        cmocka_unit_test(range_parse__refuses_what_is_no_range),
    };
    return cmocka_run_group_tests_name("params/engine/semver", tests, NULL, NULL);
}
