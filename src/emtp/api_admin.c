/* SPDX-License-Identifier: Apache-2.0
 * Routes for administration. Secret outputs: a new participant's API key, the static export.
 * Source: emtp.md section 8. */
#include "emtp/api.h"
#include "emtp/api_types.h"
#include "emtp/limits.h"
#include "emtp/service.h"
#include "emtp/service_participants.h"
#include "guard/guard.h"
#include "net/request.h"

/* ---- keys ---- */

KW_HANDLER(list_keys, kw_emtp_key_entries, kw_no_body)
static kw_status list_keys(kw_request *request, kw_emtp_key_entries *out, const kw_no_body *in,
                           kw_error *err)
{
    KW_UNUSED(in);
    kw_emtp *emtp = request->context;
    kw_unix_s now = kw_emtp_now(emtp);
    kw_emtp_key_list *list = kw_arena_new(request->arena, 1, sizeof *list);
    KW_REQUIRE(list != NULL, err, KW_LIMIT, "no room for a list of keys");
    KW_TRY(kw_emtp_keys_list(kw_emtp_key_service_of(emtp), list, now, err));
    out->keys.items = kw_arena_new(request->arena, list->count, sizeof *out->keys.items);
    KW_REQUIRE(out->keys.items != NULL, err, KW_LIMIT, "no room for a list of keys");
    for (size_t i = 0; i < list->count; i++) {
        const kw_emtp_key_info *key = &list->items[i];
        out->keys.items[i] = (kw_emtp_key_entry){.kid = kw_emtp_kid_text(&key->kid),
                                                 .not_before = key->window.not_before,
                                                 .not_after = key->window.not_after,
                                                 .expires_at = key->expires_at,
                                                 .revoked_at = key->revoked_at,
                                                 .is_served = kw_emtp_key_is_served(key, now)};
    }
    out->keys.count = list->count;
    return KW_OK;
}

/* Receivers hear of a change at once, not at the next tick. */
static kw_status finish_change(kw_request *request, const kw_emtp_key_change *change, kw_str *kid,
                               kw_error *err)
{
    if (change->has_new_rows) {
        kw_emtp_tell_of_keys(request->context);
    }
    KW_TRY_AT(err, kw_arena_copy_str(request->arena, kid, kw_emtp_kid_text(&change->kid)), "kid");
    return KW_OK;
}

KW_HANDLER(rotate_keys, kw_emtp_key_rotated, kw_no_body)
static kw_status rotate_keys(kw_request *request, kw_emtp_key_rotated *out, const kw_no_body *in,
                             kw_error *err)
{
    KW_UNUSED(in);
    kw_emtp *emtp = request->context;
    kw_guard_actor actor = kw_guard_actor_of(request);
    kw_emtp_key_change change = {0};
    KW_TRY(
        kw_emtp_keys_rotate(kw_emtp_key_service_of(emtp), &change, &actor, kw_emtp_now(emtp), err));
    KW_TRY(finish_change(request, &change, &out->kid, err));
    request->audit.object = out->kid;
    return KW_OK;
}

KW_HANDLER(revoke_key, kw_emtp_key_revoked, kw_emtp_kid_path)
static kw_status revoke_key(kw_request *request, kw_emtp_key_revoked *out,
                            const kw_emtp_kid_path *in, kw_error *err)
{
    kw_emtp *emtp = request->context;
    kw_guard_actor actor = kw_guard_actor_of(request);
    kw_emtp_key_change change = {0};
    request->audit.object = in->kid;
    KW_TRY(kw_emtp_keys_revoke(kw_emtp_key_service_of(emtp), &change, in->kid, &actor,
                               kw_emtp_now(emtp), err));
    out->kid = in->kid;
    return finish_change(request, &change, &out->replacement, err);
}

static void release_answer(void *owner)
{
    kw_emtp_key_answer_release(owner);
}

KW_HANDLER(export_keys, kw_raw_reply, kw_no_body)
static kw_status export_keys(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                             kw_error *err)
{
    KW_UNUSED(in);
    kw_emtp *emtp = request->context;
    kw_emtp_key_answer *answer =
        kw_emtp_keys_answer(kw_emtp_key_service_of(emtp), kw_emtp_now(emtp));
    KW_REQUIRE(answer != NULL, err, KW_UNAVAILABLE, "the keys of this moment are being made");
    *out = (kw_raw_reply){.media_type = "application/json",
                          .bytes = kw_declassify_span(kw_secret_bytes_view(&answer->body),
                                                      "a crypto officer takes the static export"),
                          .release = release_answer,
                          .owner = answer};
    KW_TRY_AT(err,
              kw_arena_copy_str(request->arena, &request->audit.object, kw_str_of(answer->kids)),
              "noting the exported keys");
    return KW_OK;
}

