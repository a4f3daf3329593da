/* SPDX-License-Identifier: Apache-2.0
 * A repository in a folder. */
#include "support/tuf_folder.h"

#include "os/file.h"
#include "support/expect.h"

#include <stdio.h>

static void stage_bytes(tuf_folder *f, const char *role)
{
    char name[TUF_NAME_BYTES + 32];
    const tuf_role *found = tuf_repo_role(&f->repo, role);
    (void)snprintf(name, sizeof name, "%u.%s.json", found->version, role);
    assert_true(f->release.staged_count < TUF_STAGED_MAX);
    f->staged[f->release.staged_count++] = (kw_tuf_staged){
        .role = kw_str_of(found->name), .bytes = kw_buf_view(tuf_repo_peek(&f->repo, name))};
}

void tuf_folder_stage(tuf_folder *f, const char *role)
{
    tuf_repo_publish(&f->repo, role);
    stage_bytes(f, role);
}

int tuf_folder_make(void **state)
{
    tuf_folder *f = test_calloc(1, sizeof *f);
    f->dir = tempdir_make();
    tempdir_path folder = tempdir_join(&f->dir, "repo");
    memcpy(f->folder, folder.text, sizeof folder.text);
    tuf_repo_init(&f->repo);
    f->snapshot = tuf_signer(tuf_repo_keys(&f->repo, "snapshot")->ids[0]);
    f->timestamp = tuf_signer(tuf_repo_keys(&f->repo, "timestamp")->ids[0]);
    f->release = (kw_tuf_release){.staged = f->staged,
                                  .uploads = f->uploads,
                                  .snapshot = &f->snapshot,
                                  .timestamp = &f->timestamp,
                                  .snapshot_expires = TUF_NOW + 7 * 86400,
                                  .timestamp_expires = TUF_NOW + 86400,
                                  .now = TUF_NOW};
    stage_bytes(f, "root");
    stage_bytes(f, "targets");
    *state = f;
    return 0;
}

int tuf_folder_drop(void **state)
{
    tuf_folder *f = *state;
    tuf_repo_drop(&f->repo);
    tempdir_remove(&f->dir);
    test_free(f);
    return 0;
}

void tuf_folder_upload(tuf_folder *f, const char *role, const char *path, const char *content)
{
    size_t at = f->release.uploads_count++;
    assert_true(at < TUF_STAGED_MAX);
    char name[32];
    (void)snprintf(name, sizeof name, "upload-%zu", at);
    tempdir_path file = tempdir_join(&f->dir, name);
    memcpy(f->upload_files[at], file.text, sizeof file.text);
    EXPECT_OK(
        kw_file_write_atomic(f->upload_files[at], kw_span_of_str(kw_str_of(content)), 0600, NULL));
    tuf_repo_add_target(&f->repo, role, path, content);
    f->uploads[at] = (kw_tuf_upload){.path = kw_str_of(path), .file = f->upload_files[at]};
}

kw_status tuf_folder_publish(tuf_folder *f)
{
    kw_error err = {0};
    kw_status st = kw_tuf_publish(f->folder, &f->release, &err);
    if (st != KW_OK) {
        assert_int_equal(err.status, st);
        return st;
    }
    f->release.staged_count = 0;
    f->release.uploads_count = 0;
    return KW_OK;
}

kw_status tuf_folder_visit(tuf_folder *f)
{
    tuf_client client;
    tuf_client_init(&client, &f->repo);
    client.folder = f->folder;
    kw_status st = tuf_client_refresh(&client);
    tuf_client_drop(&client);
    return st;
}

bool tuf_folder_has(const tuf_folder *f, const char *name)
{
    char path[1024];
    kw_file_info info;
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    return kw_file_stat(&info, path, NULL) == KW_OK;
}
