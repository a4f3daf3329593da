/* SPDX-License-Identifier: Apache-2.0
 * Metadata first, from the first place that has good one; then the file. */
#include "client/params_get.h"

#include "client/refresh.h"
#include "params/engine/custom.h"

enum {
    URL_BYTES_MAX = 2048,
    ARENA_BYTES_MAX = 256 << 10,
    CUSTOM_DEPTH_MAX = 8,
    ANSWER_BYTES_MAX = 1 << 20, /* of the page that says that there is no such file */
};

/* Reads what stands in `custom` of the target. */
static kw_status read_custom(kw_download *d, const kw_client_refresh *refresh, kw_unix_s now,
                             kw_error *err)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES_MAX);
    kw_params_custom custom = {0};
    kw_span text = kw_client_refresh_custom(refresh);
    KW_REQUIRE(text.len > 0, err, KW_BAD_INPUT, "signed metadata does not say what the file is");
    KW_TRY_AT(err, kw_json_parse(&tree, text, CUSTOM_DEPTH_MAX, err), "reading what it says");
    KW_TRY(kw_params_custom_decode(&custom, &arena, tree, d->path, err));
    KW_REQUIRE(custom.not_after == 0 || now <= custom.not_after, err, KW_EXPIRED,
               "the file may not be used any more");
    d->tree_root = custom.tree.root;
    return KW_OK;
}

/* Refreshes from one place, and looks the file up. */
static kw_status look_up(kw_download *d, const kw_params_get *get, const char *url,
                         kw_http_client *http, kw_error *err)
{
    KW_AUTO_PTR(kw_client_refresh) refresh = NULL;
    const kw_client_refresh_options options = {.folder = get->metadata_dir,
                                               .metadata_url = url,
                                               .http = http,
                                               .now = get->now,
                                               .keyids = get->keyids};
    KW_TRY(kw_client_refresh_open(&refresh, &options, err));
    KW_TRY(kw_client_refresh_seek(refresh, &d->content, d->path, err));
    return read_custom(d, refresh, get->now, err);
}

/* One mirror may be away, or behind the others: the next is asked. */
static kw_status look_up_somewhere(kw_download *d, const kw_params_get *get, kw_http_client *http,
                                   kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(URL_BYTES_MAX);
    kw_status st = KW_LIMIT;
    for (size_t i = 0; i < d->mirrors_count && st != KW_OK; i++) {
        const char *url = NULL;
        kw_buf_clear(&text);
        KW_TRY_AT(err, kw_buf_append_format(&text, "%s/tuf/metadata", d->mirrors[i]),
                  "naming the metadata of a mirror");
        KW_TRY_AT(err, kw_buf_c_text(&text, &url), "naming the metadata of a mirror");
        st = look_up(d, get, url, http, err);
    }
    return st;
}

/* The file as it is, by the metadata that is there. */
static kw_status check_offline(kw_download_report *out, const kw_params_get *get, kw_error *err)
{
    kw_download download = get->download;
    KW_TRY_AT(err, look_up(&download, get, NULL, NULL, err), "reading the metadata that is there");
    KW_TRY_AT(err, kw_download_check(&download.content, download.file, err), "checking the file");
    out->was_there = true;
    return KW_OK;
}

kw_status kw_params_get_run(kw_download_report *out, const kw_params_get *get, kw_error *err)
{
    KW_AUTO_PTR(kw_http_client) http = NULL;
    kw_download download = get->download;
    kw_params_path path;
    *out = (kw_download_report){.was_there = false};
    KW_TRY(kw_params_path_parse(&path, download.path, err));
    if (get->is_offline) {
        return check_offline(out, get, err);
    }
    kw_http_client_options options = *download.http;
    options.body_bytes_max = ANSWER_BYTES_MAX;
    KW_REQUIRE(download.mirrors_count > 0, err, KW_LIMIT, "a download is from 1 to %d mirrors",
               KW_MIRRORS_MAX);
    KW_TRY(kw_http_client_new(&http, &options, err));
    KW_TRY_AT(err,
              get->metadata_url == NULL ? look_up_somewhere(&download, get, http, err)
                                        : look_up(&download, get, get->metadata_url, http, err),
              "looking for the file in signed metadata");
    return kw_download_run(out, &download, err);
}
