/* SPDX-License-Identifier: Apache-2.0
 * One way to fail: a status, and a text for the person who handles it. */
#ifndef KW_BASE_ERROR_H
#define KW_BASE_ERROR_H

#include "base/macros.h"
#include "base/status.h"

#define KW_ERROR_TEXT_BYTES 160

/* Status and NUL-terminated text, innermost cause first, frames appended with ": while ".
 * Never holds a secret. All-zero is "no error". `err` may be NULL everywhere. */
typedef struct kw_error {
    kw_status status;
    char text[KW_ERROR_TEXT_BYTES];
} kw_error;

/* Fills `err` (cut at its size) and returns `st`, so that `return kw_fail(...)` reads well. */
kw_status kw_fail(kw_error *err, kw_status st, const char *format, ...) KW_PRINTF(3, 4) KW_MUST_USE;

/* Adds a frame, "text: while loading share 3", to an `err` that carries `st`; an `err` that is
 * still empty or has another status is filled with `st` first. Returns `st`. */
kw_status kw_error_at(kw_error *err, kw_status st, const char *format, ...)
    KW_PRINTF(3, 4) KW_MUST_USE;

/* Returns the status of `call` from the enclosing function if it is not KW_OK. */
#define KW_TRY(call)                      \
    do {                                  \
        kw_status kw_try_status = (call); \
        if (kw_try_status != KW_OK) {     \
            return kw_try_status;         \
        }                                 \
    } while (0)

/* The same, and adds a frame to the error text. */
#define KW_TRY_AT(err, call, ...)                                  \
    do {                                                           \
        kw_status kw_try_status = (call);                          \
        if (kw_try_status != KW_OK) {                              \
            return kw_error_at((err), kw_try_status, __VA_ARGS__); \
        }                                                          \
    } while (0)

/* Checks input: when `cond` is false, fills `err` and returns the status. */
#define KW_REQUIRE(cond, err, st, ...)                \
    do {                                              \
        if (!(cond)) {                                \
            return kw_fail((err), (st), __VA_ARGS__); \
        }                                             \
    } while (0)

/* Checks ourselves: a false `cond` is a bug; prints where and aborts. Stays in release builds;
 * never for input. */
#define KW_ASSERT(cond)                                  \
    do {                                                 \
        if (__builtin_expect(!(cond), 0)) {              \
            kw_assert_failed(#cond, __FILE__, __LINE__); \
        }                                                \
    } while (0)

__attribute__((noreturn, cold)) void kw_assert_failed(const char *what, const char *file, int line);

#endif /* KW_BASE_ERROR_H */
