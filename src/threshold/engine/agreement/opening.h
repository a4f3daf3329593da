/* SPDX-License-Identifier: Apache-2.0
 * The set X of dealers whose polynomials are opened, because their EXTRACTs are missing or wrong.
 * At most f: so at least one honest dealer of D stays hidden in any network. Source: threshold.md
 * section 6. */
#ifndef KW_THRESHOLD_ENGINE_AGREEMENT_OPENING_H
#define KW_THRESHOLD_ENGINE_AGREEMENT_OPENING_H

#include "threshold/engine/agreement/agreement.h"
#include "threshold/engine/roster/ids.h"

/* D, and of which of its dealers a member holds a valid EXTRACT. Borrows. */
typedef struct kw_opening {
    const kw_dealing_ref *dealings; /* by dealer */
    const bool *has_extract;        /* [dealings_count] */
    uint16_t dealings_count;
    uint16_t f;
} kw_opening;

/* Judges a proposed X: REFUSED if it is not an ascending part of D of at most f dealers, LACKING
 * while a valid EXTRACT of the rest of D is missing. */
kw_agreement_verdict kw_opening_judge(const kw_opening *opening, const uint16_t *dealers,
                                      uint16_t count);

/* Own proposal: the dealers without a valid EXTRACT; `out` has room for f. False: more than f. */
bool kw_opening_offer(const kw_opening *opening, uint16_t *out, uint16_t *out_count);

#endif /* KW_THRESHOLD_ENGINE_AGREEMENT_OPENING_H */
