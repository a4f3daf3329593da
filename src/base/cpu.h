/* SPDX-License-Identifier: Apache-2.0
 * What this processor can do. Whoever chooses a back-end asks. */
#ifndef KW_BASE_CPU_H
#define KW_BASE_CPU_H

#include <stdbool.h>

typedef struct kw_cpu {
    bool has_sha; /* SHA-NI with SSE4.1 */
    bool has_avx2;
    bool has_avx512; /* F, BW, DQ and VL, enabled by the operating system */
    bool has_bmi2_adx;
    bool has_rdseed;
    bool has_rdrand;
} kw_cpu;

/* Reads CPUID; everything is false on other architectures. Slow in virtual machines. */
kw_cpu kw_cpu_detect(void);

/* What was detected before main began. Lives for ever. */
const kw_cpu *kw_cpu_now(void);

/* Hides what is not in `allowed` from kw_cpu_now. For the mains of tests and bench, which choose a
 * back-end so, before other threads start. */
void kw_cpu_limit(const kw_cpu *allowed);

#endif /* KW_BASE_CPU_H */
