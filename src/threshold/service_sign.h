/* SPDX-License-Identifier: Apache-2.0
 * Use case: this operator's part of an application's key. The caller names an application, never a
 * point, a digest or a domain. Source: threshold.md section 7. */
#ifndef KW_THRESHOLD_SERVICE_SIGN_H
#define KW_THRESHOLD_SERVICE_SIGN_H

#include "threshold/apps.h"
#include "threshold/limits.h"
#include "threshold/service.h"

/* t of them are the application's key: keep it secret. */
typedef struct kw_app_partial {
    uint64_t epoch;          /* of the share that signed */
    uint64_t attested_epoch; /* newest at the attestation time; 0: not asked for, or not known */
    kw_group_g1_bytes signature;
    char subject[KW_APP_SUBJECT_BYTES_MAX + 1]; /* claim "sub" of the token, NUL-terminated */
    kw_app_verdict verdict;                     /* filled on refusals too */
} kw_app_partial;

void kw_app_partial_drop(kw_app_partial *partial); /* wipes */

/* Signs with the newest share that serves. UNAVAILABLE: this operator has none. FORBIDDEN:
 * eigenx-v1 without threshold.eigenx_v1. UNAUTHENTICATED: a bad token. BAD_INPUT: an id of a wrong
 * length, or an attestation time that is still to come. Else as kw_apps_admit. CT: constant time in
 * the share. */
KW_MUST_USE kw_status kw_app_sign(kw_threshold *threshold, kw_app_partial *out,
                                  const kw_app_visit *visit, kw_error *err);

#endif /* KW_THRESHOLD_SERVICE_SIGN_H */
