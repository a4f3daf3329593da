/* SPDX-License-Identifier: Apache-2.0
 * Requests to bytes and back, and who has approved them. */
#include "guard/engine/approval.h"

#include "codec/json.h"
#include "crypto/hash.h"
#include "guard/limits.h"

enum {
    ARENA_BYTES = 4096, /* of the texts of one request */
};

static const kw_enum_name forms[] = {{"kw/approval@1", KW_APPROVAL_V1}};

/* In the order of their names: so the JSON is canonical, as TUF's is. */
static const kw_field request_fields[] = {
    KW_FIELD(kw_approval_request, action, KW_AUDIT_ACTION_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "._"),
    KW_FIELD(kw_approval_request, arguments, 0, KW_REQ),
    KW_FIELD(kw_approval_request, expires, KW_UTC_S_MAX, KW_REQ | KW_TIME),
    KW_FIELD_ENUM(kw_approval_request, k, forms, KW_REQ),
    KW_FIELD(kw_approval_request, nonce, 0, KW_REQ),
    KW_FIELD(kw_approval_request, requester, KW_IDENTITY_ID_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "._:@/-"),
    KW_FIELD(kw_approval_request, tenant, KW_IDENTITY_TENANT_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = ".-/_"),
};
KW_SCHEMA(kw_approval_request, request_fields);

static kw_status decode(kw_approval_request *out, kw_arena *arena, kw_span json, kw_error *err)
{
    kw_approval_request request;
    KW_TRY(kw_json_decode(&request, arena, &kw_approval_request_schema, json, err));
    KW_AUTO(kw_buf) again = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&again, &kw_approval_request_schema, &request, KW_JSON_PLAIN),
              "writing a request for approval again");
    KW_REQUIRE(kw_span_equal_var(kw_buf_view(&again), json), err, KW_BAD_INPUT,
               "a request for approval is not written in its one form");
    *out = request;
    return KW_OK;
}

kw_status kw_approval_request_decode(kw_approval_request *out, kw_arena *arena, kw_span json,
                                     kw_error *err)
{
    KW_REQUIRE(json.len <= KW_APPROVAL_REQUEST_BYTES_MAX, err, KW_LIMIT,
               "a request for approval has at most %d bytes", KW_APPROVAL_REQUEST_BYTES_MAX);
    return decode(out, arena, json, err);
}

kw_status kw_approval_request_encode(kw_buf *out, const kw_approval_request *request, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&json, &kw_approval_request_schema, request, KW_JSON_PLAIN),
              "writing a request for approval");
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_approval_request same;
    KW_TRY(decode(&same, &arena, kw_buf_view(&json), err)); /* the rows say what is allowed */
    KW_TRY_AT(err, kw_buf_append(out, kw_buf_view(&json)), "writing a request for approval");
    return KW_OK;
}

void kw_approval_sign(kw_ed25519_signature *out, const kw_ed25519_key *key, kw_span request_json)
{
    kw_hash32 digest;
    kw_sha256(&digest, request_json);
    kw_ed25519_sign(key, out, KW_SPAN(digest.bytes));
}

static bool is_same_key(const kw_ed25519_public *a, const kw_ed25519_public *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

static const kw_approver *find(const kw_approval_policy *policy, kw_str id)
{
    for (size_t i = 0; i < policy->count; i++) {
        if (kw_str_equal(policy->approvers[i].id, id)) {
            return &policy->approvers[i];
        }
    }
    return NULL;
}

/* Signs what `requester` asked with a key that is also theirs. */
static bool is_requesters(const kw_approver *approver, const kw_approval_policy *policy,
                          kw_str requester)
{
    for (size_t i = 0; i < policy->count; i++) {
        if (kw_str_equal(policy->approvers[i].id, requester) &&
            is_same_key(&policy->approvers[i].key, &approver->key)) {
            return true;
        }
    }
    return kw_str_equal(approver->id, requester);
}

/* One approval of a request that was read; `out_key` says who counts. */
static kw_status check(kw_ed25519_public *out_key, const kw_approval *approval,
                       const kw_approval_request *request, const kw_hash32 *digest,
                       const kw_approval_policy *policy, kw_error *err)
{
    const kw_approver *approver = find(policy, approval->approver);
    KW_REQUIRE(approver != NULL, err, KW_FORBIDDEN, "%.*s may not approve this",
               KW_STR_ARG(approval->approver));
    KW_REQUIRE(!is_requesters(approver, policy, request->requester), err, KW_FORBIDDEN,
               "who asks does not approve");
    KW_REQUIRE(kw_ed25519_verify(&approver->key, &approval->signature, KW_SPAN(digest->bytes)), err,
               KW_UNAUTHENTICATED, "the approval is not signed by its approver");
    *out_key = approver->key;
    return KW_OK;
}

static kw_status check_time(const kw_approval_request *request, kw_unix_s now, kw_error *err)
{
    KW_REQUIRE(now < request->expires, err, KW_REFUSED, "the request for approval has expired");
    KW_REQUIRE(request->expires - now <= KW_APPROVAL_LIFE_S_MAX, err, KW_REFUSED,
               "a request for approval is in force for at most 72 hours");
    return KW_OK;
}

kw_status kw_approval_check(const kw_approval *approval, kw_span request_json,
                            const kw_approval_policy *policy, kw_unix_s now, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_approval_request request;
    KW_TRY(kw_approval_request_decode(&request, &arena, request_json, err));
    KW_TRY(check_time(&request, now, err));
    kw_hash32 digest;
    kw_sha256(&digest, request_json);
    kw_ed25519_public key;
    return check(&key, approval, &request, &digest, policy, err);
}

size_t kw_approvals_count(kw_approvals approvals, kw_span request_json,
                          const kw_approval_policy *policy, kw_unix_s now)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_approval_request request;
    if (kw_approval_request_decode(&request, &arena, request_json, NULL) != KW_OK ||
        check_time(&request, now, NULL) != KW_OK) {
        return 0;
    }
    kw_hash32 digest;
    kw_sha256(&digest, request_json);
    kw_ed25519_public keys[KW_APPROVERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < KW_MIN(approvals.count, KW_APPROVERS_MAX); i++) {
        kw_ed25519_public key;
        if (check(&key, &approvals.items[i], &request, &digest, policy, NULL) != KW_OK) {
            continue;
        }
        size_t at = 0;
        while (at < count && !is_same_key(&keys[at], &key)) {
            at++;
        }
        keys[at] = key;
        count = KW_MAX(count, at + 1);
    }
    return count;
}

bool kw_approvals_suffice(kw_approvals approvals, kw_span request_json,
                          const kw_approval_policy *policy, kw_unix_s now)
{
    return policy->threshold >= 1 &&
           kw_approvals_count(approvals, request_json, policy, now) >= policy->threshold;
}
