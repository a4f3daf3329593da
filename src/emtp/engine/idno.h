/* SPDX-License-Identifier: Apache-2.0
 * Ends of identifier numbers (emtp.md 4.3). The kind of a number is ignored. */
#ifndef KW_EMTP_ENGINE_IDNO_H
#define KW_EMTP_ENGINE_IDNO_H

#include "emtp/engine/options.h"
#include "emtp/engine/text.h"

/* The last 4, 5 and 6 digits of every run of digits, and in v1 of every chain of runs that single
 * separators join, of all numbers together: sorted, each once. They live in the arena. LIMIT: it is
 * full. */
KW_MUST_USE kw_status kw_emtp_idnos_read(kw_arena *arena, kw_strs *out, kw_strs idnos,
                                         kw_emtp_profile profile);

#endif /* KW_EMTP_ENGINE_IDNO_H */
