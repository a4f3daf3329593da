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

/* What is looked for. Borrows. */
typedef struct kw_client_moment {
    kw_unix_s time;                  /* Unix seconds */
    uint64_t newest;                 /* epoch that gave the key: none after it is looked at */
    const kw_client_member *members; /* by rank - 1; where to begin is what GOOD ones name */
} kw_client_moment;

/* Finds the epoch by certificates that hold under the pin: the one whose boundary is not after the
 * time, while that of the next one is, or while it is the newest itself. Any operator may show
 * them: so those that joined later, and know no epoch of that time, do no harm, and who names a
 * wrong one is found out. NOT_FOUND: the first epoch began later. UNAVAILABLE: nobody shows the
 * epoch, which is so, too, when it is older than operators keep certificates. REFUSED: no key is
 * pinned. LIMIT, NO_MEMORY: as kw_client_calls_add. */
KW_MUST_USE kw_status kw_client_attested_find(kw_client_attested *out,
                                              const kw_client_cluster *cluster,
                                              kw_client_calls *calls,
                                              const kw_client_moment *moment, kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_ATTEST_H */
