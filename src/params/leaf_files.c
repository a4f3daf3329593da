/* SPDX-License-Identifier: Apache-2.0
 * From chunks to leaves to files of tiles. */
#include "params/leaf_files.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "os/dir.h"
#include "os/file.h"
#include "params/engine/leaf.h"
#include "params/intake.h"

#include <stdio.h>

enum {
    PATH_BYTES = 1024,
    PUBLIC_FILE = 0644,
    PUBLIC_FOLDER = 0755,
};

/* Large: on the heap. */
typedef struct leaf_files {
    const char *folder;
    char hex[2 * sizeof(kw_hash32) + 1]; /* of the file: the name of its tree */
    kw_sha256_state file;
    kw_leaf_tree tree;
} leaf_files;

static void leaf_files_free(leaf_files *w)
{
    kw_heap_free(w);
}
KW_AUTO_PTR_DEFINE(leaf_files);

static kw_status write_tile(void *ctx, const kw_tile *tile, kw_span hashes, kw_error *err)
{
    const leaf_files *w = ctx;
    char name[KW_TILE_PATH_BYTES];
    char path[PATH_BYTES];
    kw_tile_path_format(name, tile);
    int len = snprintf(path, sizeof path, "%s/leaf/%.2s/%s/%s", w->folder, w->hex, w->hex, name);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof path, err, KW_BAD_INPUT,
               "the name of the folder of the tree is too long");
    char *slash = strrchr(path, '/');
    *slash = '\0';
    KW_TRY(kw_dir_make(path, PUBLIC_FOLDER, err));
    *slash = '/';
    return kw_file_write_atomic(path, hashes, PUBLIC_FILE, err);
}

static kw_status take_chunk(leaf_files *w, kw_blobs *blobs, const kw_chunk *chunk, kw_error *err)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(KW_CHUNK_BYTES_MAX);
    KW_TRY_AT(err, kw_blobs_get(blobs, &bytes, &chunk->id, err), "reading a chunk");
    KW_REQUIRE(bytes.len == chunk->length, err, KW_CORRUPT, "a chunk has another length");
    kw_sha256_update(&w->file, kw_buf_view(&bytes));
    return kw_leaf_tree_push(&w->tree, kw_buf_view(&bytes), &(kw_tile_sink){write_tile, w}, err);
}

static kw_status end_file(leaf_files *w, const kw_draft_file *file, kw_error *err)
{
    kw_hash32 sha256;
    kw_hash32 root;
    kw_sha256_final(&w->file, &sha256);
    KW_TRY(kw_leaf_tree_end(&w->tree, &root, &(kw_tile_sink){write_tile, w}, err));
    KW_REQUIRE(kw_hash32_equal(&sha256, &file->sha256) && kw_hash32_equal(&root, &file->root), err,
               KW_CORRUPT, "the chunks of %.*s are those of another file", KW_STR_ARG(file->name));
    return KW_OK;
}

kw_status kw_leaf_files_write(const char *folder, kw_blobs *blobs, const kw_draft_file *file,
                              kw_error *err)
{
    KW_AUTO(kw_intake) intake = {.blobs = NULL};
    KW_AUTO_PTR(leaf_files) w = kw_heap_new(1, sizeof *w);
    KW_REQUIRE(w != NULL, err, KW_NO_MEMORY, "writing leaf tiles");
    w->folder = folder;
    kw_hex_encode_to(w->hex, KW_SPAN(file->sha256.bytes));
    kw_sha256_init(&w->file);
    KW_TRY(kw_intake_open(&intake, blobs, file, err));
    for (uint32_t i = 0; i < intake.index.count; i++) {
        kw_chunk chunk = kw_chunk_index_at(&intake.index, i);
        KW_TRY(take_chunk(w, blobs, &chunk, err));
    }
    return end_file(w, file, err);
}
