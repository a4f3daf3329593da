/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_tile_path_parse. What it takes, kw_tile_path_format writes in the same way. */
#include "base/error.h"
#include "tlog/engine/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_str text = {(const char *)data, size};
    kw_tile tile;
    if (kw_tile_path_parse(&tile, text) == KW_OK) {
        char again[KW_TILE_PATH_BYTES];
        kw_tile_path_format(again, &tile);
        KW_ASSERT(kw_str_equal(kw_str_of(again), text));
    }
    return 0;
}
