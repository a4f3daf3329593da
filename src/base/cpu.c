/* SPDX-License-Identifier: Apache-2.0
 * CPUID through the compiler's own header. Source: Intel SDM vol. 2A, CPUID leaves 1 and 7. */
#include "base/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* Valgrind runs ADX on any processor, but its CPUID does not say so. */
#ifdef KW_CT_POISON
#include <valgrind/valgrind.h>
#define RUNS_ADX_UNSAID (RUNNING_ON_VALGRIND != 0)
#else
#define RUNS_ADX_UNSAID false
#endif

enum {
    LEAF1_ECX_SSE41 = 1 << 19,
    LEAF1_ECX_RDRAND = 1 << 30,
    LEAF7_EBX_BMI2 = 1 << 8,
    LEAF7_EBX_RDSEED = 1 << 18,
    LEAF7_EBX_ADX = 1 << 19,
    LEAF7_EBX_SHA = 1 << 29,
};

kw_cpu kw_cpu_detect(void)
{
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    kw_cpu cpu = {0};
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) {
        return cpu;
    }
    bool has_sse41 = (ecx & LEAF1_ECX_SSE41) != 0;
    cpu.has_rdrand = (ecx & LEAF1_ECX_RDRAND) != 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) {
        return cpu;
    }
    cpu.has_sha = has_sse41 && (ebx & LEAF7_EBX_SHA) != 0;
    cpu.has_bmi2_adx =
        (ebx & LEAF7_EBX_BMI2) != 0 && ((ebx & LEAF7_EBX_ADX) != 0 || RUNS_ADX_UNSAID);
    cpu.has_rdseed = (ebx & LEAF7_EBX_RDSEED) != 0;
    /* The compiler's run-time check also asks XGETBV whether the registers are enabled. */
    cpu.has_avx2 = __builtin_cpu_supports("avx2") != 0;
    cpu.has_avx512 =
        __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    return cpu;
}
#else
kw_cpu kw_cpu_detect(void)
{
    return (kw_cpu){0};
}
#endif

/* The one writable datum of the house: written before main, and by kw_cpu_limit. */
static kw_cpu detected;

__attribute__((constructor)) static void detect(void)
{
    detected = kw_cpu_detect();
}

const kw_cpu *kw_cpu_now(void)
{
    return &detected;
}

void kw_cpu_limit(const kw_cpu *allowed)
{
    detected.has_sha &= allowed->has_sha;
    detected.has_avx2 &= allowed->has_avx2;
    detected.has_avx512 &= allowed->has_avx512;
    detected.has_bmi2_adx &= allowed->has_bmi2_adx;
    detected.has_rdseed &= allowed->has_rdseed;
    detected.has_rdrand &= allowed->has_rdrand;
}
