/* SPDX-License-Identifier: Apache-2.0
 * Doubles while that succeeds, and learns from the first time that it does not. */
#include "guard/audit_pace.h"

#include "base/span.h"
#include "guard/limits.h"

enum {
    PATIENCE = 64 /* one wait in vain of so many commits does not slow down those who wait */
};

void kw_audit_pace_note(kw_audit_pace *pace, size_t count)
{
    if (count <= 1) {
        *pace = (kw_audit_pace){0};
        return;
    }
    if (count < pace->wanted) {
        *pace = (kw_audit_pace){.wanted = count, .patience = PATIENCE};
        return;
    }
    if (pace->patience > 0) {
        pace->patience--;
        pace->wanted = count;
        return;
    }
    pace->wanted = 2 * count;
    pace->wanted = KW_MIN(pace->wanted, (size_t)KW_AUDIT_BATCH_RECORDS_MAX);
}

unsigned kw_audit_pace_wait_us(const kw_audit_pace *pace)
{
    if (pace->wanted <= 1) {
        return 0;
    }
    size_t wait_us = pace->wanted * KW_AUDIT_GATHER_RECORD_US;
    wait_us = KW_MAX(wait_us, (size_t)KW_AUDIT_GATHER_US_MIN);
    return (unsigned)KW_MIN(wait_us, (size_t)KW_AUDIT_GATHER_US_MAX);
}
