/* SPDX-License-Identifier: Apache-2.0
 * Registered applications in the store. */
#ifndef KW_THRESHOLD_APP_ROWS_H
#define KW_THRESHOLD_APP_ROWS_H

#include "store/store.h"

/* Borrows. */
typedef struct kw_app_row {
    kw_str id;
    kw_str policy;         /* JSON of a kw_app_policy */
    uint64_t uses;         /* that were counted; only while the policy has a maximum */
    int64_t registered_at; /* Unix seconds */
} kw_app_row;

/* CONFLICT: it is there already; else as kw_sql_run. */
KW_MUST_USE kw_status kw_app_row_add(kw_tx *tx, const kw_app_row *row, kw_error *err);

/* Replaces the policy, and nothing else. NOT_FOUND. */
KW_MUST_USE kw_status kw_app_row_set(kw_tx *tx, kw_str id, kw_str policy, kw_error *err);

/* NOT_FOUND. */
KW_MUST_USE kw_status kw_app_row_remove(kw_tx *tx, kw_str id, kw_error *err);

/* Counts one use. LIMIT: there were `uses_max` of them. NOT_FOUND. */
KW_MUST_USE kw_status kw_app_row_use(kw_tx *tx, kw_str id, uint64_t uses_max, kw_error *err);

/* Calls `visit` for up to `count` rows after `after_id`, in byte order of the id. */
typedef kw_status (*kw_app_row_visit)(void *ctx, const kw_app_row *row, kw_error *err);
typedef struct kw_app_row_page {
    kw_str after_id;
    size_t count;
} kw_app_row_page;
KW_MUST_USE kw_status kw_app_row_each(kw_tx *tx, kw_app_row_page page, kw_app_row_visit visit,
                                      void *ctx, kw_error *err);

#endif /* KW_THRESHOLD_APP_ROWS_H */
