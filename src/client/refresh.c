/* SPDX-License-Identifier: Apache-2.0
 * Does what the TUF machine wants: files of a folder, requests to a repository. */
#include "client/refresh.h"

#include "base/heap.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/lock.h"

enum {
    LOCK_MS = 60000,
    IDLE_MS = 30000,
    PLACE_BYTES_MAX = 4096, /* of a path or a URL */
    HTTP_FORBIDDEN = 403,   /* what object stores say of a file that they do not have */
    HTTP_NOT_FOUND = 404,
};

struct kw_client_refresh {
    kw_client_refresh_options options;
    kw_tuf_updater *updater; /* owned */
    kw_file_lock lock;
    kw_buf answer; /* bytes that were given last */
    kw_buf place;  /* path or URL of what is wanted */
};

void kw_client_refresh_free(kw_client_refresh *refresh)
{
    if (refresh == NULL) {
        return;
    }
    kw_tuf_updater_free(refresh->updater);
    kw_file_lock_drop(&refresh->lock);
    kw_buf_drop(&refresh->answer);
    kw_buf_drop(&refresh->place);
    kw_heap_free(refresh);
}

bool kw_client_refresh_has_prefixes(const kw_client_refresh *refresh)
{
    return kw_tuf_updater_is_consistent(refresh->updater);
}

kw_span kw_client_refresh_custom(const kw_client_refresh *refresh)
{
    return kw_tuf_updater_custom(refresh->updater);
}

/* "<parent>/<name>", whether or not the parent ends in "/". */
static kw_status join(kw_buf *place, const char **out, const char *parent, const char *name)
{
    bool has_slash = kw_str_ends_with(kw_str_of(parent), KW_STR("/"));
    kw_buf_clear(place);
    KW_TRY(kw_buf_append_format(place, "%s%s%s", parent, has_slash ? "" : "/", name));
    return kw_buf_c_text(place, out);
}

/* ---- what may be wanted ---- */

static kw_status read_local(kw_client_refresh *r, const char *path, bool *has_answer, kw_error *err)
{
    kw_status st = kw_file_read(&r->answer, path, err);
    *has_answer = st == KW_OK;
    return st == KW_NOT_FOUND || st == KW_LIMIT ? KW_OK : st;
}

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    kw_buf *answer = ctx;
    return kw_buf_append(answer, bytes);
}

static kw_status fetch(kw_client_refresh *r, const char *url, bool *has_answer, kw_error *err)
{
    kw_http_result result = {0};
    kw_http_call call = {.method = KW_GET,
                         .url = url,
                         .on_bytes = take_bytes,
                         .ctx = &r->answer,
                         .idle_ms = IDLE_MS,
                         .drops_body = true};
    kw_status st = kw_http_client_run(r->options.http, &result, &call, err);
    bool is_absent = result.http == HTTP_NOT_FOUND || result.http == HTTP_FORBIDDEN;
    kw_http_result_drop(&result);
    *has_answer = st == KW_OK;
    return is_absent ? KW_OK : st;
}

/* Without a repository the timestamp that is there is the newest; of all else there is no other. */
static kw_status answer_offline(kw_client_refresh *r, const char *name, bool *has_answer,
                                kw_error *err)
{
    const char *path = NULL;
    if (strcmp(name, "timestamp.json") != 0) {
        return KW_OK;
    }
    KW_TRY_AT(err, join(&r->place, &path, r->options.folder, name), "naming the timestamp");
    return read_local(r, path, has_answer, err);
}

static kw_status erase(const char *path, kw_error *err)
{
    kw_status st = kw_file_remove(path, err);
    return st == KW_NOT_FOUND ? KW_OK : st;
}

