/* SPDX-License-Identifier: Apache-2.0
 * How much memory an operator takes at most, and how much of that one other member can cause. */
#ifndef KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_MEMORY_H
#define KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_MEMORY_H

#include "threshold/engine/operator/operator.h"

/* Bytes, as arenas and buffers take them; secrets of sessions, which are locked memory, among them.
 * Records that are being made come on top, locked: KW_THRESHOLD_RECORD_BYTES_MAX. */
typedef struct kw_operator_memory {
    size_t session;  /* one of KW_OPERATOR_SESSIONS_MAX */
    size_t handover; /* and its record, in two versions */
    size_t epochs;   /* certificates at hand, with one that is being looked at; rosters */
    size_t work;     /* of one step: what actions point to, a proof, what checking takes */
    size_t all;      /* KW_OPERATOR_SESSIONS_MAX of the first, and the others */
    /* Of sessions and handover, what one member can make this operator keep, whatever it signs,
     * names or shows. */
    size_t member;
} kw_operator_memory;

/* For rosters of up to quorum->n members, old and new ones without a common member. */
void kw_operator_memory_of(kw_operator_memory *out, const kw_quorum *quorum);

#endif /* KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_MEMORY_H */
