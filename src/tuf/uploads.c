/* SPDX-License-Identifier: Apache-2.0
 * Target files: hashed before anything is published, copied first of all. */
#include "tuf/uploads.h"

#include "codec/hex.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/stream.h"
#include "tuf/engine/targets.h"

enum {
    PATH_BYTES_MAX = 8192,
    PIECE_BYTES = 64 << 10,
};

/* ---- names ---- */

/* No folder may be left, and no name be another one's on a server that decodes it. */
static bool is_plain_path(kw_str path)
{
    kw_str segment = {0};
    bool is_good = kw_str_is_made_of(path, "-._/");
    for (kw_str rest = path; is_good && rest.len > 0;) {
        bool has_more = kw_str_split(rest, '/', &segment, &rest);
        is_good = segment.len > 0 && segment.ptr[0] != '.' && (!has_more || rest.len > 0);
    }
    return is_good;
}

/* "<folder>/targets/<folders of the path>/<hash>.<name>" */
static kw_status name_copy(kw_buf *out, const char **out_path, const char *folder, kw_str path,
                           kw_span hash)
{
    size_t name_at = path.len;
    while (name_at > 0 && path.ptr[name_at - 1] != '/') {
        name_at--;
    }
    kw_buf_clear(out);
    KW_TRY(kw_buf_append_format(out, "%s/targets/%.*s", folder, (int)name_at, path.ptr));
    KW_TRY(kw_hex_encode(out, hash));
    KW_TRY(kw_buf_append_format(out, ".%.*s", (int)(path.len - name_at), &path.ptr[name_at]));
    return kw_buf_c_text(out, out_path);
}

/* The hashes of a file, in the order of kw_tuf_content_prefix. */
static size_t list_hashes(const kw_tuf_content *content, kw_span out[3])
{
    size_t count = 0;
    if (content->has_sha256) {
        out[count++] = KW_SPAN(content->sha256.bytes);
    }
    if (content->has_sha512) {
        out[count++] = KW_SPAN(content->sha512.bytes);
    }
    if (content->has_blake2b_256) {
        out[count++] = KW_SPAN(content->blake2b_256.bytes);
    }
    return count;
}

static const kw_tuf_upload *find_upload(const kw_tuf_release *release, kw_str path)
{
    for (size_t i = 0; i < release->uploads_count; i++) {
        if (kw_str_equal(release->uploads[i].path, path)) {
            return &release->uploads[i];
        }
    }
    return NULL;
}

/* ---- checks ---- */

/* Reads a file to its end through the checks; `to` gets its bytes, or is NULL. */
static kw_status pass(const char *file, const kw_tuf_content *content, kw_stream *to, kw_error *err)
{
    uint8_t piece[PIECE_BYTES];
    KW_AUTO(kw_stream) from = {.is_open = false};
    kw_tuf_content_state state;
    size_t len = 0;
    kw_tuf_content_begin(&state, content);
    KW_TRY(kw_stream_open(&from, file, err));
    do {
        KW_TRY(kw_stream_read(&from, &len, KW_MSPAN(piece), err));
        KW_TRY(kw_tuf_content_update(&state, (kw_span){piece, len}, err));
        if (to != NULL && len > 0) {
            KW_TRY(kw_stream_write(to, (kw_span){piece, len}, err));
        }
    } while (len > 0);
    return kw_tuf_content_end(&state, err);
}

/* A file that was published before; its length tells whether it is whole. */
static kw_status check_there(const char *folder, kw_str path, const kw_tuf_content *content,
                             kw_error *err)
{
    KW_AUTO(kw_buf) name = kw_buf_init(PATH_BYTES_MAX);
    const char *place = NULL;
    kw_span hashes[3];
    kw_file_info info;
    size_t count = list_hashes(content, hashes);
    for (size_t i = 0; i < count; i++) {
        KW_TRY_AT(err, name_copy(&name, &place, folder, path, hashes[i]), "naming a target");
        KW_TRY_AT(err, kw_file_stat(&info, place, err), "looking for a listed target");
        KW_REQUIRE(info.size == content->length, err, KW_HASH,
                   "a target that was published has another length");
    }
    return KW_OK;
}

