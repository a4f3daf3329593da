/* SPDX-License-Identifier: Apache-2.0
 * What a caller chooses when records become tuples; the same words on the command line. */
#ifndef KW_EMTP_ENGINE_OPTIONS_H
#define KW_EMTP_ENGINE_OPTIONS_H

#include "base/span.h"

/* The schema that stands in every message; both profiles share it, so that their tokens can
 * meet. */
#define KW_EMTP_SCHEMA_ID "v1"

typedef enum kw_emtp_profile {
    KW_EMTP_V1 = 0, /* emtp.md sections 4 and 5 */
    KW_EMTP_V1_REF =
        1, /* byte-exact with the published reference program, for differential tests */
} kw_emtp_profile;

/* All-zero is the default of the command line. */
typedef struct kw_emtp_options {
    kw_emtp_profile profile;
    bool wide;               /* more name and address forms, tier 3; v1 only */
    bool weak;               /* accept a missing or month-exact date of birth; v1 only */
    bool phones_not_from_us; /* phones without a country code are not completed with +1 */
} kw_emtp_options;

/* Limits of emtp.md section 3; bytes are decoded UTF-8. */
enum {
    KW_EMTP_LINE_BYTES_MAX = 64 * 1024,
    KW_EMTP_STRING_BYTES_MAX = 1024,
    KW_EMTP_PHONES_MAX = 16,
    KW_EMTP_ADDRESSES_MAX = 16,
    KW_EMTP_IDNOS_MAX = 32,
    KW_EMTP_TUPLES_MAX = 256,
    /* What the worst record needs of an arena: some 230,000 tuples before the cap. */
    KW_EMTP_ARENA_BYTES_MAX = 96 * 1024 * 1024,
};

#endif /* KW_EMTP_ENGINE_OPTIONS_H */
