/* SPDX-License-Identifier: Apache-2.0
 * Coordinates and paths of tiles. */
#include "tlog/engine/tile.h"

#include "crypto/hash.h"
#include "crypto/merkle.h"

#include <stdio.h>

enum {
    GROUP = 1000, /* of three digits */
    GROUPS_MAX = 7,
    HASH_BYTES = 32,
};

/* Hashes of a whole level. */
static uint64_t hashes_of(uint8_t level, uint64_t size)
{
    unsigned row = level == KW_TILE_ENTRIES ? 0 : level;
    return row < KW_TILE_LEVELS ? size >> (KW_TILE_BITS * row) : 0;
}

kw_tile kw_tile_of(uint8_t level, uint64_t index, uint64_t size)
{
    uint64_t hashes = hashes_of(level, size);
    uint64_t full = hashes / KW_TILE_WIDTH;
    uint16_t width = 0;
    if (index < full) {
        width = KW_TILE_WIDTH;
    } else if (index == full) {
        width = (uint16_t)(hashes % KW_TILE_WIDTH);
    }
    return (kw_tile){.level = level, .width = width, .index = index};
}

kw_tile kw_tile_last(uint8_t level, uint64_t size)
{
    uint64_t hashes = hashes_of(level, size);
    return kw_tile_of(level, hashes == 0 ? 0 : (hashes - 1) / KW_TILE_WIDTH, size);
}

bool kw_tile_is_below(kw_span above, const kw_tile *tile, kw_span hashes)
{
    size_t place = tile->index % KW_TILE_WIDTH;
    if (hashes.len != KW_TILE_WIDTH * HASH_BYTES || above.len < (place + 1) * HASH_BYTES) {
        return false;
    }
    kw_hash32 root;
    kw_merkle_tree tree = {0};
    for (size_t i = 0; i < KW_TILE_WIDTH; i++) {
        memcpy(root.bytes, &hashes.ptr[i * HASH_BYTES], HASH_BYTES);
        if (kw_merkle_append(&tree, &root) != KW_OK) {
            return false;
        }
    }
    kw_merkle_root(&tree, &root);
    return kw_span_equal_var(KW_SPAN(root.bytes),
                             (kw_span){&above.ptr[place * HASH_BYTES], HASH_BYTES});
}

void kw_tile_path_format(char out[KW_TILE_PATH_BYTES], const kw_tile *tile)
{
    KW_ASSERT(tile->level <= KW_TILE_ENTRIES && tile->width >= 1 && tile->width <= KW_TILE_WIDTH);
    char row[] = "entries";
    if (tile->level != KW_TILE_ENTRIES) {
        (void)snprintf(row, sizeof row, "%u", tile->level);
    }
    /* Groups come out last first: `at` is where the first written so far begins. */
    char groups[GROUPS_MAX * 5 + 1];
    size_t at = sizeof groups - 4;
    uint64_t rest = tile->index;
    (void)snprintf(&groups[at], 4, "%03u", (unsigned)(rest % GROUP));
    for (rest /= GROUP; rest > 0; rest /= GROUP) {
        char group[6];
        (void)snprintf(group, sizeof group, "x%03u/", (unsigned)(rest % GROUP));
        at -= sizeof group - 1;
        memcpy(&groups[at], group, sizeof group - 1);
    }
    char partial[] = ".p/255";
    (void)snprintf(partial, sizeof partial, ".p/%u", (unsigned)(tile->width % KW_TILE_WIDTH));
    (void)snprintf(out, KW_TILE_PATH_BYTES, "tile/%s/%s%s", row, &groups[at],
                   tile->width == KW_TILE_WIDTH ? "" : partial);
}

/* Three digits. */
static bool read_group(uint64_t *out, kw_str text)
{
    if (text.len != 3) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        *out = *out * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return true;
}

static bool read_index(uint64_t *out, kw_str text)
{
    uint64_t index = 0;
    bool has_more = true;
    for (bool is_first = true; has_more; is_first = false) {
        kw_str group = {0};
        has_more = kw_str_split(text, '/', &group, &text);
        if (has_more) { /* all but the last begin with an x */
            if (!kw_str_starts_with(group, KW_STR("x"))) {
                return false;
            }
            group = (kw_str){group.ptr + 1, group.len - 1};
        }
        uint64_t digits = 0;
        if (!read_group(&digits, group) || (is_first && has_more && digits == 0) ||
            __builtin_mul_overflow(index, GROUP, &index) ||
            __builtin_add_overflow(index, digits, &index)) {
            return false;
        }
    }
    *out = index;
    return true;
}

kw_status kw_tile_path_parse(kw_tile *out, kw_str path)
{
    kw_str folder = {0};
    kw_str row = {0};
    kw_str rest = {0};
    uint64_t level = KW_TILE_ENTRIES;
    uint64_t width = KW_TILE_WIDTH;
    uint64_t index = 0;
    if (!kw_str_split(path, '/', &folder, &rest) || !kw_str_equal(folder, KW_STR("tile")) ||
        !kw_str_split(rest, '/', &row, &rest)) {
        return KW_BAD_INPUT;
    }
    if (!kw_str_equal(row, KW_STR("entries")) && !kw_str_to_u64(row, KW_TILE_LEVEL_MAX, &level)) {
        return KW_BAD_INPUT;
    }
    kw_str place = {0};
    kw_str partial = {0};
    if (kw_str_split(rest, '.', &place, &partial) &&
        (!kw_str_starts_with(partial, KW_STR("p/")) ||
         !kw_str_to_u64((kw_str){partial.ptr + 2, partial.len - 2}, KW_TILE_WIDTH - 1, &width) ||
         width == 0)) {
        return KW_BAD_INPUT;
    }
    if (!read_index(&index, place)) {
        return KW_BAD_INPUT;
    }
    *out = (kw_tile){.level = (uint8_t)level, .width = (uint16_t)width, .index = index};
    return KW_OK;
}
