/* SPDX-License-Identifier: Apache-2.0
 * What every template needs: names made of parameters. A template is included once for each set
 * of parameters, inside one translation unit per curve and back-end (inst/), so all is static. */
#include "base/ct.h"
#include "base/error.h"
#include "base/span.h"
#include "base/status.h"

#define KW_TEMPLATE        static __attribute__((unused))
#define KW_TEMPLATE_HOT    static inline __attribute__((unused, always_inline))
#define KW_GLUE_(a, b)     a##b
#define KW_GLUE(a, b)      KW_GLUE_(a, b)
#define KW_GLUE3_(a, b, c) a##b##c
#define KW_GLUE3(a, b, c)  KW_GLUE3_(a, b, c)

/* What the loop of a pairing does to its point T, beginning with T = Q. */
typedef enum miller_step {
    MILLER_DOUBLE,
    MILLER_ADD,
    MILLER_SUB,
    MILLER_ADD_PSI,     /* T + psi(Q) */
    MILLER_SUB_PSI_PSI, /* T - psi^2(Q) */
} miller_step;
