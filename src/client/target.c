/* SPDX-License-Identifier: Apache-2.0
 * A target file: from the folder if it is right, else from the repository. */
#include "client/target.h"

#include "os/dir.h"
#include "os/stream.h"
#include "tuf/engine/match.h"

enum {
    IDLE_MS = 30000,
    PLACE_BYTES_MAX = 8192, /* of a path or a URL */
    PIECE_BYTES = 64 << 10,
};

/* ---- names ---- */

/* "<folder>/<quoted path>". */
static kw_status name_file(kw_buf *place, const char **out, const kw_client_target *target,
                           kw_error *err)
{
    kw_tuf_quoted quoted;
    KW_TRY_AT(err, kw_tuf_quote(&quoted, target->path), "naming the file");
    KW_TRY_AT(err, kw_buf_append_format(place, "%s/%s", target->folder, quoted.text),
              "naming the file");
    return kw_buf_c_text(place, out);
}

static bool is_dots(kw_str segment)
{
    return kw_str_equal(segment, KW_STR(".")) || kw_str_equal(segment, KW_STR(".."));
}

static kw_status append_segment(kw_buf *place, kw_str segment, kw_error *err)
{
    kw_tuf_quoted quoted;
    KW_REQUIRE(segment.len > 0 && !is_dots(segment), err, KW_BAD_INPUT,
               "a segment of the path is empty or dots");
    KW_TRY_AT(err, kw_tuf_quote(&quoted, segment), "naming the file");
    return kw_buf_append_str(place, kw_str_of(quoted.text));
}

/* "<base>/<folders of the path>/<hash>.<name>", quoted but for "/". */
static kw_status name_url(kw_buf *place, const char **out, const kw_client_target *target,
                          kw_error *err)
{
    char hash[KW_TUF_HASH_TEXT_BYTES];
    kw_str rest = target->path;
    kw_str segment = {0};
    KW_TRY(kw_buf_append_str(place, kw_str_of(target->base_url)));
    if (!kw_str_ends_with(kw_buf_text(place), KW_STR("/"))) {
        KW_TRY(kw_buf_append_byte(place, '/'));
    }
    while (kw_str_split(rest, '/', &segment, &rest)) {
        KW_TRY(append_segment(place, segment, err));
        KW_TRY(kw_buf_append_byte(place, '/'));
    }
    if (target->has_prefix) {
        kw_tuf_content_prefix(&target->content, hash);
        KW_TRY(kw_buf_append_format(place, "%s.", hash));
    }
    KW_TRY(append_segment(place, segment, err));
    return kw_buf_c_text(place, out);
}

/* ---- the file that is there ---- */

static kw_status read_all(kw_tuf_content_state *state, kw_stream *file)
{
    uint8_t piece[PIECE_BYTES];
    size_t len = 0;
    do {
        KW_TRY(kw_stream_read(file, &len, KW_MSPAN(piece), NULL));
        KW_TRY(kw_tuf_content_update(state, (kw_span){piece, len}, NULL));
    } while (len > 0);
    return kw_tuf_content_end(state, NULL);
}

static bool is_right(const kw_client_target *target, const char *path)
{
    KW_AUTO(kw_stream) file = {.is_open = false};
    kw_tuf_content_state state;
    kw_tuf_content_begin(&state, &target->content);
    return kw_stream_open(&file, path, NULL) == KW_OK && read_all(&state, &file) == KW_OK;
}

/* ---- the file that comes ---- */

typedef struct arrival {
    kw_stream file;
    kw_tuf_content_state state;
    kw_error *err; /* borrowed; what the checks say */
} arrival;

static void arrival_drop(arrival *a)
{
    kw_stream_drop(&a->file);
}

/* Not one byte more than was signed reaches the disk. */
static kw_status take_bytes(void *ctx, kw_span bytes)
{
    arrival *a = ctx;
    KW_TRY(kw_tuf_content_update(&a->state, bytes, a->err));
    return kw_stream_write(&a->file, bytes, a->err);
}

static kw_status fetch(const kw_client_target *target, const char *path, const char *url,
                       kw_error *err)
{
    KW_AUTO(arrival) a = {.err = err};
    kw_http_result result = {0};
    kw_http_call call = {.method = KW_GET,
                         .url = url,
                         .on_bytes = take_bytes,
                         .ctx = &a,
                         .idle_ms = IDLE_MS,
                         .drops_body = true};
    kw_tuf_content_begin(&a.state, &target->content);
    KW_TRY_AT(err, kw_stream_create(&a.file, path, 0644, err), "making the file");
    kw_status st = kw_http_client_run(target->http, &result, &call, err);
    kw_http_result_drop(&result);
    KW_TRY(st);
    KW_TRY(kw_tuf_content_end(&a.state, err));
    return kw_stream_commit(&a.file, err);
}

kw_status kw_client_target_get(const kw_client_target *target, kw_error *err)
{
    KW_AUTO(kw_buf) path_text = kw_buf_init(PLACE_BYTES_MAX);
    KW_AUTO(kw_buf) url_text = kw_buf_init(PLACE_BYTES_MAX);
    const char *path = NULL;
    const char *url = NULL;
    KW_TRY(name_file(&path_text, &path, target, err));
    KW_TRY_AT(err, name_url(&url_text, &url, target, err), "naming the file in the repository");
    if (is_right(target, path)) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_dir_make(target->folder, 0755, err), "making the folder of targets");
    KW_TRY_AT(err, fetch(target, path, url, err), "getting a target");
    return KW_OK;
}
