/* SPDX-License-Identifier: Apache-2.0
 * From a manifest to an approved draft. */
#include "params/service.h"

#include "crypto/hash.h"
#include "params/checklist.h"
#include "params/intake.h"

enum {
    PATH_BYTES_MAX = 1500,
    REQUEST_ARENA_BYTES = 8192,
};

#define TENANT KW_STR("default")

/* ---- draft ---- */

static kw_status take_in(const kw_publisher *p, const kw_draft *draft, kw_draft_file *file,
                         const char *folder, kw_error *err)
{
    KW_AUTO(kw_buf) path = kw_buf_init(PATH_BYTES_MAX);
    const char *text = NULL;
    bool is_absolute = kw_str_starts_with(file->from, KW_STR("/"));
    KW_TRY_AT(err,
              kw_buf_append_format(&path, "%s%s%.*s", is_absolute ? "" : folder,
                                   is_absolute ? "" : "/", KW_STR_ARG(file->from)),
              "naming a file");
    KW_TRY_AT(err, kw_buf_c_text(&path, &text), "naming a file");
    return kw_intake_file(p->blobs, draft, file, text, err);
}

kw_status kw_publisher_draft(const kw_publisher *p, kw_draft *draft, kw_arena *arena,
                             const char *folder, kw_error *err)
{
    kw_draft_row row = {.change = 0};
    kw_error why = {0};
    kw_status st =
        kw_draft_row_read(p->store, &row, arena, draft->family, kw_draft_version(draft), &why);
    KW_REQUIRE(st == KW_OK || st == KW_NOT_FOUND, err, st, "%s", why.text);
    KW_REQUIRE(st == KW_NOT_FOUND || row.draft.state == KW_RELEASE_DRAFT ||
                   kw_release_may_become(row.draft.state, KW_RELEASE_DRAFT),
               err, KW_BAD_STATE, "this version is %s: make a new one",
               kw_release_state_name(row.draft.state));
    for (size_t i = 0; i < draft->files.count; i++) {
        KW_TRY_AT(err, take_in(p, draft, &draft->files.items[i], folder, err), "file %zu", i + 1);
    }
    draft->created = p->now;
    draft->state = KW_RELEASE_DRAFT;
    row.draft = *draft;
    return kw_draft_row_write(p->store, &row, err);
}

/* ---- submit ---- */

/* Runs the checklist and keeps its report, whatever it says. */
static kw_status check(const kw_publisher *p, kw_draft *draft, kw_error *err)
{
    KW_AUTO(kw_buf) report = kw_buf_init(KW_CHECKLIST_BYTES_MAX);
    const kw_checklist_ports ports = {p->blobs, p->rng};
    kw_error why = {0};
    kw_status st = kw_checklist_run(&report, &ports, draft, &why);
    KW_REQUIRE(st == KW_OK || st == KW_ZK_INVALID, err, st, "%s", why.text);
    KW_TRY_AT(err, kw_blobs_put(p->blobs, &draft->report, kw_buf_view(&report), err),
              "keeping the report");
    KW_REQUIRE(st == KW_OK, err, st, "%s", why.text);
    return KW_OK;
}

static kw_status ask(const kw_publisher *p, kw_draft *draft, kw_arena *arena, kw_str requester,
                     kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
    kw_approval_request request = {.action = KW_PARAMS_PUBLISH_ACTION,
                                   .expires = p->now + KW_APPROVAL_LIFE_S_MAX,
                                   .k = KW_APPROVAL_V1,
                                   .requester = requester,
                                   .tenant = TENANT};
    KW_TRY(kw_draft_fingerprint(&request.arguments, draft, err));
    KW_TRY_AT(err, kw_rng_fill(p->rng, KW_MSPAN(request.nonce.bytes)), "drawing a nonce");
    KW_TRY(kw_approval_request_encode(&json, &request, err));
    KW_TRY_AT(err, kw_arena_copy_str(arena, &draft->request, kw_buf_text(&json)),
              "keeping the request");
    return KW_OK;
}

kw_status kw_publisher_submit(const kw_publisher *p, kw_draft_row *row, kw_arena *arena,
                              kw_str requester, kw_error *err)
{
    kw_draft_row next = *row;
    KW_REQUIRE(row->draft.state == KW_RELEASE_DRAFT || row->draft.state == KW_RELEASE_CHECKED, err,
               KW_BAD_STATE, "this version is %s: there is nothing to check",
               kw_release_state_name(row->draft.state));
    kw_error why = {0};
    kw_status st = check(p, &next.draft, &why);
    KW_REQUIRE(st == KW_OK || st == KW_ZK_INVALID, err, st, "%s", why.text);
    next.draft.request = (kw_str){0};
    next.draft.state = st == KW_OK ? KW_RELEASE_CHECKED : KW_RELEASE_DRAFT;
    if (st == KW_OK) {
        KW_TRY(ask(p, &next.draft, arena, requester, err));
    }
    KW_TRY(kw_draft_row_write(p->store, &next, err));
    *row = next;
    KW_REQUIRE(st == KW_OK, err, st, "%s", why.text);
    return KW_OK;
}

/* ---- approve ---- */

/* What was asked for is what is there. */
static kw_status check_request(const kw_publisher *p, const kw_draft *draft, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(REQUEST_ARENA_BYTES);
    kw_approval_request request;
    kw_hash32 present;
    KW_TRY(kw_approval_request_decode(&request, &arena, kw_span_of_str(draft->request), err));
    KW_TRY(kw_draft_fingerprint(&present, draft, err));
    KW_REQUIRE(kw_hash32_equal(&present, &request.arguments) &&
                   kw_str_equal(request.action, KW_PARAMS_PUBLISH_ACTION),
               err, KW_REFUSED, "the request is of other files or of another report");
    KW_REQUIRE(p->now < request.expires, err, KW_REFUSED,
               "the request has expired: submit the draft again");
    return KW_OK;
}

kw_status kw_publisher_approve(const kw_publisher *p, kw_draft_row *row,
                               const kw_approval_policy *policy, kw_approvals approvals,
                               kw_error *err)
{
    kw_draft_row next = *row;
    KW_REQUIRE(kw_release_may_become(row->draft.state, KW_RELEASE_APPROVED), err, KW_BAD_STATE,
               "this version is %s, not checked", kw_release_state_name(row->draft.state));
    KW_TRY(check_request(p, &row->draft, err));
    kw_span request = kw_span_of_str(row->draft.request);
    KW_REQUIRE(kw_approvals_suffice(approvals, request, policy, p->now), err, KW_THRESHOLD,
               "%zu of the approvers approve, not %u",
               kw_approvals_count(approvals, request, policy, p->now), policy->threshold);
    next.draft.state = KW_RELEASE_APPROVED;
    KW_TRY(kw_draft_row_write(p->store, &next, err));
    *row = next;
    return KW_OK;
}
