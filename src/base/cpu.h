/* SPDX-License-Identifier: Apache-2.0
 * What this processor can do. Asked once by whoever chooses a back-end, then handed down. */
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

/* Reads CPUID; everything is false on other architectures. */
kw_cpu kw_cpu_detect(void);

#endif /* KW_BASE_CPU_H */
