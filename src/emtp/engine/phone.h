/* SPDX-License-Identifier: Apache-2.0
 * Telephone numbers (emtp.md 4.4). No number is invented: what is not surely E.164 is not. */
#ifndef KW_EMTP_ENGINE_PHONE_H
#define KW_EMTP_ENGINE_PHONE_H

#include "emtp/engine/options.h"
#include "emtp/engine/text.h"

/* Values that live in the arena; empty where there is none. */
typedef struct kw_emtp_phone {
    kw_str e164;     /* `+` and 8..15 digits (v1-ref: what the reference program makes) */
    kw_str national; /* digits without the country code where that is known */
    kw_str last10;   /* the last ten of all digits */
} kw_emtp_phone;

/* Reads one number as written. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_phone_read(kw_arena *arena, kw_emtp_phone *out, kw_str text,
                                         const kw_emtp_options *options);

#endif /* KW_EMTP_ENGINE_PHONE_H */
