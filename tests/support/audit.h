/* SPDX-License-Identifier: Apache-2.0
 * An audit log in a temporary folder with a fixed key and a manual clock. */
#ifndef KW_TESTS_SUPPORT_AUDIT_H
#define KW_TESTS_SUPPORT_AUDIT_H

#include "crypto/ed25519.h"
#include "guard/audit.h"
#include "guard/audit_verify.h"
#include "os/clock.h"

#include "support/tempdir.h"

/* Lives on the test's stack; audit_place_remove when done. */
typedef struct audit_place {
    tempdir dir;
    kw_clock_manual time;
    kw_clock clock;
    kw_ed25519_key key;
    kw_audit_config config; /* folder, node "n1", key, clock; a test may change the rest */
    char vkey[256];         /* NUL-terminated text */
} audit_place;

/* Fills `place`, which must not move afterwards. */
void audit_place_make(audit_place *place);
void audit_place_remove(audit_place *place);

/* Opens the log or fails the test. */
kw_audit *audit_place_open(audit_place *place);

/* An event that says number `i` in its object. The text lives until the next call. */
kw_audit_event audit_event_of(unsigned i);

/* Appends `count` events and waits until all are durable. */
void audit_append_all(kw_audit *audit, unsigned count);

/* Verifies; fails the test unless the verdict is the wanted one. */
kw_audit_report audit_expect(const audit_place *place, const char *folder, kw_str anchor,
                             kw_audit_verdict wanted);

#endif /* KW_TESTS_SUPPORT_AUDIT_H */
