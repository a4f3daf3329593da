/* SPDX-License-Identifier: Apache-2.0
 * How many records a commit of the audit log is worth waiting for. Clients that wait for their
 * answers come back together, and one sync for all of them costs what one for the first of them
 * costs; but waiting for more than there are only makes answers late. */
#ifndef KW_GUARD_AUDIT_PACE_H
#define KW_GUARD_AUDIT_PACE_H

#include <stddef.h>

/* All-zero: nothing is known yet, wait for nobody. */
typedef struct kw_audit_pace {
    size_t wanted;     /* records that the next commit waits for; 0 or 1: it does not wait */
    unsigned patience; /* commits that get what came before, until more is tried again */
} kw_audit_pace;

/* A commit took `count` records after it had waited for `pace->wanted` of them. When they came, the
 * next one may try for twice as many; when not all came in time, for those that did, and for more
 * only after a while. Clients that come one at a time are never waited for. */
void kw_audit_pace_note(kw_audit_pace *pace, size_t count);

/* How long that wait may last, microseconds: the longer, the more may come. 0: none. */
unsigned kw_audit_pace_wait_us(const kw_audit_pace *pace);

#endif /* KW_GUARD_AUDIT_PACE_H */
