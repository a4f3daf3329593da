/* SPDX-License-Identifier: Apache-2.0
 * Reading at any place, with its bounds. */
#include "params/engine/zk/source.h"

kw_status kw_zk_read(const kw_zk_source *source, uint64_t at, kw_mspan room, kw_error *err)
{
    KW_REQUIRE(at <= source->size && room.len <= source->size - at, err, KW_ZK_INVALID,
               "the file ends too early");
    return room.len == 0 ? KW_OK : source->read(source->ctx, at, room, err);
}

static kw_status read_span(void *ctx, uint64_t at, kw_mspan room, kw_error *err)
{
    KW_UNUSED(err);
    const kw_span *bytes = ctx;
    memcpy(room.ptr, bytes->ptr + at, room.len);
    return KW_OK;
}

kw_zk_source kw_zk_source_of_span(const kw_span *bytes)
{
    return (kw_zk_source){.read = read_span, .ctx = (void *)bytes, .size = bytes->len};
}
