/* SPDX-License-Identifier: Apache-2.0
 * The domains as a table. */
#include "threshold/engine/use/purpose.h"

#include "base/error.h"
#include "threshold/engine/group/limits.h"

typedef struct domain {
    const char *dst;
    size_t shortest; /* message, bytes */
    size_t longest;
} domain;

#define SUITE "_BLS12381G1_XMD:SHA-256_SSWU_RO_"

/* By kw_purpose; the row of zero is empty. */
static const domain domains[] = {
    [KW_PURPOSE_APPLICATION] = {"KEYWARD-V2-IBE" SUITE, 1, KW_THRESHOLD_APP_ID_BYTES_MAX},
    [KW_PURPOSE_EPOCH] = {"KEYWARD-V1-EPOCH" SUITE, 32, 32},
    [KW_PURPOSE_READY] = {"KEYWARD-V1-READY" SUITE, 32, 32},
    [KW_PURPOSE_BEACON] = {"KEYWARD-V1-BEACON" SUITE, 40, 40},
    [KW_PURPOSE_ATTEST] = {"KEYWARD-V1-ATTEST" SUITE, 1, KW_THRESHOLD_ENTRY_BYTES_MAX},
    [KW_PURPOSE_JWKS] = {"KEYWARD-V1-JWKS" SUITE, 1, KW_THRESHOLD_ENTRY_BYTES_MAX},
    [KW_PURPOSE_EIGENX] = {"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", 1,
                           KW_THRESHOLD_APP_ID_BYTES_MAX},
};

kw_status kw_purposed_dst(kw_span *out, const kw_purposed *what)
{
    if ((size_t)what->purpose >= KW_COUNT(domains)) {
        return KW_BAD_INPUT;
    }
    const domain *d = &domains[what->purpose];
    if (d->dst == NULL || what->message.len < d->shortest || what->message.len > d->longest) {
        return KW_BAD_INPUT;
    }
    *out = kw_span_of_str(kw_str_of(d->dst));
    return KW_OK;
}

kw_status kw_purposed_hash(kw_group_g1 *out, const kw_group *group, const kw_purposed *what)
{
    kw_span dst;
    KW_TRY(kw_purposed_dst(&dst, what));
    return group->g1_hash(out, what->message, dst);
}
