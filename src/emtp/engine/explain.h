/* SPDX-License-Identifier: Apache-2.0
 * Compliance mode: everything that was made of a record, as one JSON object of the reference
 * program's shape (emtp.md section 12). */
#ifndef KW_EMTP_ENGINE_EXPLAIN_H
#define KW_EMTP_ENGINE_EXPLAIN_H

#include "base/buf.h"
#include "emtp/engine/token.h"

/* What is shown; all borrowed. */
typedef struct kw_emtp_explanation {
    uint64_t line; /* of the input, from 1 */
    const kw_emtp_options *options;
    const kw_emtp_person *person;
    const kw_emtp_tuples *tuples;
    kw_strs kids;            /* of the keys, in their order */
    const kw_hash32 *tokens; /* of all keys, sorted */
    size_t tokens_count;
    kw_str library_version;
} kw_emtp_explanation;

/* Appends the object, without LF. `arena`: room for name forms. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_explain(kw_buf *out, kw_arena *arena,
                                      const kw_emtp_explanation *facts);

/* "v1" or "v1-ref". */
const char *kw_emtp_profile_name(kw_emtp_profile profile);

#endif /* KW_EMTP_ENGINE_EXPLAIN_H */
