/* SPDX-License-Identifier: Apache-2.0
 * Level 0 alone is fetched: from it follows the root, and with the root all that stands above. */
#include "client/leaf_hashes.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "crypto/merkle.h"
#include "params/engine/leaf.h"
#include "tlog/engine/tile.h"

enum {
    URL_BYTES_MAX = 2048,
    IDLE_MS = 10000,
};

void kw_leaf_hashes_drop(kw_leaf_hashes *hashes)
{
    kw_heap_free(hashes->items);
    *hashes = (kw_leaf_hashes){0};
}

/* Room for exactly the bytes of a tile. */
typedef struct tile_room {
    uint8_t *at;
    size_t left;
} tile_room;

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    tile_room *room = ctx;
    if (bytes.len > room->left) {
        return KW_PEER_REFUSED;
    }
    memcpy(room->at, bytes.ptr, bytes.len);
    room->at += bytes.len;
    room->left -= bytes.len;
    return KW_OK;
}

static kw_status name_tile(kw_buf *url, const char **out, const char *mirror, const kw_hash32 *id,
                           const kw_tile *tile)
{
    char hex[2 * sizeof(kw_hash32) + 1];
    char path[KW_TILE_PATH_BYTES];
    kw_hex_encode_to(hex, KW_SPAN(id->bytes));
    hex[2 * sizeof(kw_hash32)] = '\0';
    kw_tile_path_format(path, tile);
    kw_buf_clear(url);
    KW_TRY(kw_buf_append_format(url, "%s/leaf/%.2s/%s/%s", mirror, hex, hex, path));
    return kw_buf_c_text(url, out);
}

static kw_status fetch_tile(kw_http_client *http, const char *url, tile_room *room, kw_error *err)
{
    kw_http_result result = {0};
    const kw_http_call call = {.method = KW_GET,
                               .url = url,
                               .on_bytes = take_bytes,
                               .ctx = room,
                               .idle_ms = IDLE_MS,
                               .drops_body = true};
    kw_status st = kw_http_client_run(http, &result, &call, err);
    kw_http_result_drop(&result);
    KW_TRY_AT(err, st, "getting leaf hashes");
    KW_REQUIRE(room->left == 0, err, KW_PEER_REFUSED, "a tile of leaf hashes is too short");
    return KW_OK;
}

static kw_status fetch_all(kw_leaf_hashes *hashes, const kw_leaf_file *file, const char *mirror,
                           kw_http_client *http, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(URL_BYTES_MAX);
    uint64_t tiles = (hashes->count + KW_TILE_WIDTH - 1) / KW_TILE_WIDTH;
    for (uint64_t i = 0; i < tiles; i++) {
        const char *url = NULL;
        kw_tile tile = kw_tile_of(0, i, hashes->count);
        tile_room room = {.at = hashes->items[i * KW_TILE_WIDTH].bytes,
                          .left = tile.width * sizeof(kw_hash32)};
        KW_TRY_AT(err, name_tile(&text, &url, mirror, &file->sha256, &tile),
                  "naming a tile of leaf hashes");
        KW_TRY(fetch_tile(http, url, &room, err));
    }
    return KW_OK;
}

kw_status kw_leaf_hashes_fetch(kw_leaf_hashes *out, const kw_leaf_file *file, const char *mirror,
                               kw_http_client *http, kw_error *err)
{
    uint64_t count = kw_leaf_count(file->bytes);
    KW_AUTO(kw_leaf_hashes)
    hashes = {.items = kw_heap_new(count, sizeof(kw_hash32)), .count = count};
    kw_hash32 root;
    KW_ASSERT(count > 0);
    KW_REQUIRE(hashes.items != NULL, err, KW_NO_MEMORY, "no memory for leaf hashes");
    if (count == 1) {
        hashes.items[0] = file->root;
    } else {
        KW_TRY(fetch_all(&hashes, file, mirror, http, err));
    }
    kw_merkle_root_of(&root, hashes.items, count);
    KW_REQUIRE(kw_hash32_equal(&root, &file->root), err, KW_HASH,
               "the leaf hashes are not those that were signed");
    *out = hashes;
    hashes = (kw_leaf_hashes){0};
    return KW_OK;
}
