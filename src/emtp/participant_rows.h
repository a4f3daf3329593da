/* SPDX-License-Identifier: Apache-2.0
 * What emtp/ itself keeps of participants in the store: registered hosts, registry role, and where
 * they want notices. Who they are is guard's. */
#ifndef KW_EMTP_PARTICIPANT_ROWS_H
#define KW_EMTP_PARTICIPANT_ROWS_H

#include "base/arena.h"
#include "emtp/engine/notice.h"
#include "store/store.h"

/* Texts live in the arena they were read into. */
typedef struct kw_emtp_participant_row {
    kw_str id;
    kw_str role;  /* on a registry: payer, provider or hub; may be empty */
    kw_str hosts; /* that its URLs may name, spaces between; may be empty */
} kw_emtp_participant_row;

/* Adds or replaces a row. As kw_sql_run. */
KW_MUST_USE kw_status kw_emtp_participant_put(kw_tx *tx, const kw_emtp_participant_row *row,
                                              kw_error *err);

/* NOT_FOUND: never registered here. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_participant_get(kw_tx *tx, kw_emtp_participant_row *out, kw_str id,
                                              kw_arena *arena, kw_error *err);

/* Calls `visit` for up to `count` rows after `after_id`, in byte order of the id; texts are
 * borrowed for the call. */
typedef kw_status (*kw_emtp_participant_visit)(void *ctx, const kw_emtp_participant_row *row,
                                               kw_error *err);
KW_MUST_USE kw_status kw_emtp_participant_each(kw_tx *tx, kw_str after_id, size_t count,
                                               kw_emtp_participant_visit visit, void *ctx,
                                               kw_error *err);

/* Where a participant wants notices: adds or replaces (participant, name). */
KW_MUST_USE kw_status kw_emtp_receiver_put(kw_tx *tx, kw_str participant, const kw_emtp_nurl *nurl,
                                           kw_error *err);

/* Removes all of a participant. */
KW_MUST_USE kw_status kw_emtp_receiver_remove(kw_tx *tx, kw_str participant, kw_error *err);

/* Calls `visit` for all; texts are borrowed for the call. */
typedef kw_status (*kw_emtp_receiver_visit)(void *ctx, kw_str participant, const kw_emtp_nurl *nurl,
                                            kw_error *err);
KW_MUST_USE kw_status kw_emtp_receiver_each(kw_tx *tx, kw_emtp_receiver_visit visit, void *ctx,
                                            kw_error *err);

#endif /* KW_EMTP_PARTICIPANT_ROWS_H */
