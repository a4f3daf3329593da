/* SPDX-License-Identifier: Apache-2.0
 * A client in memory. */
#include "support/tuf_client.h"

#include "os/file.h"
#include "support/expect.h"

#include <stdio.h>

void tuf_client_init(tuf_client *client, tuf_repo *repo)
{
    *client = (tuf_client){.repo = repo, .rules = {.now = TUF_NOW}};
    tuf_client_put(client, "root.json", kw_buf_view(tuf_repo_peek(repo, "1.root.json")));
}

void tuf_client_drop(tuf_client *client)
{
    for (size_t i = 0; i < client->local_count; i++) {
        kw_buf_drop(&client->local[i].bytes);
    }
    kw_buf_drop(&client->remote);
    client->local_count = 0;
}

static tuf_file *find_file(const tuf_client *client, const char *name)
{
    for (size_t i = 0; i < client->local_count; i++) {
        if (strcmp(client->local[i].name, name) == 0) {
            return (tuf_file *)(uintptr_t)&client->local[i];
        }
    }
    return NULL;
}

const kw_buf *tuf_client_file(const tuf_client *client, const char *name)
{
    const tuf_file *file = find_file(client, name);
    return file == NULL || file->bytes.len == 0 ? NULL : &file->bytes;
}

void tuf_client_put(tuf_client *client, const char *name, kw_span bytes)
{
    tuf_file *file = find_file(client, name);
    if (file == NULL) {
        assert_true(client->local_count < KW_COUNT(client->local));
        file = &client->local[client->local_count++];
        (void)snprintf(file->name, sizeof file->name, "%s", name);
        file->bytes = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
    }
    kw_buf_clear(&file->bytes);
    EXPECT_OK(kw_buf_append(&file->bytes, bytes));
}

static const kw_buf *fetch(tuf_client *client, const char *name)
{
    char path[1024];
    if (client->folder == NULL) {
        return tuf_repo_fetch(client->repo, name);
    }
    (void)snprintf(path, sizeof path, "%s/metadata/%s", client->folder, name);
    kw_buf_drop(&client->remote);
    client->remote = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
    return kw_file_read(&client->remote, path, NULL) == KW_OK ? &client->remote : NULL;
}

/* Does what is wanted; the answer. */
static const kw_buf *answer(tuf_client *client, const kw_tuf_want *want)
{
    switch (want->kind) {
    case KW_TUF_WANT_LOCAL:
        return tuf_client_file(client, want->name);
    case KW_TUF_WANT_REMOTE:
        return fetch(client, want->name);
    case KW_TUF_WANT_STORE:
        tuf_client_put(client, want->name, want->bytes);
        return NULL;
    case KW_TUF_WANT_ERASE:
        tuf_client_put(client, want->name, (kw_span){0});
        return NULL;
    case KW_TUF_WANT_NOTHING:
        break;
    }
    return NULL;
}

static kw_status drive(tuf_client *client, kw_tuf_updater *updater)
{
    const kw_tuf_want *want = kw_tuf_updater_want(updater);
    while (want->kind != KW_TUF_WANT_NOTHING) {
        kw_error err = {0};
        const kw_buf *got = answer(client, want);
        kw_span bytes = got == NULL ? (kw_span){0} : kw_buf_view(got);
        kw_status st = kw_tuf_updater_give(updater, got == NULL ? NULL : &bytes, &err);
        if (st != KW_OK) {
            assert_int_equal(err.status, st);
            EXPECT_STATUS(kw_tuf_updater_give(updater, NULL, NULL), KW_BAD_STATE);
            return st;
        }
    }
    return KW_OK;
}

kw_status tuf_client_refresh(tuf_client *client)
{
    KW_AUTO_PTR(kw_tuf_updater) updater = NULL;
    EXPECT_OK(kw_tuf_updater_new(&updater, &client->rules, NULL));
    return drive(client, updater);
}

static kw_status seek(tuf_client *client, kw_tuf_updater *updater, const char *path)
{
    KW_TRY(kw_tuf_updater_seek(updater, kw_str_of(path), NULL));
    KW_TRY(drive(client, updater));
    const kw_tuf_content *found = kw_tuf_updater_found(updater);
    if (found == NULL) {
        return KW_NOT_FOUND;
    }
    client->found = *found;
    return KW_OK;
}

kw_status tuf_client_seek_all(tuf_client *client, const char *const *paths, size_t count)
{
    KW_AUTO_PTR(kw_tuf_updater) updater = NULL;
    EXPECT_OK(kw_tuf_updater_new(&updater, &client->rules, NULL));
    KW_TRY(drive(client, updater));
    for (size_t i = 0; i < count; i++) {
        KW_TRY(seek(client, updater, paths[i]));
    }
    return KW_OK;
}

kw_status tuf_client_seek(tuf_client *client, const char *path)
{
    return tuf_client_seek_all(client, &path, 1);
}

uint64_t tuf_client_version(const tuf_client *client, const char *name, kw_tuf_kind kind)
{
    KW_AUTO(kw_tuf_file) file = {0};
    const kw_buf *bytes = tuf_client_file(client, name);
    if (bytes == NULL) {
        return 0;
    }
    EXPECT_OK(kw_tuf_file_parse(&file, kw_buf_view(bytes), kind, client->rules.keyids, NULL));
    return file.version;
}

int tuf_desk_make(void **state)
{
    tuf_desk *desk = test_calloc(1, sizeof *desk);
    tuf_repo_init(&desk->repo);
    tuf_client_init(&desk->client, &desk->repo);
    *state = desk;
    return 0;
}

int tuf_desk_drop(void **state)
{
    tuf_desk *desk = *state;
    tuf_client_drop(&desk->client);
    tuf_repo_drop(&desk->repo);
    test_free(desk);
    return 0;
}
