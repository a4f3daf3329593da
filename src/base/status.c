/* SPDX-License-Identifier: Apache-2.0
 * The status table as look-ups. */
#include "base/status.h"

#include <string.h>

typedef struct status_row {
    const char *name;
    const char *text;
    int http;
    int exit_code;
    bool is_retryable;
} status_row;

/* Indexed by the stable number: the numbers are dense, a unit test checks it. */
static const status_row rows[] = {
#define X(name_, lower, number, http_, exit_code_, retryable, text_) \
    [number] = {.name = (lower),                                     \
                .text = (text_),                                     \
                .http = (http_),                                     \
                .exit_code = (exit_code_),                           \
                .is_retryable = (retryable)},
    KW_STATUS_TABLE(X)
#undef X
};

/* A number outside the table can only come from a broken cast; it reads as INTERNAL. */
static const status_row *row_of(kw_status st)
{
    size_t index = (size_t)st;
    return &rows[index < KW_COUNT(rows) ? index : (size_t)KW_INTERNAL];
}

const char *kw_status_name(kw_status st)
{
    return row_of(st)->name;
}

const char *kw_status_text(kw_status st)
{
    return row_of(st)->text;
}

int kw_status_http(kw_status st)
{
    return row_of(st)->http;
}

int kw_status_exit_code(kw_status st)
{
    return row_of(st)->exit_code;
}

bool kw_status_is_retryable(kw_status st)
{
    return row_of(st)->is_retryable;
}

bool kw_status_of_name(kw_status *out, const char *name)
{
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *out = (kw_status)i;
            return true;
        }
    }
    return false;
}
