/* SPDX-License-Identifier: Apache-2.0
 * The epoch that was the newest at a time. A key is the same in all epochs, so this changes nothing
 * but what can be said of it. Source: threshold.md sections 6, 7. */
#ifndef KW_CLIENT_THRESHOLD_ATTEST_H
#define KW_CLIENT_THRESHOLD_ATTEST_H

#include "client/threshold_epoch.h"
#include "client/threshold_member.h"

/* All-zero is none. */
typedef struct kw_client_attested {
    uint64_t epoch;
    kw_hash32 certificate; /* its name */
} kw_client_attested;

/* Asks the GOOD among `members`, by rank - 1, to show the epochs that they name for `time`, Unix
 * seconds, and takes the highest whose certificate holds under the pin and whose boundary is not
 * after it. Certificates cannot be made up, so one honest operator among them, who names the right
 * one, is enough; and there is one among any t. UNAVAILABLE: none is shown. REFUSED: no key is
 * pinned. LIMIT, NO_MEMORY: as kw_client_calls_add. */
KW_MUST_USE kw_status kw_client_attested_find(kw_client_attested *out,
                                              const kw_client_cluster *cluster,
                                              kw_client_calls *calls,
                                              const kw_client_member *members, kw_unix_s time,
                                              kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_ATTEST_H */
