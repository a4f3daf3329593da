/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_roster_decode. What it takes, it writes again in the same way. */
#include "threshold/engine/roster/roster.h"

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_arena arena = kw_arena_init(1 << 20);
    kw_reader r = kw_reader_of((kw_span){data, size});
    kw_roster roster;
    if (kw_roster_decode(&roster, &arena, &r, &kw_peer_schemes_all) == KW_OK) {
        size_t read = size - kw_read_left(&r);
        KW_AUTO(kw_buf) wire = kw_buf_init(1 << 20);
        kw_writer w = kw_writer_to(&wire);
        kw_roster_write(&w, &roster);
        KW_ASSERT(kw_write_end(&w) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&wire), (kw_span){data, read}));
    }
    kw_arena_drop(&arena);
    return 0;
}
