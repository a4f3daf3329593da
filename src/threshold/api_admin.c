/* SPDX-License-Identifier: Apache-2.0
 * Routes for administration: registered applications, resharings that are asked for. */
#include "threshold/api.h"

#include "crypto/address_text.h"
#include "net/request.h"
#include "threshold/limits.h"
#include "threshold/service.h"

#include <inttypes.h>

KW_HANDLER(list_apps, kw_app_entries, kw_app_page)
static kw_status list_apps(kw_request *request, kw_app_entries *out, const kw_app_page *in,
                           kw_error *err)
{
    return kw_apps_list(kw_threshold_apps(request->context), out, in->after, request->arena, err);
}

/* What a change of who may have a key leaves in the audit log. */
static void note_policy(kw_request *request, kw_str id, const kw_app_policy *policy)
{
    request->audit.object = id;
    request->audit.detail = kw_str_of(kw_app_access_name(policy->access));
}

KW_HANDLER(register_app, kw_no_body, kw_app_new)
static kw_status register_app(kw_request *request, kw_no_body *out, const kw_app_new *in,
                              kw_error *err)
{
    KW_UNUSED(out);
    note_policy(request, in->id, &in->policy);
    KW_TRY(kw_apps_register(kw_threshold_apps(request->context), in->id, &in->policy,
                            request->now_ms / 1000, err));
    request->reply.success = KW_SUCCESS_CREATED;
    KW_TRY_AT(err,
              kw_arena_format(request->arena, &request->reply.location, "/v1/threshold/apps/%.*s",
                              KW_STR_ARG(in->id)),
              "naming the application");
    return KW_OK;
}

KW_HANDLER(set_policy, kw_no_body, kw_app_change)
static kw_status set_policy(kw_request *request, kw_no_body *out, const kw_app_change *in,
                            kw_error *err)
{
    KW_UNUSED(out);
    note_policy(request, in->id, &in->policy);
    return kw_apps_set(kw_threshold_apps(request->context), in->id, &in->policy, err);
}

KW_HANDLER(remove_app, kw_no_body, kw_app_path)
static kw_status remove_app(kw_request *request, kw_no_body *out, const kw_app_path *in,
                            kw_error *err)
{
    KW_UNUSED(out);
    request->audit.object = in->id;
    return kw_apps_remove(kw_threshold_apps(request->context), in->id, err);
}

KW_HANDLER(post_reshare, kw_reshare_reply, kw_reshare_request)
static kw_status post_reshare(kw_request *request, kw_reshare_reply *out,
                              const kw_reshare_request *in, kw_error *err)
{
    char address[KW_ADDRESS_TEXT_BYTES];
    kw_address_write(address, kw_threshold_self(request->context));
    KW_TRY_AT(
        err,
        kw_arena_format(request->arena, &request->audit.object, "boundary %" PRIu64, in->boundary),
        "naming the boundary");
    KW_TRY_AT(err, kw_arena_copy_str(request->arena, &out->operatorAddress, kw_str_of(address)),
              "writing the address");
    out->boundary = in->boundary;
    return kw_holder_reshare(kw_threshold_holder(request->context), &out->attempt, in->boundary,
                             err);
}

#define ADMIN_ROW .listener = KW_LISTENER_ADMIN, .rate = KW_RATE_ADMIN, .runs = KW_RUNS_ON_POOL

const kw_route kw_threshold_admin_routes[] = {
    {ADMIN_ROW, .method = KW_GET, .path = "/v1/threshold/apps",
     KW_HANDLED_BY(list_apps, kw_app_entries, kw_app_page), .permission = "threshold.app.read",
     .audit = KW_AUDIT_NONE, .summary = "registered applications in the order of their ids"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/threshold/apps",
     KW_HANDLED_BY(register_app, kw_no_body, kw_app_new), .permission = "threshold.app.write",
     .body_bytes_max = KW_APP_POLICY_BYTES_MAX, .audit = "threshold.app.registered",
     .summary = "register an application"},
    {ADMIN_ROW, .method = KW_PUT, .path = "/v1/threshold/apps/{id}/policy",
     KW_HANDLED_BY(set_policy, kw_no_body, kw_app_change), .permission = "threshold.app.write",
     .body_bytes_max = KW_APP_POLICY_BYTES_MAX, .audit = "threshold.app.policy_set",
     .summary = "replace the policy of an application"},
    {ADMIN_ROW, .method = KW_DELETE, .path = "/v1/threshold/apps/{id}",
     KW_HANDLED_BY(remove_app, kw_no_body, kw_app_path), .permission = "threshold.app.write",
     .audit = "threshold.app.removed", .summary = "give an application's key to nobody any more"},
    {ADMIN_ROW, .method = KW_POST, .path = "/v1/threshold/reshare",
     KW_HANDLED_BY(post_reshare, kw_reshare_reply, kw_reshare_request),
     .permission = "threshold.epoch.reshare", .body_bytes_max = KW_RESHARE_REQUEST_BYTES_MAX,
     .audit = "threshold.epoch.reshare_asked",
     .summary = "take part in a resharing at a boundary at which none is due"},
};
const size_t kw_threshold_admin_routes_count = KW_COUNT(kw_threshold_admin_routes);
