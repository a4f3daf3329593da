/* SPDX-License-Identifier: Apache-2.0
 * Semantic Versioning 2.0.0 and ranges. Source: https://semver.org/spec/v2.0.0.html. */
#include "params/engine/semver.h"

static const uint64_t number_max = (UINT64_C(1) << 53) - 1;

static bool is_number(kw_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0;
}

/* Dot-separated identifiers of [0-9A-Za-z-]; of a pre-release, numbers have no leading zero. */
static bool are_identifiers(kw_str text, bool numbers_are_plain)
{
    for (bool more = true; more;) {
        kw_str head;
        more = kw_str_split(text, '.', &head, &text);
        bool is_padded = head.len > 1 && head.ptr[0] == '0' && is_number(head);
        if (head.len == 0 || !kw_str_is_made_of(head, "-") || (numbers_are_plain && is_padded)) {
            return false;
        }
    }
    return true;
}

/* MAJOR.MINOR.PATCH */
static bool read_core(kw_semver *out, kw_str text)
{
    kw_str major;
    kw_str minor;
    kw_str patch;
    return kw_str_split(text, '.', &major, &text) && kw_str_split(text, '.', &minor, &patch) &&
           kw_str_to_u64(major, number_max, &out->major) &&
           kw_str_to_u64(minor, number_max, &out->minor) &&
           kw_str_to_u64(patch, number_max, &out->patch);
}

kw_status kw_semver_parse(kw_semver *out, kw_str text, kw_error *err)
{
    kw_semver version = {0};
    kw_str front;
    kw_str core;
    bool has_build = kw_str_split(text, '+', &front, &version.build);
    bool has_pre = kw_str_split(front, '-', &core, &version.pre);
    bool is_good = text.len <= KW_SEMVER_BYTES_MAX && read_core(&version, core) &&
                   (!has_pre || are_identifiers(version.pre, true)) &&
                   (!has_build || are_identifiers(version.build, false));
    KW_REQUIRE(is_good, err, KW_BAD_INPUT, "not a version such as 1.2.0 (semver.org)");
    *out = version;
    return KW_OK;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Numbers before words; numbers by value, of which the longer is the larger. */
static int compare_identifiers(kw_str a, kw_str b)
{
    bool a_is_number = is_number(a);
    bool b_is_number = is_number(b);
    if (a_is_number != b_is_number) {
        return a_is_number ? -1 : 1;
    }
    if (a_is_number && a.len != b.len) {
        return compare_numbers(a.len, b.len);
    }
    return kw_str_compare(a, b);
}

static int compare_pre(kw_str a, kw_str b)
{
    if (a.len == 0 || b.len == 0) {
        return compare_numbers(a.len == 0, b.len == 0); /* a release comes after its candidates */
    }
    for (;;) {
        kw_str left;
        kw_str right;
        bool a_goes_on = kw_str_split(a, '.', &left, &a);
        bool b_goes_on = kw_str_split(b, '.', &right, &b);
        int order = compare_identifiers(left, right);
        if (order != 0 || !a_goes_on || !b_goes_on) {
            return order != 0 ? order : compare_numbers(a_goes_on, b_goes_on);
        }
    }
}

static bool is_same_core(const kw_semver *a, const kw_semver *b)
{
    return a->major == b->major && a->minor == b->minor && a->patch == b->patch;
}

int kw_semver_compare(const kw_semver *a, const kw_semver *b)
{
    if (is_same_core(a, b)) {
        return compare_pre(a->pre, b->pre);
    }
    int major = compare_numbers(a->major, b->major);
    int minor = compare_numbers(a->minor, b->minor);
    return major != 0 ? major : minor != 0 ? minor : compare_numbers(a->patch, b->patch);
}

static void add(kw_semver_range *range, kw_semver_relation relation, kw_semver version)
{
    range->comparators[range->count++] = (kw_semver_comparator){relation, version};
}

/* The first version that "^version" does not take, before its own candidates. */
static kw_semver next_breaking(const kw_semver *version)
{
    if (version->major > 0) {
        return (kw_semver){.major = version->major + 1};
    }
    if (version->minor > 0) {
        return (kw_semver){.minor = version->minor + 1};
    }
    return (kw_semver){.patch = version->patch + 1};
}

/* Longest first: ">=" begins as ">" does. */
static const struct {
    const char *sign;
    kw_semver_relation relation;
} relations[] = {{">=", KW_SEMVER_AT_LEAST},
                 {"<=", KW_SEMVER_AT_MOST},
                 {">", KW_SEMVER_ABOVE},
                 {"<", KW_SEMVER_BELOW},
                 {"=", KW_SEMVER_EQUAL}};

static kw_status read_comparator(kw_semver_range *range, kw_str text, kw_error *err)
{
    bool is_caret = kw_str_starts_with(text, KW_STR("^"));
    kw_semver_relation relation = is_caret ? KW_SEMVER_AT_LEAST : KW_SEMVER_EQUAL;
    size_t sign_len = is_caret ? 1 : 0;
    for (size_t i = 0; i < KW_COUNT(relations) && sign_len == 0; i++) {
        kw_str sign = kw_str_of(relations[i].sign);
        if (kw_str_starts_with(text, sign)) {
            relation = relations[i].relation;
            sign_len = sign.len;
        }
    }
    kw_semver version;
    KW_TRY(kw_semver_parse(&version, (kw_str){text.ptr + sign_len, text.len - sign_len}, err));
    KW_REQUIRE(version.build.len == 0, err, KW_BAD_INPUT, "a range has no build metadata");
    add(range, relation, version);
    if (is_caret) {
        add(range, KW_SEMVER_BELOW, next_breaking(&version));
    }
    return KW_OK;
}

kw_status kw_semver_range_parse(kw_semver_range *out, kw_str text, kw_error *err)
{
    kw_semver_range range = {.count = 0};
    KW_REQUIRE(text.len <= KW_SEMVER_RANGE_BYTES_MAX, err, KW_BAD_INPUT,
               "a range of versions has at most %d bytes", KW_SEMVER_RANGE_BYTES_MAX);
    if (kw_str_equal(text, KW_STR("*"))) {
        *out = range;
        return KW_OK;
    }
    size_t comparators = 0;
    for (bool more = true; more; comparators++) {
        KW_REQUIRE(comparators < KW_SEMVER_COMPARATORS_MAX, err, KW_BAD_INPUT,
                   "a range of versions has at most %d comparators", KW_SEMVER_COMPARATORS_MAX);
        kw_str head;
        more = kw_str_split(text, ' ', &head, &text);
        KW_TRY(read_comparator(&range, head, err));
    }
    *out = range;
    return KW_OK;
}

static bool holds(const kw_semver_comparator *comparator, const kw_semver *version)
{
    int order = kw_semver_compare(version, &comparator->version);
    switch (comparator->relation) {
    case KW_SEMVER_EQUAL:
        return order == 0;
    case KW_SEMVER_BELOW:
        return order < 0;
    case KW_SEMVER_AT_MOST:
        return order <= 0;
    case KW_SEMVER_ABOVE:
        return order > 0;
    case KW_SEMVER_AT_LEAST:
        return order >= 0;
    }
    return false;
}

bool kw_semver_range_has(const kw_semver_range *range, const kw_semver *version)
{
    bool is_named = version->pre.len == 0;
    for (size_t i = 0; i < range->count; i++) {
        const kw_semver_comparator *comparator = &range->comparators[i];
        if (!holds(comparator, version)) {
            return false;
        }
        is_named = is_named ||
                   (comparator->version.pre.len > 0 && is_same_core(&comparator->version, version));
    }
    return is_named;
}
