/* SPDX-License-Identifier: Apache-2.0
 * Drafts in the store. */
#ifndef KW_PARAMS_DRAFT_ROWS_H
#define KW_PARAMS_DRAFT_ROWS_H

#include "params/engine/draft.h"
#include "store/store.h"

/* A draft as it was read. */
typedef struct kw_draft_row {
    kw_draft draft;
    int64_t change; /* 0: it is not in the store yet */
} kw_draft_row;

/* Texts live in the arena. NOT_FOUND: there is no such draft. CORRUPT: its record is damaged. As
 * kw_store_read. */
KW_MUST_USE kw_status kw_draft_row_read(kw_store *store, kw_draft_row *out, kw_arena *arena,
                                        kw_str family, kw_str version, kw_error *err);

/* Writes it, new or in the place of what was read, and counts `row->change` up. CONFLICT: it was
 * changed since, or made by another. As kw_store_write. */
KW_MUST_USE kw_status kw_draft_row_write(kw_store *store, kw_draft_row *row, kw_error *err);

#endif /* KW_PARAMS_DRAFT_ROWS_H */
