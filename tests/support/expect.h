/* SPDX-License-Identifier: Apache-2.0
 * What every test includes: cmocka in its required order, and assertions on our own types. */
#ifndef KW_TESTS_SUPPORT_EXPECT_H
#define KW_TESTS_SUPPORT_EXPECT_H

/* cmocka wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/span.h"

/* The exact status; a failure names both. */
#define EXPECT_STATUS(call, wanted)                                               \
    do {                                                                          \
        kw_status kw_got = (call);                                                \
        kw_status kw_wanted = (wanted);                                           \
        if (kw_got != kw_wanted) {                                                \
            print_error("%s: got %s, wanted %s\n", #call, kw_status_name(kw_got), \
                        kw_status_name(kw_wanted));                               \
            fail();                                                               \
        }                                                                         \
    } while (0)

#define EXPECT_OK(call) EXPECT_STATUS(call, KW_OK)

/* Equality of a kw_str with a NUL-terminated text. */
#define EXPECT_STR(str, wanted)                                                                    \
    do {                                                                                           \
        kw_str kw_got = (str);                                                                     \
        const char *kw_wanted = (wanted);                                                          \
        if (!kw_str_equal(kw_got, kw_str_of(kw_wanted))) {                                         \
            print_error("%s: got \"%.*s\", wanted \"%s\"\n", #str, KW_STR_ARG(kw_got), kw_wanted); \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#define EXPECT_SPAN(span, wanted)                                       \
    do {                                                                \
        kw_span kw_got = (span);                                        \
        kw_span kw_wanted = (wanted);                                   \
        assert_int_equal(kw_got.len, kw_wanted.len);                    \
        if (kw_got.len > 0) {                                           \
            assert_memory_equal(kw_got.ptr, kw_wanted.ptr, kw_got.len); \
        }                                                               \
    } while (0)

#endif /* KW_TESTS_SUPPORT_EXPECT_H */