static kw_status check_listed(const char *folder, const kw_tuf_release *release, kw_str path,
                              const kw_tuf_content *content, kw_error *err)
{
    KW_REQUIRE(is_plain_path(path), err, KW_BAD_INPUT,
               "the path of a target is not made of A-Z a-z 0-9 - . _ and folders");
    const kw_tuf_upload *upload = find_upload(release, path);
    if (upload == NULL) {
        return check_there(folder, path, content, err);
    }
    KW_TRY_AT(err, pass(upload->file, content, NULL, err), "reading %.*s", KW_STR_ARG(path));
    return KW_OK;
}

kw_status kw_tuf_uploads_check(const char *folder, const kw_tuf_release *release,
                               const kw_json *const *bodies, size_t bodies_count, kw_error *err)
{
    kw_str path = {0};
    kw_tuf_content content;
    for (size_t i = 0; i < bodies_count; i++) {
        for (const void *at = NULL; kw_tuf_targets_walk(bodies[i], &at, &path, &content);) {
            KW_TRY(check_listed(folder, release, path, &content, err));
        }
    }
    for (size_t i = 0; i < release->uploads_count; i++) {
        bool is_listed = false;
        for (size_t b = 0; b < bodies_count && !is_listed; b++) {
            is_listed = kw_tuf_targets_find(bodies[b], &content, NULL, release->uploads[i].path);
        }
        KW_REQUIRE(is_listed, err, KW_NOT_FOUND, "no staged role lists upload %zu", i + 1);
    }
    return KW_OK;
}

/* ---- copies ---- */

static kw_status make_folder_of(kw_buf *scratch, const char *path, kw_error *err)
{
    const char *folder = NULL;
    const char *slash = strrchr(path, '/');
    kw_buf_clear(scratch);
    KW_TRY(kw_buf_append_format(scratch, "%.*s", (int)(slash - path), path));
    KW_TRY(kw_buf_c_text(scratch, &folder));
    return kw_dir_make(folder, 0755, err);
}

static kw_status copy(const kw_tuf_upload *upload, const kw_tuf_content *content, const char *place,
                      kw_error *err)
{
    KW_AUTO(kw_buf) scratch = kw_buf_init(PATH_BYTES_MAX);
    KW_AUTO(kw_stream) to = {.is_open = false};
    kw_file_info info;
    if (kw_file_stat(&info, place, NULL) == KW_OK && info.size == content->length) {
        return KW_OK;
    }
    KW_TRY_AT(err, make_folder_of(&scratch, place, err), "making a folder of targets");
    KW_TRY(kw_stream_create(&to, place, 0644, err));
    KW_TRY(pass(upload->file, content, &to, err));
    return kw_stream_commit(&to, err);
}

static kw_status write_upload(const char *folder, const kw_tuf_upload *upload,
                              const kw_tuf_content *content, kw_error *err)
{
    KW_AUTO(kw_buf) name = kw_buf_init(PATH_BYTES_MAX);
    const char *place = NULL;
    kw_span hashes[3];
    size_t count = list_hashes(content, hashes);
    for (size_t i = 0; i < count; i++) {
        KW_TRY_AT(err, name_copy(&name, &place, folder, upload->path, hashes[i]),
                  "naming a target");
        KW_TRY_AT(err, copy(upload, content, place, err), "publishing a target");
    }
    return KW_OK;
}

kw_status kw_tuf_uploads_write(const char *folder, const kw_tuf_release *release,
                               const kw_json *const *bodies, size_t bodies_count, kw_error *err)
{
    for (size_t i = 0; i < release->uploads_count; i++) {
        const kw_tuf_upload *upload = &release->uploads[i];
        for (size_t b = 0; b < bodies_count; b++) {
            kw_tuf_content content;
            if (kw_tuf_targets_find(bodies[b], &content, NULL, upload->path)) {
                KW_TRY(write_upload(folder, upload, &content, err));
            }
        }
    }
    return KW_OK;
}
