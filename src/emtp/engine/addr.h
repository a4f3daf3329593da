/* SPDX-License-Identifier: Apache-2.0
 * Postal addresses, structured or in free text (emtp.md 4.5). */
#ifndef KW_EMTP_ENGINE_ADDR_H
#define KW_EMTP_ENGINE_ADDR_H

#include "emtp/engine/options.h"
#include "emtp/engine/text.h"

typedef enum kw_emtp_addr_variant {
    KW_EMTP_ADDR_LINE1_POSTAL,
    KW_EMTP_ADDR_LINE1_CITY_STATE,
    KW_EMTP_ADDR_NOUNIT_POSTAL,
    KW_EMTP_ADDR_NOUNIT_CITY_STATE,
    KW_EMTP_ADDR_LINE1_CITY_STATE_POSTAL, /* tuples only with --wide */
} kw_emtp_addr_variant;

enum {
    KW_EMTP_ADDR_VARIANTS = KW_EMTP_ADDR_LINE1_CITY_STATE_POSTAL + 1,
    /* Two forms of line1 by two forms of the postal code. */
    KW_EMTP_ADDR_VALUES_MAX = 4,
};

/* An address as it came. Free text has `line1` alone, and `is_free_text`. */
typedef struct kw_emtp_address_input {
    bool is_free_text;
    kw_str line1;
    kw_str city;
    kw_str state;
    kw_str postal_code;
    kw_str country; /* empty: US */
} kw_emtp_address_input;

/* The values of one variant. The first is the canonical one: first form of line1, base postal. */
typedef struct kw_emtp_addr_values {
    kw_str items[KW_EMTP_ADDR_VALUES_MAX];
    size_t count;
} kw_emtp_addr_values;

typedef struct kw_emtp_address {
    kw_emtp_addr_values variants[KW_EMTP_ADDR_VARIANTS];
} kw_emtp_address;

/* Normalises one address; v1-ref fills the first two variants, and none from free text. Values
 * live in the arena. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_address_read(kw_arena *arena, kw_emtp_address *out,
                                           const kw_emtp_address_input *input,
                                           kw_emtp_profile profile);

#endif /* KW_EMTP_ENGINE_ADDR_H */
