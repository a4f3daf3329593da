/* SPDX-License-Identifier: Apache-2.0
 * Tiles of a Merkle tree (C2SP tlog-tiles, state 5ba5ee8): coordinates, and the paths of files.
 *
 * tile/<level>/<index>[.p/<width>]   tile/entries/<index>[.p/<width>]
 * index: groups of three digits, all but the last behind an "x"; 1234067 is x001/x234/067.
 * A tile of level 0 holds up to 256 leaf hashes in order; a hash of level n + 1 is the root of a
 * full tile of level n. */
#ifndef KW_TLOG_ENGINE_TILE_H
#define KW_TLOG_ENGINE_TILE_H

#include "base/error.h"
#include "base/span.h"

enum {
    KW_TILE_BITS = 8,
    KW_TILE_WIDTH = 256,    /* hashes of a full tile */
    KW_TILE_LEVELS = 8,     /* that a tree of at most 2^63 leaves has */
    KW_TILE_LEVEL_MAX = 63, /* that a path may name */
    KW_TILE_ENTRIES = 64,   /* in place of a level: the entries behind the hashes of level 0 */
    KW_TILE_PATH_BYTES = 56 /* longest path and a NUL */
};

typedef struct kw_tile {
    uint8_t level;  /* 0..63 or KW_TILE_ENTRIES */
    uint16_t width; /* hashes or entries: 1..256; fewer than 256 is a partial tile */
    uint64_t index; /* from the left */
} kw_tile;

/* The tile in a tree of `size` leaves; width 0: it has no such tile. */
kw_tile kw_tile_of(uint8_t level, uint64_t index, uint64_t size);

/* The last tile of a level, full or not; width 0: the level has none. */
kw_tile kw_tile_last(uint8_t level, uint64_t size);

/* True when `above`, the hashes of the tile that stands over a full tile (level + 1, index / 256),
 * say the same as that tile's own. False also when one of them is too short. */
KW_MUST_USE bool kw_tile_is_below(kw_span above, const kw_tile *tile, kw_span hashes);

/* Writes the path of a tile that exists, NUL-terminated. */
void kw_tile_path_format(char out[KW_TILE_PATH_BYTES], const kw_tile *tile);

/* Reads exactly what kw_tile_path_format writes. BAD_INPUT: anything else. */
KW_MUST_USE kw_status kw_tile_path_parse(kw_tile *out, kw_str path);

#endif /* KW_TLOG_ENGINE_TILE_H */
