/* SPDX-License-Identifier: Apache-2.0
 * The pipe between a loop and one worker. */
#include "net/inflow.h"

#include "net/limits.h"

/* A pause takes effect after the read in progress: that much may still come. */
#define BYTES_MAX (KW_INFLOW_HIGH_BYTES + 2 * (size_t)KW_NET_READ_BYTES)

kw_inflow kw_inflow_init(void)
{
    return (kw_inflow){.bytes = kw_buf_init(BYTES_MAX)};
}

void kw_inflow_drop(kw_inflow *inflow)
{
    kw_buf_drop(&inflow->bytes);
}

kw_status kw_inflow_push(kw_inflow *inflow, bool *out_is_full, kw_span bytes)
{
    KW_AUTO(kw_locked) hold = kw_lock(&inflow->lock);
    KW_TRY(kw_buf_append(&inflow->bytes, bytes));
    *out_is_full = inflow->bytes.len >= KW_INFLOW_HIGH_BYTES;
    kw_cond_signal(&inflow->changed);
    return KW_OK;
}

bool kw_inflow_is_full(kw_inflow *inflow)
{
    KW_AUTO(kw_locked) hold = kw_lock(&inflow->lock);
    return inflow->bytes.len >= KW_INFLOW_HIGH_BYTES;
}

void kw_inflow_end(kw_inflow *inflow)
{
    KW_AUTO(kw_locked) hold = kw_lock(&inflow->lock);
    inflow->is_ended = true;
    kw_cond_signal(&inflow->changed);
}

void kw_inflow_fail(kw_inflow *inflow, kw_status st)
{
    KW_AUTO(kw_locked) hold = kw_lock(&inflow->lock);
    inflow->failure = st;
    kw_cond_signal(&inflow->changed);
}

kw_status kw_inflow_pull(kw_inflow *inflow, kw_mspan out, size_t *out_got)
{
    KW_AUTO(kw_locked) hold = kw_lock(&inflow->lock);
    while (inflow->bytes.len == 0 && !inflow->is_ended && inflow->failure == KW_OK) {
        kw_cond_wait(&inflow->changed, &inflow->lock);
    }
    KW_TRY(inflow->failure);
    size_t len = KW_MIN(out.len, inflow->bytes.len);
    if (len > 0) {
        memcpy(out.ptr, inflow->bytes.ptr, len);
        kw_buf_consume(&inflow->bytes, len);
    }
    *out_got = len;
    return KW_OK;
}
