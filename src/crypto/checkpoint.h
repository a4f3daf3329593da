/* SPDX-License-Identifier: Apache-2.0
 * Checkpoints of append-only trees (C2SP tlog-checkpoint v1), the text that a signed note signs:
 * origin LF decimal size LF base64(root) LF, then extension lines, which are read, not written. */
#ifndef KW_CRYPTO_CHECKPOINT_H
#define KW_CRYPTO_CHECKPOINT_H

#include "base/buf.h"
#include "crypto/merkle.h"

typedef struct kw_checkpoint {
    kw_str origin; /* one line, not empty */
    kw_merkle_head head;
} kw_checkpoint;

/* BAD_INPUT: the origin. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_checkpoint_format(kw_buf *out, const kw_checkpoint *checkpoint);

/* Borrows `text`. BAD_INPUT: malformed; extension lines are accepted. */
KW_MUST_USE kw_status kw_checkpoint_parse(kw_checkpoint *out, kw_str text, kw_error *err);

#endif /* KW_CRYPTO_CHECKPOINT_H */
