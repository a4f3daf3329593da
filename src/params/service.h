/* SPDX-License-Identifier: Apache-2.0
 * The publisher's use cases up to approval: a draft takes its files in, the checklist looks at
 * them, people approve what it saw. Source: distribution.md section 5. */
#ifndef KW_PARAMS_SERVICE_H
#define KW_PARAMS_SERVICE_H

#include "crypto/rng.h"
#include "guard/engine/approval.h"
#include "params/draft_rows.h"
#include "store/blobs.h"

/* The action that is asked for. */
#define KW_PARAMS_PUBLISH_ACTION KW_STR("params.release.publish")

/* Borrowed. */
typedef struct kw_publisher {
    kw_store *store;
    kw_blobs *blobs; /* of drafts: not served */
    const kw_rng *rng;
    kw_unix_s now;
} kw_publisher;

/* Takes in the files of a manifest, `from` relative to `folder`, and makes the draft, or makes it
 * anew while it is a draft or checked. `draft` becomes what is stored. BAD_STATE: it has come
 * further. As kw_intake_file and kw_draft_row_write. */
KW_MUST_USE kw_status kw_publisher_draft(const kw_publisher *p, kw_draft *draft, kw_arena *arena,
                                         const char *folder, kw_error *err);

/* Runs the checklist over a draft, or over one that was checked before; then it is checked, and
 * somebody may approve the request that `row` has. ZK_INVALID: a file is refused, and the report
 * says so; the draft stays one. BAD_STATE: it has come further. As kw_checklist_run. */
KW_MUST_USE kw_status kw_publisher_submit(const kw_publisher *p, kw_draft_row *row, kw_arena *arena,
                                          kw_str requester, kw_error *err);

/* Counts approvals of a checked draft; enough of them make it approved. THRESHOLD: too few, none of
 * which is kept. REFUSED: the request is of other files, or no longer in force. BAD_STATE: it is
 * not checked. */
KW_MUST_USE kw_status kw_publisher_approve(const kw_publisher *p, kw_draft_row *row,
                                           const kw_approval_policy *policy, kw_approvals approvals,
                                           kw_error *err);

#endif /* KW_PARAMS_SERVICE_H */
