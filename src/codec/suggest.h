/* SPDX-License-Identifier: Apache-2.0
 * "Did you mean": the name that a mistyped one was most likely meant to be. */
#ifndef KW_CODEC_SUGGEST_H
#define KW_CODEC_SUGGEST_H

#include "base/span.h"

/* Longest name that is compared, bytes. */
#define KW_SUGGEST_NAME_MAX 64

/* The search: give it each known name, then read `best`. */
typedef struct kw_suggestion {
    kw_str typed;
    kw_str best;       /* empty: nothing is close enough */
    unsigned distance; /* of `best` */
} kw_suggestion;

kw_suggestion kw_suggest(kw_str typed);

/* Keeps the name if it is the closest so far: at most a third of its letters wrong, where a swap of
 * two neighbours counts once (optimal string alignment). */
void kw_suggest_offer(kw_suggestion *s, kw_str name);

#endif /* KW_CODEC_SUGGEST_H */
