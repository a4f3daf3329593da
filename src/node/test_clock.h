/* SPDX-License-Identifier: Apache-2.0
 * A clock that tests turn through a file: the system's clock, moved. */
#ifndef KW_NODE_TEST_CLOCK_H
#define KW_NODE_TEST_CLOCK_H

#include "base/error.h"
#include "os/clock.h"

/* Belongs to the daemon; `refresh` by one thread, the clock by all. */
typedef struct kw_test_clock {
    const char *path;         /* borrowed */
    char seen[64];            /* text that `moved_ms` was made from; NUL-terminated */
    _Atomic int64_t moved_ms; /* ahead of the system's clock */
} kw_test_clock;

/* Reads the file, white space at its ends aside: an RFC 3339 moment ("2026-02-01T00:00:00Z"), from
 * which the clock runs on when it is first seen, or an offset of seconds with its sign ("+3600").
 * Nothing happens when the text is the one seen last. CONFIG: anything else. */
KW_MUST_USE kw_status kw_test_clock_refresh(kw_test_clock *clock, kw_error *err);

/* Reads such a text at a moment of the system's clock. CONFIG. */
KW_MUST_USE kw_status kw_test_clock_parse(int64_t *out_moved_ms, kw_str text, kw_unix_ms system_ms,
                                          kw_error *err);

/* The port; borrows `clock`. */
kw_clock kw_test_clock_port(kw_test_clock *clock);

#endif /* KW_NODE_TEST_CLOCK_H */