/* ---- participants ---- */

KW_HANDLER(list_participants, kw_emtp_participants, kw_emtp_page)
static kw_status list_participants(kw_request *request, kw_emtp_participants *out,
                                   const kw_emtp_page *in, kw_error *err)
{
    return kw_emtp_participants_list(request->context, out, in->after, request->arena, err);
}

KW_HANDLER(add_participant, kw_emtp_participant_added, kw_emtp_participant_new)
static kw_status add_participant(kw_request *request, kw_emtp_participant_added *out,
                                 const kw_emtp_participant_new *in, kw_error *err)
{
    kw_guard_actor actor = kw_guard_actor_of(request);
    KW_AUTO(kw_api_key_text) key = {{0}};
    request->audit.object = in->id;
    KW_TRY(kw_emtp_participant_add(request->context, &key, in, &actor, err));
    out->id = in->id;
    KW_TRY_AT(err, kw_arena_copy_str(request->arena, &out->api_key, kw_str_of(key.shown)),
              "showing the API key");
    request->reply.success = KW_SUCCESS_CREATED;
    KW_TRY_AT(err,
              kw_arena_format(request->arena, &request->reply.location,
                              "/v1/emtp/participants/%.*s", KW_STR_ARG(in->id)),
              "naming the participant");
    return KW_OK;
}

KW_HANDLER(revoke_participant, kw_no_body, kw_emtp_participant_path)
static kw_status revoke_participant(kw_request *request, kw_no_body *out,
                                    const kw_emtp_participant_path *in, kw_error *err)
{
    KW_UNUSED(out);
    kw_guard_actor actor = kw_guard_actor_of(request);
    request->audit.object = in->id;
    return kw_emtp_participant_revoke(request->context, in->id, &actor, err);
}

/* ---- the table ---- */

const kw_route kw_emtp_admin_routes[] = {
    {.method = KW_GET,
     .path = "/v1/emtp/keys/list",
     KW_HANDLED_BY(list_keys, kw_emtp_key_entries, kw_no_body),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.key.list",
     .rate = KW_RATE_ADMIN,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "epoch keys without their bytes"},
    {.method = KW_POST,
     .path = "/v1/emtp/keys/rotate",
     KW_HANDLED_BY(rotate_keys, kw_emtp_key_rotated, kw_no_body),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.key.rotate",
     .rate = KW_RATE_ADMIN,
     .audit = "emtp.key.rotate",
     .runs = KW_RUNS_ON_POOL,
     .summary = "begin a new key of the present epoch; the old one is served on"},
    {.method = KW_POST,
     .path = "/v1/emtp/keys/{kid}/revoke",
     KW_HANDLED_BY(revoke_key, kw_emtp_key_revoked, kw_emtp_kid_path),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.key.revoke",
     .rate = KW_RATE_ADMIN,
     .audit = "emtp.key.revoke",
     .runs = KW_RUNS_ON_POOL,
     .summary = "take a key out of service at once and for good"},
    {.method = KW_GET,
     .path = "/v1/emtp/export",
     KW_HANDLED_BY(export_keys, kw_raw_reply, kw_no_body),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.key.export",
     .rate = KW_RATE_ADMIN,
     .audit = "emtp.export",
     .runs = KW_RUNS_INLINE,
     .summary = "the served keys as a static file"},
    {.method = KW_GET,
     .path = "/v1/emtp/participants",
     KW_HANDLED_BY(list_participants, kw_emtp_participants, kw_emtp_page),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.participant.read",
     .rate = KW_RATE_ADMIN,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "participants"},
    {.method = KW_POST,
     .path = "/v1/emtp/participants",
     KW_HANDLED_BY(add_participant, kw_emtp_participant_added, kw_emtp_participant_new),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.participant.write",
     .body_bytes_max = 16 << 10,
     .rate = KW_RATE_ADMIN,
     .audit = "emtp.participant.added",
     .runs = KW_RUNS_ON_POOL,
     .summary = "add a participant; its API key is shown this once"},
    {.method = KW_POST,
     .path = "/v1/emtp/participants/{id}/revoke",
     KW_HANDLED_BY(revoke_participant, kw_no_body, kw_emtp_participant_path),
     .listener = KW_LISTENER_ADMIN,
     .permission = "emtp.participant.write",
     .rate = KW_RATE_ADMIN,
     .audit = "emtp.participant.revoked",
     .runs = KW_RUNS_ON_POOL,
     .summary = "refuse a participant from its next request"},
};
const size_t kw_emtp_admin_routes_count = KW_COUNT(kw_emtp_admin_routes);
