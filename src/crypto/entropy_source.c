/* SPDX-License-Identifier: Apache-2.0
 * The noise sources of every machine. Secret outputs: all. */
#include "crypto/entropy_source.h"

#include "base/heap.h"
#include "os/entropy.h"
#include "os/jitter.h"

struct kw_machine_entropy {
    kw_jitter *jitter; /* owned */
};

kw_status kw_machine_entropy_new(kw_machine_entropy **out)
{
    KW_AUTO_PTR(kw_machine_entropy) entropy = kw_heap_new(1, sizeof *entropy);
    if (entropy == NULL) {
        return KW_NO_MEMORY;
    }
    entropy->jitter = kw_jitter_new();
    if (entropy->jitter == NULL) {
        return KW_NO_MEMORY;
    }
    *out = entropy;
    entropy = NULL;
    return KW_OK;
}

void kw_machine_entropy_free(kw_machine_entropy *entropy)
{
    if (entropy != NULL) {
        kw_jitter_free(entropy->jitter);
        kw_heap_free(entropy);
    }
}

static kw_status sample_jitter(void *ctx, kw_mspan out)
{
    return kw_jitter_sample(ctx, out);
}

static kw_status sample_processor(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    return kw_entropy_processor(out);
}

static kw_status sample_kernel(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    return kw_entropy_kernel(out);
}

size_t kw_machine_entropy_sources(kw_machine_entropy *entropy,
                                  kw_entropy_source out[KW_ENTROPY_SOURCES_MAX])
{
    const kw_health_source half_a_bit = {.half_bits = 1};
    const kw_health_source full_bytes = {.half_bits = 16};
    out[0] = (kw_entropy_source){"jitter", sample_jitter, entropy->jitter, half_a_bit};
    out[1] = (kw_entropy_source){"processor", sample_processor, NULL, full_bytes};
    out[2] = (kw_entropy_source){"kernel", sample_kernel, NULL, full_bytes};
    return 3;
}