static kw_status fulfil(kw_client_refresh *r, const kw_tuf_want *want, bool *has_answer,
                        kw_error *err)
{
    const char *place = NULL;
    bool is_remote = want->kind == KW_TUF_WANT_REMOTE && r->options.metadata_url != NULL;
    const char *parent = is_remote ? r->options.metadata_url : r->options.folder;
    KW_TRY_AT(err, join(&r->place, &place, parent, want->name), "naming a file of metadata");
    if (want->kind != KW_TUF_WANT_STORE && want->kind != KW_TUF_WANT_ERASE) {
        kw_buf_drop(&r->answer);
        r->answer = kw_buf_init(want->bytes_max);
    }
    switch (want->kind) {
    case KW_TUF_WANT_NOTHING:
        return KW_OK;
    case KW_TUF_WANT_LOCAL:
        return read_local(r, place, has_answer, err);
    case KW_TUF_WANT_REMOTE:
        return is_remote ? fetch(r, place, has_answer, err)
                         : answer_offline(r, want->name, has_answer, err);
    case KW_TUF_WANT_STORE:
        return kw_file_write_atomic(place, want->bytes, 0644, err);
    case KW_TUF_WANT_ERASE:
        return erase(place, err);
    }
    return KW_INTERNAL;
}

static kw_status drive(kw_client_refresh *r, kw_error *err)
{
    const kw_tuf_want *want = kw_tuf_updater_want(r->updater);
    while (want->kind != KW_TUF_WANT_NOTHING) {
        bool has_answer = false;
        KW_TRY_AT(err, fulfil(r, want, &has_answer, err), "getting %s", want->name);
        kw_span bytes = kw_buf_view(&r->answer);
        KW_TRY(kw_tuf_updater_give(r->updater, has_answer ? &bytes : NULL, err));
    }
    return KW_OK;
}

/* ---- doors ---- */

static kw_status lock_folder(kw_file_lock *out, kw_buf *place, const char *folder, kw_error *err)
{
    const char *path = NULL;
    KW_TRY_AT(err, join(place, &path, folder, "lock"), "naming the lock");
    KW_TRY_AT(err, kw_file_lock_take(out, path, LOCK_MS, err), "locking the metadata");
    return KW_OK;
}

kw_status kw_client_refresh_init(const char *folder, kw_span root, kw_tuf_keyids keyids,
                                 kw_error *err)
{
    KW_AUTO_PTR(kw_tuf_updater) updater = NULL;
    const kw_tuf_rules rules = {.keyids = keyids}; /* when it expires is looked at later */
    KW_TRY(kw_tuf_updater_new(&updater, &rules, err));
    KW_TRY(kw_tuf_updater_give(updater, &root, err));
    KW_AUTO(kw_buf) place = kw_buf_init(PLACE_BYTES_MAX);
    KW_AUTO(kw_file_lock) lock = {.is_held = false};
    const char *path = NULL;
    KW_TRY_AT(err, kw_dir_make(folder, 0700, err), "making the folder of metadata");
    KW_TRY(lock_folder(&lock, &place, folder, err));
    KW_TRY_AT(err, join(&place, &path, folder, "root.json"), "naming the root");
    KW_TRY_AT(err, kw_file_write_atomic(path, root, 0644, err), "writing the trusted root");
    return KW_OK;
}

kw_status kw_client_refresh_open(kw_client_refresh **out, const kw_client_refresh_options *options,
                                 kw_error *err)
{
    KW_AUTO_PTR(kw_client_refresh) refresh = kw_heap_new(1, sizeof *refresh);
    KW_REQUIRE(refresh != NULL, err, KW_NO_MEMORY, "no memory for a refresh");
    refresh->options = *options;
    refresh->place = kw_buf_init(PLACE_BYTES_MAX);
    const kw_tuf_rules rules = {.now = options->now, .keyids = options->keyids};
    KW_TRY(kw_tuf_updater_new(&refresh->updater, &rules, err));
    kw_status st = lock_folder(&refresh->lock, &refresh->place, options->folder, err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, KW_NOT_FOUND,
               "there is no folder of trusted metadata: begin with init");
    KW_TRY(st);
    KW_TRY(drive(refresh, err));
    *out = refresh;
    refresh = NULL;
    return KW_OK;
}

kw_status kw_client_refresh_seek(kw_client_refresh *refresh, kw_tuf_content *out, kw_str path,
                                 kw_error *err)
{
    KW_TRY(kw_tuf_updater_seek(refresh->updater, path, err));
    KW_TRY(drive(refresh, err));
    const kw_tuf_content *found = kw_tuf_updater_found(refresh->updater);
    KW_REQUIRE(found != NULL, err, KW_NOT_FOUND, "no role of the repository has this target");
    *out = *found;
    return KW_OK;
}
