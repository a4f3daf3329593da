/* SPDX-License-Identifier: Apache-2.0
 * Canonical tuples of a person (emtp.md section 5): which fields are said together, how sure a
 * match by them is, and the cap. */
#ifndef KW_EMTP_ENGINE_TUPLE_H
#define KW_EMTP_ENGINE_TUPLE_H

#include "emtp/engine/record.h"

/* In front of every tuple in the message that is tagged: domain separation. */
#define KW_EMTP_MESSAGE_PREFIX "EMTP|" KW_EMTP_SCHEMA_ID "|"

typedef struct kw_emtp_tuple {
    kw_span message; /* prefix and tuple; lives in the arena */
    uint8_t tier;    /* 1 (spec forms), 2 (with an id), 3 (the rest); 0 in v1-ref */
} kw_emtp_tuple;

/* Sorted by bytes, each once, at most KW_EMTP_TUPLES_MAX. */
typedef struct kw_emtp_tuples {
    kw_emtp_tuple *items;
    size_t count;
    size_t dropped; /* cut by the cap */
} kw_emtp_tuples;

/* The tuple without the prefix. */
static inline kw_str kw_emtp_tuple_text(const kw_emtp_tuple *tuple)
{
    size_t prefix = sizeof KW_EMTP_MESSAGE_PREFIX - 1;
    return (kw_str){(const char *)tuple->message.ptr + prefix, tuple->message.len - prefix};
}

/* All tuples of a person; beyond the cap the lowest tiers stay, inside a tier the first by bytes.
 * LIMIT: the arena is full (KW_EMTP_ARENA_BYTES_MAX is enough for every record). */
KW_MUST_USE kw_status kw_emtp_tuples_make(kw_arena *arena, kw_emtp_tuples *out,
                                          const kw_emtp_person *person,
                                          const kw_emtp_options *options);

#endif /* KW_EMTP_ENGINE_TUPLE_H */
