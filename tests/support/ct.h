/* SPDX-License-Identifier: Apache-2.0
 * Poison for secrets: under `make ct` valgrind (KW_CT_POISON) or MSan (KW_CT_MSAN) takes these
 * bytes for undefined, and reports every branch and address that depends on them. Elsewhere the
 * marks are nothing. */
#ifndef KW_TESTS_SUPPORT_CT_H
#define KW_TESTS_SUPPORT_CT_H

#if defined(KW_CT_MSAN)
#include <sanitizer/msan_interface.h>
#define KW_POISON(ptr, len)   __msan_poison((ptr), (len))
#define KW_UNPOISON(ptr, len) __msan_unpoison((ptr), (len))
#elif defined(KW_CT_POISON)
#include <valgrind/memcheck.h>
#define KW_POISON(ptr, len)   ((void)VALGRIND_MAKE_MEM_UNDEFINED((ptr), (len)))
#define KW_UNPOISON(ptr, len) ((void)VALGRIND_MAKE_MEM_DEFINED((ptr), (len)))
#else
#define KW_POISON(ptr, len)   ((void)(ptr), (void)(len))
#define KW_UNPOISON(ptr, len) ((void)(ptr), (void)(len))
#endif

#endif /* KW_TESTS_SUPPORT_CT_H */
