/* SPDX-License-Identifier: Apache-2.0
 * Participants: who may have keys. Who they are is guard's; hosts, registry role and notify URLs
 * are kept here. Revoking a participant is one action, revoking a key another (C18). */
#ifndef KW_EMTP_SERVICE_PARTICIPANTS_H
#define KW_EMTP_SERVICE_PARTICIPANTS_H

#include "emtp/api_types.h"
#include "emtp/service.h"

/* Adds a participant with the role client; for the proof api_key also makes its key, whose text is
 * in `out_key` this once. BAD_INPUT: a member out of range. CONFLICT: the id or name is taken.
 * Statuses of kw_guard_identity_add and kw_guard_api_key_issue; after a failure of the latter the
 * participant exists without a key. CT: as kw_guard_api_key_issue. */
KW_MUST_USE kw_status kw_emtp_participant_add(kw_emtp *emtp, kw_api_key_text *out_key,
                                              const kw_emtp_participant_new *wanted,
                                              const kw_guard_actor *actor, kw_error *err);

/* Its credentials are refused from the next request; its receivers are forgotten. NOT_FOUND: no
 * participant of ours. */
KW_MUST_USE kw_status kw_emtp_participant_revoke(kw_emtp *emtp, kw_str id,
                                                 const kw_guard_actor *actor, kw_error *err);

/* Up to KW_EMTP_PARTICIPANTS_PAGE_MAX after an id. Everything lives in the arena. LIMIT. */
KW_MUST_USE kw_status kw_emtp_participants_list(kw_emtp *emtp, kw_emtp_participants *out,
                                                kw_str after, kw_arena *arena, kw_error *err);

/* Takes a notice: checks every URL against the hosts of the sender, keeps its notify URLs.
 * BAD_INPUT, LIMIT: as kw_emtp_notice_parse. FORBIDDEN: a host that is not registered. */
KW_MUST_USE kw_status kw_emtp_notice_take(kw_emtp *emtp, kw_str participant, kw_str form,
                                          kw_arena *arena, kw_error *err);

#endif /* KW_EMTP_SERVICE_PARTICIPANTS_H */
