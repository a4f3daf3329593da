/* SPDX-License-Identifier: Apache-2.0
 * Target: the reads of codec/reader.h, driven by the input itself; they never leave the wire. */
#include "base/error.h"
#include "codec/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_something(kw_reader *r, uint8_t what)
{
    uint8_t room[16];
    switch (what % 8) {
    case 0:
        (void)kw_read_u16be(r);
        break;
    case 1:
        (void)kw_read_u32le(r);
        break;
    case 2:
        (void)kw_read_u64be(r);
        break;
    case 3:
        kw_read_into(r, (kw_mspan){room, what % sizeof room});
        break;
    case 4:
        (void)kw_read_span_u8(r, what);
        break;
    case 5:
        (void)kw_read_span_u16be(r, SIZE_MAX);
        break;
    case 6:
        (void)kw_read_span_u32be(r, SIZE_MAX);
        break;
    default:
        (void)kw_read_span(r, what);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_reader r = kw_reader_of((kw_span){data, size});
    while (kw_read_left(&r) > 0) {
        size_t before = kw_read_left(&r);
        uint8_t what = kw_read_u8(&r);
        read_something(&r, what);
        KW_ASSERT(kw_read_left(&r) < before);
    }
    KW_ASSERT((kw_read_end(&r) == KW_OK) == kw_read_is_good(&r));
    return 0;
}
