/* SPDX-License-Identifier: Apache-2.0
 * Slots as files. Secret inputs: their content. */
#include "threshold/slots_file.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "os/dir.h"
#include "os/erase.h"
#include "os/file.h"
#include "os/lock.h"
#include "threshold/limits.h"

#include <stdio.h>

enum {
    NAME_CHARACTERS = 2 * sizeof(kw_hash32),
    SLOT_BYTES = 32,
};

/* CACHEDIR.TAG is 43 characters that a program looks for, and a word for the person. */
static const char tag_name[] = "CACHEDIR.TAG";
static const char tag_text[] =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Keys of Keyward that are destroyed when an epoch is over. Never copy this folder:\n"
    "# a copy opens what was erased.\n";

typedef struct slot_folder {
    char path[KW_SLOTS_PATH_BYTES_MAX + 1];
    kw_file_lock lock;
} slot_folder;

/* "<folder>/<name>" */
typedef struct slot_path {
    char text[KW_SLOTS_PATH_BYTES_MAX + 257];
} slot_path;

static slot_path path_of(const slot_folder *folder, kw_str name)
{
    slot_path path = {0};
    (void)snprintf(path.text, sizeof path.text, "%s/%.*s", folder->path, KW_STR_ARG(name));
    return path;
}

static slot_path path_of_id(const slot_folder *folder, const kw_hash32 *id)
{
    char name[NAME_CHARACTERS];
    kw_hex_encode_to(name, KW_SPAN(id->bytes));
    return path_of(folder, (kw_str){name, sizeof name});
}

/* CT: leaks nothing. */
static kw_status make(void *ctx, const kw_hash32 *id, const kw_secret32 *value, kw_error *err)
{
    slot_path path = path_of_id(ctx, id);
    kw_span bytes = kw_declassify_span(kw_secret32_view(value),
                                       "the file, which this user alone reads, is its place");
    return kw_file_write_atomic(path.text, bytes, 0600, err);
}

/* CT: leaks nothing. */
static kw_status get(void *ctx, kw_secret32 *out, const kw_hash32 *id, kw_error *err)
{
    slot_path path = path_of_id(ctx, id);
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(SLOT_BYTES);
    kw_status st = kw_secret_bytes_read_file(&bytes, path.text, false, err);
    if (st == KW_OK) {
        st = kw_secret32_of(out, kw_secret_bytes_view(&bytes));
    }
    KW_REQUIRE(st != KW_LIMIT && st != KW_BAD_INPUT, err, KW_CORRUPT, "a slot has %d bytes",
               SLOT_BYTES);
    return st;
}

static kw_status destroy(void *ctx, const kw_hash32 *id, kw_error *err)
{
    slot_path path = path_of_id(ctx, id);
    kw_status st = kw_file_erase(path.text, err);
    return st == KW_NOT_FOUND ? KW_OK : st;
}

static kw_status list(void *ctx, kw_slot_ids *out, kw_error *err)
{
    const slot_folder *folder = ctx;
    KW_AUTO(kw_dir_names) names = {0};
    KW_TRY(kw_dir_list(&names, folder->path, err));
    kw_slot_ids ids = {.items = kw_heap_new(KW_MAX(names.count, (size_t)1), sizeof *ids.items)};
    KW_REQUIRE(ids.items != NULL, err, KW_NO_MEMORY, "no memory for %zu names", names.count);
    for (size_t i = 0; i < names.count; i++) {
        kw_mspan id = KW_MSPAN(ids.items[ids.count].bytes);
        if (kw_hex_decode_to(id, kw_str_of(names.names[i])) == KW_OK) {
            ids.count++;
        }
    }
    *out = ids;
    return KW_OK;
}

static void free_folder(void *ctx)
{
    slot_folder *folder = ctx;
    kw_file_lock_drop(&folder->lock);
    kw_heap_free(folder);
}

static const kw_slots_ops file_ops = {
    .erasure = "best-effort",
    .make = make,
    .get = get,
    .destroy = destroy,
    .list = list,
    .free = free_folder,
};

/* A temporary name of kw_file_write_atomic: the key in it was never used. */
static bool is_half(kw_str name)
{
    kw_hash32 id;
    kw_str head = {name.ptr, KW_MIN(name.len, (size_t)NAME_CHARACTERS)};
    kw_str rest = {name.ptr + head.len, name.len - head.len};
    return kw_hex_decode_to(KW_MSPAN(id.bytes), head) == KW_OK &&
           kw_str_starts_with(rest, KW_STR(".tmp."));
}

static kw_status erase_halves(const slot_folder *folder, kw_error *err)
{
    KW_AUTO(kw_dir_names) names = {0};
    KW_TRY(kw_dir_list(&names, folder->path, err));
    for (size_t i = 0; i < names.count; i++) {
        kw_str name = kw_str_of(names.names[i]);
        if (is_half(name)) {
            slot_path path = path_of(folder, name);
            KW_TRY(kw_file_erase(path.text, err));
        }
    }
    return KW_OK;
}

static kw_status prepare(slot_folder *folder, kw_error *err)
{
    kw_file_info info;
    KW_TRY(kw_dir_make(folder->path, 0700, err));
    KW_TRY(kw_file_stat(&info, folder->path, err));
    KW_REQUIRE(info.is_private, err, KW_FORBIDDEN, "%s: others may read it; chmod 700",
               folder->path);
    slot_path lock = path_of(folder, KW_STR("lock"));
    KW_TRY(kw_file_lock_take(&folder->lock, lock.text, 0, err));
    slot_path tag = path_of(folder, kw_str_of(tag_name));
    KW_TRY(kw_file_write_atomic(tag.text, kw_span_of_str(kw_str_of(tag_text)), 0600, err));
    return erase_halves(folder, err);
}

kw_status kw_slots_open(kw_slots **out, const char *dir, const kw_rng *rng, kw_error *err)
{
    KW_REQUIRE(strlen(dir) <= KW_SLOTS_PATH_BYTES_MAX, err, KW_LIMIT,
               "the folder of slots has a name of more than %d bytes", KW_SLOTS_PATH_BYTES_MAX);
    slot_folder *folder = kw_heap_new(1, sizeof *folder);
    KW_REQUIRE(folder != NULL, err, KW_NO_MEMORY, "no memory for slots");
    memcpy(folder->path, dir, strlen(dir) + 1);
    kw_status st = prepare(folder, err);
    if (st != KW_OK) {
        free_folder(folder);
        return kw_error_at(err, st, "opening the slots");
    }
    return kw_slots_new(out, &file_ops, folder, rng, err);
}

kw_status kw_slots_peek(kw_secret32 *out, const char *dir, const kw_hash32 *id, kw_error *err)
{
    slot_folder folder = {.lock = {0}};
    KW_REQUIRE(strlen(dir) <= KW_SLOTS_PATH_BYTES_MAX, err, KW_LIMIT,
               "the folder of slots has a name of more than %d bytes", KW_SLOTS_PATH_BYTES_MAX);
    memcpy(folder.path, dir, strlen(dir) + 1);
    return get(&folder, out, id, err);
}
