/* SPDX-License-Identifier: Apache-2.0
 * The machine's part of a publication: every file of a draft is what its mathematics asks for, and
 * they belong together: verification key to proving key, proving key to circuit and ceremony.
 * The same files give the same report. Source: distribution.md sections 5 and 6. */
#ifndef KW_PARAMS_CHECKLIST_H
#define KW_PARAMS_CHECKLIST_H

#include "crypto/rng.h"
#include "params/engine/draft.h"
#include "store/blobs.h"

/* Most bytes of a report. */
#define KW_CHECKLIST_BYTES_MAX (64 << 10)

typedef struct kw_checklist_ports {
    kw_blobs *blobs;
    const kw_rng *rng; /* multipliers that nobody could foresee */
} kw_checklist_ports;

/* Appends the report, JSON, also when files are refused. ZK_INVALID: they are, `err` says the first
 * reason. NO_MEMORY, ENTROPY_FAILURE, and as kw_intake_open: they could not be checked. */
KW_MUST_USE kw_status kw_checklist_run(kw_buf *out, const kw_checklist_ports *ports,
                                       const kw_draft *draft, kw_error *err);

#endif /* KW_PARAMS_CHECKLIST_H */
