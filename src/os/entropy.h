/* SPDX-License-Identifier: Apache-2.0
 * Raw entropy, unmixed. Only crypto/ takes it, tests its health and mixes it; everyone else asks a
 * kw_rng. */
#ifndef KW_OS_ENTROPY_H
#define KW_OS_ENTROPY_H

#include "base/error.h"
#include "base/span.h"

/* getrandom: blocks until the kernel's generator is seeded. IO. */
KW_MUST_USE kw_status kw_entropy_kernel(kw_mspan out);

/* RDSEED, else RDRAND. UNAVAILABLE: the processor has neither or gave none in time. */
KW_MUST_USE kw_status kw_entropy_processor(kw_mspan out);

#endif /* KW_OS_ENTROPY_H */
