/* SPDX-License-Identifier: Apache-2.0
 * The sum of all maxima of an operator's arenas and buffers. */
#include "threshold/engine/operator/operator_memory.h"

/* The greatest session: suite 2 takes more than suite 1, a reshare more than a genesis. */
static kw_session_setup session_of(const kw_roster *roster, const kw_quorum *quorum)
{
    return (kw_session_setup){.fields = {.kind = KW_SESSION_RESHARE,
                                         .t_old = quorum->t,
                                         .t_new = quorum->t,
                                         .suite = KW_SUITE_PEDERSEN},
                              .roster_old = roster,
                              .roster_new = roster,
                              .quorum = *quorum};
}

static size_t session_bytes(const kw_session_setup *setup)
{
    kw_session_memory_bytes bytes = kw_session_memory_bytes_of(setup);
    return kw_arena_heap_bytes(KW_OPERATOR_SLOT_ARENA_MAX + bytes.lasting) +
           kw_arena_heap_bytes(bytes.secrets) + kw_arena_heap_bytes(bytes.scratch);
}

static size_t handover_bytes(const kw_roster *roster)
{
    const kw_handover_setup setup = {.head = {.roster = roster}};
    return kw_arena_heap_bytes(kw_handover_memory_bytes(&setup)) +
           kw_arena_heap_bytes(KW_THRESHOLD_CERTIFICATE_CHECK_MAX) +
           2 * (size_t)KW_HANDOVER_RECORD_BYTES_MAX;
}

static size_t epochs_bytes(void)
{
    return (KW_OPERATOR_ERAS_MAX + 1) * kw_arena_heap_bytes(KW_THRESHOLD_ERA_BYTES_MAX) +
           2 * kw_arena_heap_bytes(KW_OPERATOR_ROSTER_ARENA_MAX);
}

/* A proof is judged, or a candidate; not both at a time. Certificates are written in a buffer. */
static size_t work_bytes(void)
{
    size_t proof = KW_THRESHOLD_FRAUD_BYTES_MAX + kw_arena_heap_bytes(KW_THRESHOLD_FRAUD_ARENA_MAX);
    size_t candidate = kw_arena_heap_bytes(KW_THRESHOLD_CERTIFICATE_ARENA_MAX) +
                       kw_arena_heap_bytes(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    return kw_arena_heap_bytes(KW_THRESHOLD_STEP_BYTES_MAX) + KW_MAX(proof, candidate) +
           KW_THRESHOLD_CERTIFICATE_BYTES_MAX + KW_THRESHOLD_MESSAGE_TEXT_MAX;
}

void kw_operator_memory_of(kw_operator_memory *out, const kw_quorum *quorum)
{
    const kw_roster roster = {.n = quorum->n};
    const kw_session_setup setup = session_of(&roster, quorum);
    *out = (kw_operator_memory){
        .session = session_bytes(&setup),
        .handover = handover_bytes(&roster),
        .epochs = epochs_bytes(),
        .work = work_bytes(),
    };
    out->all = KW_OPERATOR_SESSIONS_MAX * out->session + out->handover + out->epochs + out->work;
    size_t lasting = KW_OPERATOR_SESSIONS_MAX * kw_session_member_bytes(&setup) +
                     kw_handover_member_bytes(quorum);
    out->member = kw_arena_heap_bytes(lasting);
}
