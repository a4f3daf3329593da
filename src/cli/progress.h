/* SPDX-License-Identifier: Apache-2.0
 * A progress line on standard error: only on a terminal, only after two seconds, at most ten times
 * a second; rate and remaining time. */
#ifndef KW_CLI_PROGRESS_H
#define KW_CLI_PROGRESS_H

#include "cli/command.h"

typedef enum kw_progress_unit {
    KW_PROGRESS_ITEMS, /* "records" and the like: the noun is given */
    KW_PROGRESS_BYTES, /* KiB, MiB, GiB */
} kw_progress_unit;

/* All-zero shows nothing. */
typedef struct kw_progress {
    FILE *terminal; /* NULL: not shown */
    kw_progress_unit unit;
    const char *noun;    /* "records" */
    uint64_t total;      /* 0: unknown */
    uint64_t started_ns; /* monotonic */
    uint64_t shown_ns;   /* of the last line; 0: none yet */
    unsigned width;      /* columns of the terminal */
    bool is_on_screen;
} kw_progress;

/* Starts at `now_ns` of the monotonic clock. Shows nothing when standard error is no terminal, and
 * with --quiet or --json. */
kw_progress kw_progress_start(const kw_cli *cli, kw_progress_unit unit, const char *noun,
                              uint64_t total, uint64_t now_ns);

/* `done` of the total so far. Cheap: call it for every batch. */
void kw_progress_update(kw_progress *progress, uint64_t done, uint64_t now_ns);

/* Removes the line, before other output on the terminal and at the end. */
void kw_progress_clear(kw_progress *progress);

#endif /* KW_CLI_PROGRESS_H */
