/* SPDX-License-Identifier: Apache-2.0
 * The applications that are registered at this operator. Requests see an immutable table, without
 * a lock; a change is durable before it is seen. Each operator counts and limits on its own. */
#ifndef KW_THRESHOLD_APPS_H
#define KW_THRESHOLD_APPS_H

#include "store/store.h"
#include "threshold/api_types.h"
#include "threshold/app_policy.h"

/* Any thread. */
typedef struct kw_apps kw_apps;

/* Reads what the store has; its tables are there. The store outlives it. CORRUPT: a policy that
 * none of us wrote. LIMIT: more than KW_APPS_MAX. NO_MEMORY; else as kw_store_read. */
KW_MUST_USE kw_status kw_apps_open(kw_apps **out, kw_store *store, kw_error *err);

/* No request may be in flight. Takes NULL. */
void kw_apps_free(kw_apps *apps);
KW_AUTO_PTR_DEFINE(kw_apps);

/* BAD_INPUT: kw_app_policy_check. CONFLICT: it is there already. LIMIT: too many; NO_MEMORY; else
 * as kw_store_write. */
KW_MUST_USE kw_status kw_apps_register(kw_apps *apps, kw_str id, const kw_app_policy *policy,
                                       int64_t now_s, kw_error *err);

/* Replaces the policy; what is counted stays. NOT_FOUND; else as kw_apps_register. */
KW_MUST_USE kw_status kw_apps_set(kw_apps *apps, kw_str id, const kw_app_policy *policy,
                                  kw_error *err);

/* Its key is given to nobody from now on; what was encrypted to it stays readable for who has the
 * key. NOT_FOUND; else as kw_apps_register. */
KW_MUST_USE kw_status kw_apps_remove(kw_apps *apps, kw_str id, kw_error *err);

/* Up to KW_APPS_PAGE_MAX after an id. Everything lives in the arena. LIMIT. */
KW_MUST_USE kw_status kw_apps_list(kw_apps *apps, kw_app_entries *out, kw_str after,
                                   kw_arena *arena, kw_error *err);

/* What an application was asked with, and how long to wait. */
typedef struct kw_app_verdict {
    kw_app_access access;   /* by which it was decided; NONE: unknown */
    uint32_t retry_after_s; /* with RATE_LIMITED */
} kw_app_verdict;

/* Lets one use through, and counts it; `out` is filled on refusals too. NOT_FOUND: not registered.
 * UNAUTHENTICATED, FORBIDDEN: kw_app_policy_admit. RATE_LIMITED. LIMIT: used up. Else as
 * kw_store_write: a use that cannot be counted is refused. */
KW_MUST_USE kw_status kw_apps_admit(kw_apps *apps, kw_app_verdict *out, const kw_app_visit *visit,
                                    const kw_json *claims, kw_error *err);

#endif /* KW_THRESHOLD_APPS_H */
