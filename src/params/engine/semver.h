/* SPDX-License-Identifier: Apache-2.0
 * Versions of parameters and ranges of them. A version is Semantic Versioning 2.0.0; build metadata
 * names the ceremony and does not order. A range is comparators that must all hold, one space
 * between them: "*", ">=1.2.0 <2.0.0", "^1.2.0" (that one and later ones of the same left-most
 * number that is not 0), "1.2.3". A pre-release satisfies a range only when one of its comparators
 * names a pre-release of the same MAJOR.MINOR.PATCH: who asks for >=1.0.0 is not given
 * 2.0.0-rc.1. */
#ifndef KW_PARAMS_ENGINE_SEMVER_H
#define KW_PARAMS_ENGINE_SEMVER_H

#include "base/error.h"
#include "base/span.h"

/* Most bytes of a version and of a range. */
#define KW_SEMVER_BYTES_MAX       96
#define KW_SEMVER_RANGE_BYTES_MAX 400

/* Most comparators of a range. */
#define KW_SEMVER_COMPARATORS_MAX 4

/* Views into the text that was parsed. */
typedef struct kw_semver {
    uint64_t major; /* each at most 2^53 - 1 */
    uint64_t minor;
    uint64_t patch;
    kw_str pre;   /* "rc.1"; empty: a release */
    kw_str build; /* "powers-28"; empty: none */
} kw_semver;

/* BAD_INPUT: not a version of at most KW_SEMVER_BYTES_MAX bytes; leading zeros are refused as the
 * specification does. */
KW_MUST_USE kw_status kw_semver_parse(kw_semver *out, kw_str text, kw_error *err);

/* Precedence, section 11 of the specification: below 0, 0 or above 0. Does not look at `build`. */
int kw_semver_compare(const kw_semver *a, const kw_semver *b);

typedef enum kw_semver_relation {
    KW_SEMVER_EQUAL,
    KW_SEMVER_BELOW,
    KW_SEMVER_AT_MOST,
    KW_SEMVER_ABOVE,
    KW_SEMVER_AT_LEAST,
} kw_semver_relation;

typedef struct kw_semver_comparator {
    kw_semver_relation relation;
    kw_semver version;
} kw_semver_comparator;

/* All-zero takes every release. Views into the text. */
typedef struct kw_semver_range {
    kw_semver_comparator comparators[2 * KW_SEMVER_COMPARATORS_MAX]; /* "^" becomes two */
    size_t count;
} kw_semver_range;

/* BAD_INPUT: not a range, "" too; versions with build metadata are refused in a range, which does
 * not order by it. */
KW_MUST_USE kw_status kw_semver_range_parse(kw_semver_range *out, kw_str text, kw_error *err);

bool kw_semver_range_has(const kw_semver_range *range, const kw_semver *version);

#endif /* KW_PARAMS_ENGINE_SEMVER_H */
