/* SPDX-License-Identifier: Apache-2.0
 * The reads that are too long to inline. */
#include "codec/reader.h"

void kw_read_into(kw_reader *r, kw_mspan out)
{
    kw_span bytes = kw_read_span(r, out.len);
    if (bytes.len > 0) {
        memcpy(out.ptr, bytes.ptr, bytes.len);
    } else if (out.len > 0) {
        memset(out.ptr, 0, out.len);
    }
}

static kw_span read_counted(kw_reader *r, uint64_t len, size_t max)
{
    if (len > max) {
        r->has_failed = true;
        return (kw_span){0};
    }
    return kw_read_span(r, (size_t)len);
}

kw_span kw_read_span_u8(kw_reader *r, size_t max)
{
    uint64_t len = kw_read_be(r, 1);
    return read_counted(r, len, max);
}

kw_span kw_read_span_u16be(kw_reader *r, size_t max)
{
    uint64_t len = kw_read_be(r, 2);
    return read_counted(r, len, max);
}

kw_span kw_read_span_u32be(kw_reader *r, size_t max)
{
    uint64_t len = kw_read_be(r, 4);
    return read_counted(r, len, max);
}

kw_status kw_read_end(const kw_reader *r)
{
    return r->has_failed || r->at != r->end ? KW_BAD_INPUT : KW_OK;
}
