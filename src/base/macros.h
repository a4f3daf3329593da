/* SPDX-License-Identifier: Apache-2.0
 * The few language extensions the house uses: ownership by scope, must-use results, checked
 * counts. */
#ifndef KW_BASE_MACROS_H
#define KW_BASE_MACROS_H

#include <stddef.h>

/* On every prototype that returns a status: a dropped status does not compile. */
#define KW_MUST_USE __attribute__((warn_unused_result))

#define KW_PRINTF(format_index, args_index) \
    __attribute__((format(printf, format_index, args_index)))

/* `KW_AUTO(kw_buf) b = kw_buf_init(64);`: kw_buf_drop(&b) runs on every way out of the scope.
 * Initialise in the same statement. */
#define KW_AUTO(type) __attribute__((cleanup(type##_drop), unused)) type

/* `KW_AUTO_PTR(kw_store) s = NULL;`: kw_store_free(s) runs on every way out of the scope.
 * The type needs KW_AUTO_PTR_DEFINE next to its `free`. */
#define KW_AUTO_PTR(type) __attribute__((cleanup(type##_free_at), unused)) type *

#define KW_AUTO_PTR_DEFINE(type)                     \
    static inline void type##_free_at(type **handle) \
    {                                                \
        type##_free(*handle);                        \
        *handle = NULL;                              \
    }                                                \
    struct kw_swallow_semicolon

/* Elements of an array; a pointer does not compile. */
#define KW_COUNT(array)                                                                            \
    (sizeof(array) / sizeof((array)[0]) +                                                          \
     0 * sizeof(struct {                                                                           \
         _Static_assert(!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])), \
                        "KW_COUNT needs an array");                                                \
         int unused;                                                                               \
     }))

#define KW_MIN(a, b) ((a) < (b) ? (a) : (b))
#define KW_MAX(a, b) ((a) > (b) ? (a) : (b))

#define KW_UNUSED(name) ((void)(name))

/* 128-bit integers only under this name: -Wpedantic refuses the bare type. */
__extension__ typedef unsigned __int128 kw_u128;
__extension__ typedef __int128 kw_i128;

#endif /* KW_BASE_MACROS_H */
