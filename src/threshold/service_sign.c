/* SPDX-License-Identifier: Apache-2.0
 * Partial signatures for applications. Secret inputs: shares, in guarded memory. */
#include "threshold/service_sign.h"

#include "base/ct.h"
#include "threshold/engine/use/partial.h"
#include "threshold/limits.h"

void kw_app_partial_drop(kw_app_partial *partial)
{
    kw_wipe(partial, sizeof *partial);
}

static bool has_share(kw_threshold *threshold)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_holder_keys_enter(kw_threshold_holder(threshold));
    const kw_holder_keys *keys = hold.object;
    return keys != NULL && keys->count > 0;
}

/* The key is one in all epochs, so that time changes nothing but what is reported: an operator that
 * joined later, or has forgotten that epoch, reports none. */
static kw_status report_epoch(kw_threshold *threshold, kw_app_partial *out,
                              const kw_app_visit *visit, kw_error *err)
{
    kw_unix_s now_s = visit->now_ms / 1000;
    if (visit->attestation_time == 0) {
        return KW_OK;
    }
    KW_REQUIRE(visit->attestation_time <= now_s + KW_APP_CLOCK_SKEW_S, err, KW_BAD_INPUT,
               "attestationTime is still to come");
    kw_status st = kw_holder_epoch_at(kw_threshold_holder(threshold), &out->attested_epoch,
                                      (uint64_t)visit->attestation_time, err);
    return st == KW_NOT_FOUND ? KW_OK : st;
}

static kw_status sign(kw_threshold *threshold, kw_app_partial *out, const kw_purposed *what,
                      kw_error *err)
{
    const kw_group *group = &kw_group_bls12_381;
    KW_AUTO(kw_snapshot_hold) hold = kw_holder_keys_enter(kw_threshold_holder(threshold));
    const kw_holder_keys *keys = hold.object;
    /* Asked before the use was counted too; a share may go between. */
    KW_REQUIRE(keys != NULL && keys->count > 0, err, KW_UNAVAILABLE, "this operator has no share");
    const kw_holder_key *key = &keys->items[0];
    kw_group_g1 signature;
    KW_TRY_AT(err, kw_partial_sign(&signature, group, &key->share, what), "signing");
    group->g1_encode(&out->signature, &signature);
    kw_wipe(&signature, sizeof signature);
    out->epoch = key->epoch;
    return KW_OK;
}

/* The claims of the visit's token; NULL: it has none. A bad one opens nothing, not even what is
 * open. */
static kw_status read_token(kw_threshold *threshold, kw_json **out, const kw_app_visit *visit,
                            kw_error *err)
{
    kw_token_keys *keys = kw_threshold_token_keys(threshold);
    if (visit->token.len == 0) {
        return KW_OK;
    }
    KW_REQUIRE(keys != NULL, err, KW_UNAUTHENTICATED, "this operator takes no tokens");
    return kw_token_keys_verify(keys, out, visit->token, visit->now_ms / 1000, err);
}

/* For the audit log; one that is too long is not shown. */
static void note_subject(kw_app_partial *out, const kw_json *claims)
{
    kw_str subject = kw_json_text(kw_json_get(claims, "sub"));
    if (subject.len > 0 && subject.len < sizeof out->subject) {
        memcpy(out->subject, subject.ptr, subject.len);
    }
}

static kw_status answer(kw_threshold *threshold, kw_app_partial *out, const kw_app_visit *visit,
                        kw_error *err)
{
    kw_purposed what = {.purpose = visit->is_eigenx_v1 ? KW_PURPOSE_EIGENX : KW_PURPOSE_APPLICATION,
                        .message = kw_span_of_str(visit->app)};
    kw_span domain;
    KW_TRY_AT(err, kw_purposed_dst(&domain, &what), "an application's id");
    KW_REQUIRE(!visit->is_eigenx_v1 || kw_threshold_signs_eigenx_v1(threshold), err, KW_FORBIDDEN,
               "this operator does not sign for eigenx-v1");
    KW_REQUIRE(has_share(threshold), err, KW_UNAVAILABLE, "this operator has no share");
    KW_AUTO_PTR(kw_json) claims = NULL;
    KW_TRY(read_token(threshold, &claims, visit, err));
    note_subject(out, claims);
    KW_TRY(kw_apps_admit(kw_threshold_apps(threshold), &out->verdict, visit, claims, err));
    KW_TRY(report_epoch(threshold, out, visit, err));
    return sign(threshold, out, &what, err);
}

kw_status kw_app_sign(kw_threshold *threshold, kw_app_partial *out, const kw_app_visit *visit,
                      kw_error *err)
{
    *out = (kw_app_partial){0};
    kw_status st = answer(threshold, out, visit, err);
    kw_threshold_count_partial(threshold, st);
    return st;
}
