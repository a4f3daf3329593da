/* SPDX-License-Identifier: Apache-2.0
 * Calendar periods of epoch keys and the key ids (kids) that name them. Pure: `now` is an argument.
 * Source: emtp.md section 7. */
#ifndef KW_EMTP_ENGINE_EPOCH_H
#define KW_EMTP_ENGINE_EPOCH_H

#include "base/span.h"
#include "base/utc.h"

enum {
    KW_EMTP_KID_BYTES_MAX = 64,
    KW_EMTP_OVERLAP_MAX = 6,
    KW_EMTP_PERIOD_S_MIN = 10, /* of a custom cadence */
    KW_EMTP_PERIOD_S_MAX = 366 * 86400,
};

/* Moments that the arithmetic below takes: years 1970 to 9000. */
#define KW_EMTP_MOMENT_MAX ((kw_unix_s)221845392000)

typedef enum kw_emtp_cadence {
    KW_EMTP_NO_CADENCE = 0, /* a kid of another form */
    KW_EMTP_MONTHLY,        /* 2026-01 */
    KW_EMTP_WEEKLY,         /* 2026-W03: ISO week and its year, Monday to Monday */
    KW_EMTP_DAILY,          /* 2026-01-15 */
    KW_EMTP_CUSTOM,         /* c20260115T080000Z: `period_s` seconds, aligned to 1970-01-01 */
} kw_emtp_cadence;

/* How epochs follow one another. */
typedef struct kw_emtp_rule {
    kw_emtp_cadence cadence; /* not KW_EMTP_NO_CADENCE */
    int64_t period_s;        /* KW_EMTP_CUSTOM only: KW_EMTP_PERIOD_S_MIN..MAX; else ignored */
    int overlap;             /* further periods in which an ended key is served: 1..6 */
} kw_emtp_rule;

/* [not_before, not_after) */
typedef struct kw_emtp_window {
    kw_unix_s not_before;
    kw_unix_s not_after;
} kw_emtp_window;

/* A key id: 1..64 of `A-Za-z0-9._-`, NUL-terminated. All-zero is "none". */
typedef struct kw_emtp_kid {
    char text[KW_EMTP_KID_BYTES_MAX + 1];
} kw_emtp_kid;

/* What the form of a kid says. */
typedef struct kw_emtp_kid_form {
    kw_emtp_cadence cadence;
    kw_unix_s start;      /* of the epoch */
    uint32_t replacement; /* 0: the first key of its epoch; n: the `.n` behind the kid */
} kw_emtp_kid_form;

bool kw_emtp_rule_is_valid(const kw_emtp_rule *rule);

/* Start of the epoch that holds `now` (0..KW_EMTP_MOMENT_MAX). */
kw_unix_s kw_emtp_epoch_start(const kw_emtp_rule *rule, kw_unix_s now);

/* Start of the epoch that lies `epochs` (-12..12) after the one that starts at `start`. */
kw_unix_s kw_emtp_epoch_shift(const kw_emtp_rule *rule, kw_unix_s start, int epochs);

/* Window of the epoch that starts at `start`. */
kw_emtp_window kw_emtp_epoch_window(const kw_emtp_rule *rule, kw_unix_s start);

/* The kid of the n-th key of that epoch: n = 0 is the bare form, else `.n` stands behind it. */
kw_emtp_kid kw_emtp_epoch_kid(const kw_emtp_rule *rule, kw_unix_s start, uint32_t n);

static inline kw_str kw_emtp_kid_text(const kw_emtp_kid *kid)
{
    return kw_str_of(kid->text);
}

/* Copies a text of allowed length and characters; false otherwise (`out` untouched). */
KW_MUST_USE bool kw_emtp_kid_of_text(kw_emtp_kid *out, kw_str text);

/* Reads the form of a kid: one of the four above, a day or week that exists, years 1970..8999,
 * with or without `.n` (n = 1..999999, no leading zero). False for any other kid. */
KW_MUST_USE bool kw_emtp_kid_parse(kw_emtp_kid_form *out, kw_str kid);

/* End of service of a key: its not_after and `overlap` further periods, which the form of the kid
 * gives. A kid of another form, or one whose epoch does not end at not_after, has no overlap: the
 * result is then not_after. */
kw_unix_s kw_emtp_expires_at(kw_str kid, kw_emtp_window window, int overlap);

#endif /* KW_EMTP_ENGINE_EPOCH_H */
