/* SPDX-License-Identifier: Apache-2.0
 * Error texts, and the end of a program that found itself wrong. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cutting a text is allowed here, and only here: the status carries the meaning. */
static void append(kw_error *err, const char *format, va_list args)
{
    size_t used = strlen(err->text);
    int written = vsnprintf(err->text + used, sizeof err->text - used, format, args);
    if (written < 0) {
        err->text[used] = '\0';
    }
}

kw_status kw_fail(kw_error *err, kw_status st, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        err->status = st;
        err->text[0] = '\0';
        append(err, format, args);
        va_end(args);
    }
    return st;
}

static void append_literal(kw_error *err, const char *text)
{
    size_t used = strlen(err->text);
    size_t len = KW_MIN(strlen(text), sizeof err->text - 1 - used);
    memcpy(err->text + used, text, len);
    err->text[used + len] = '\0';
}

kw_status kw_error_at(kw_error *err, kw_status st, const char *format, ...)
{
    if (err == NULL) {
        return st;
    }
    if (err->status != st) {
        err->status = st;
        err->text[0] = '\0';
        append_literal(err, kw_status_text(st));
    }
    append_literal(err, ": while ");
    va_list args;
    va_start(args, format);
    append(err, format, args);
    va_end(args);
    return st;
}

void kw_assert_failed(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "keyward: assertion failed: %s (%s:%d)\n", what, file, line);
    abort();
}
