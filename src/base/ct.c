/* SPDX-License-Identifier: Apache-2.0
 * Constant-time words over regions. Secret inputs: every byte of them. */
#include "base/ct.h"

#if defined(KW_CT_MSAN)
#include <sanitizer/msan_interface.h>
#define MARK_DEFINED(ptr, len) __msan_unpoison((ptr), (len))
#elif defined(KW_CT_POISON)
#include <valgrind/memcheck.h>
#define MARK_DEFINED(ptr, len) ((void)VALGRIND_MAKE_MEM_DEFINED((ptr), (len)))
#else
#define MARK_DEFINED(ptr, len) ((void)(ptr), (void)(len))
#endif

void kw_ct_copy(kw_mask mask, uint8_t *out, const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)kw_ct_select(mask, in[i], out[i]);
    }
}

void kw_ct_swap(kw_mask mask, uint8_t *a, uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t difference = (uint8_t)kw_ct_select(mask, (uint64_t)(a[i] ^ b[i]), 0);
        a[i] = (uint8_t)(a[i] ^ difference);
        b[i] = (uint8_t)(b[i] ^ difference);
    }
}

kw_mask kw_ct_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint64_t difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference |= (uint64_t)(a[i] ^ b[i]);
    }
    return ~kw_ct_nonzero(difference);
}

bool kw_ct_span_equal(kw_span a, kw_span b)
{
    return a.len == b.len && (kw_ct_equal(a.ptr, b.ptr, a.len) & 1) != 0;
}

void kw_ct_mark_public(const void *ptr, size_t len)
{
    MARK_DEFINED(ptr, len);
}

bool kw_declassify_mask(kw_mask verdict, const char *reason)
{
    KW_UNUSED(reason); /* read by people */
    kw_ct_mark_public(&verdict, sizeof verdict);
    return verdict != 0;
}

void kw_wipe(void *ptr, size_t len)
{
    if (len > 0) {
        memset(ptr, 0, len);
        __asm__ volatile("" : : "r"(ptr) : "memory");
    }
}
