/* SPDX-License-Identifier: Apache-2.0 */
#include "params/leaf_files.h"

#include "os/fault.h"
#include "os/file.h"
#include "params/engine/leaf_view.h"
#include "params/intake.h"
#include "store/fs/fs.h"
#include "support/blobs_contract.h"
#include "support/expect.h"
#include "support/random_source.h"
#include "support/tempdir.h"

#include <stdio.h>

enum {
    FILE_BYTES = (18 << 20) + 777, /* 289 leaves: a full tile, two partial ones */
};

static uint8_t content[FILE_BYTES];

typedef struct fixture {
    tempdir dir;
    tempdir_path folder;
    kw_blobs *blobs;
    kw_draft_file file;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    static const kw_draft of_bn254 = {.curve = {"bn254", 5}};
    random_source random = random_fixed("leaves");
    for (size_t i = 0; i < FILE_BYTES; i += 64) {
        content[i] = (uint8_t)random_u64(&random);
    }
    f = (fixture){.dir = tempdir_make(), .file = {.kind = KW_PARAMS_SRS}};
    f.folder = tempdir_join(&f.dir, "tree");
    tempdir_path path = tempdir_join(&f.dir, "file.srs");
    EXPECT_OK(kw_blobs_open_fs(&f.blobs, f.folder.text, NULL));
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(content), 0600, NULL));
    EXPECT_OK(kw_intake_file(f.blobs, &of_bn254, &f.file, path.text, NULL));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_blobs_free(f->blobs);
    tempdir_remove(&f->dir);
    return 0;
}

static kw_status write_leaves(const fixture *f, const kw_draft_file *file)
{
    kw_error err = {0};
    kw_status st = kw_leaf_files_write(f->folder.text, f->blobs, file, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status read_tile(const fixture *f, kw_buf *out, const kw_tile *tile)
{
    char hex[65] = {0};
    char name[KW_TILE_PATH_BYTES];
    char path[1024];
    for (size_t i = 0; i < sizeof f->file.sha256.bytes; i++) {
        (void)snprintf(&hex[2 * i], 3, "%02x", f->file.sha256.bytes[i]);
    }
    kw_tile_path_format(name, tile);
    (void)snprintf(path, sizeof path, "%s/leaf/%.2s/%s/%s", f->folder.text, hex, hex, name);
    return kw_file_read(out, path, NULL);
}

/* With the root and the files alone a reader knows each leaf. */
static void write__makes_the_tiles_that_lead_to_the_root(void **state)
{
    const fixture *f = *state;
    static kw_leaf_view view;
    unsigned tiles = 0;
    EXPECT_OK(write_leaves(f, &f->file));
    EXPECT_OK(write_leaves(f, &f->file)); /* once more is the same */
    kw_leaf_view_init(&view, &f->file.root, f->file.bytes);
    for (uint64_t leaf = 0; leaf < kw_leaf_count(FILE_BYTES); leaf++) {
        kw_tile tile;
        for (; kw_leaf_view_ask(&view, &tile, leaf) == KW_OK; tiles++) {
            KW_AUTO(kw_buf) hashes = kw_buf_init(1 << 20);
            EXPECT_OK(read_tile(f, &hashes, &tile));
            EXPECT_OK(kw_leaf_view_give(&view, kw_buf_view(&hashes)));
        }
        size_t at = leaf * KW_LEAF_BYTES;
        kw_span bytes = {&content[at], KW_MIN(KW_LEAF_BYTES, FILE_BYTES - at)};
        assert_true(kw_leaf_view_is(&view, leaf, bytes));
    }
    assert_int_equal(tiles, 3);
}

static void write__refuses_blobs_of_another_file(void **state)
{
    const fixture *f = *state;
    kw_draft_file other = f->file;
    other.sha256.bytes[0] ^= 1;
    EXPECT_STATUS(write_leaves(f, &other), KW_CORRUPT);
    other = f->file;
    other.root.bytes[31] ^= 1;
    EXPECT_STATUS(write_leaves(f, &other), KW_CORRUPT);
    other = f->file;
    other.bytes++;
    EXPECT_STATUS(write_leaves(f, &other), KW_CORRUPT);
    other = f->file;
    other.index.bytes[7] ^= 1;
    EXPECT_STATUS(write_leaves(f, &other), KW_NOT_FOUND);
}

static void write__names_a_chunk_that_is_missing(void **state)
{
    const fixture *f = *state;
    KW_AUTO(kw_intake) intake = {.blobs = NULL};
    EXPECT_OK(kw_intake_open(&intake, f->blobs, &f->file, NULL));
    kw_chunk last = kw_chunk_index_at(&intake.index, intake.index.count - 1);
    EXPECT_OK(kw_blobs_remove(f->blobs, &last.id, BLOBS_LATER_S, NULL));
    EXPECT_STATUS(write_leaves(f, &f->file), KW_NOT_FOUND);
}

static void write__passes_on_a_full_disk_and_succeeds_later(void **state)
{
    const fixture *f = *state;
    for (uint64_t nth = 1; nth <= 3; nth++) { /* of three tiles */
        kw_os_faults faults = {0};
        kw_os_faults_use(&faults);
        kw_os_fail_from(&faults, KW_OS_WRITE, nth, KW_NO_SPACE);
        EXPECT_STATUS(write_leaves(f, &f->file), KW_NO_SPACE);
        kw_os_faults_use(NULL);
    }
    EXPECT_OK(write_leaves(f, &f->file));
}

static void write__refuses_a_folder_with_too_long_a_name(void **state)
{
    const fixture *f = *state;
    char name[2000];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    kw_error err = {0};
    EXPECT_STATUS(kw_leaf_files_write(name, f->blobs, &f->file, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write__makes_the_tiles_that_lead_to_the_root),
        cmocka_unit_test(write__refuses_blobs_of_another_file),
        cmocka_unit_test(write__passes_on_a_full_disk_and_succeeds_later),
        cmocka_unit_test(write__refuses_a_folder_with_too_long_a_name),
        cmocka_unit_test(write__names_a_chunk_that_is_missing), /* the last: it takes one away */
    };
    return cmocka_run_group_tests_name("params/leaf_files", tests, set_up, tear_down);
}
