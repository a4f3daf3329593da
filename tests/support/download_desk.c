/* SPDX-License-Identifier: Apache-2.0
 * Mirrors, content and folder of a download. */
#include "support/download_desk.h"

#include "base/heap.h"
#include "os/file.h"
#include "support/expect.h"

#include <signal.h>

static void make_content(download_desk *d)
{
    uint64_t word = 1;
    d->content = kw_heap_new(DOWNLOAD_BYTES, 1);
    assert_non_null(d->content);
    for (size_t i = 0; i < DOWNLOAD_BYTES; i++) {
        word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        d->content[i] = (uint8_t)(word >> 56);
    }
}

int download_desk_make(void **state)
{
    download_desk *d = kw_heap_new(1, sizeof *d);
    assert_non_null(d);
    (void)signal(SIGPIPE, SIG_IGN);
    d->dir = tempdir_make();
    d->certs = net_certs_make();
    d->ca = net_certs_path(&d->certs, "ca.pem");
    d->file = tempdir_join(&d->dir, "a.zkey");
    make_content(d);
    kw_span content = {d->content, DOWNLOAD_BYTES};
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        d->mirrors[i] = mirror_start(&d->certs, "a.zkey", content);
        d->urls[i] = mirror_url(d->mirrors[i]);
    }
    d->http = (kw_http_client_options){.ca_file = d->ca.text};
    d->seed = (seeded_rng){.seed = 1};
    d->rng = seeded_rng_port(&d->seed);
    d->download =
        (kw_download){.path = KW_STR("params/semaphore/1.0.0/a.zkey"),
                      .content = {.has_length = true, .length = DOWNLOAD_BYTES, .has_sha256 = true},
                      .tree_root = mirror_root(d->mirrors[0]),
                      .file = d->file.text,
                      .mirrors = d->urls,
                      .mirrors_count = DOWNLOAD_MIRRORS,
                      .http = &d->http,
                      .rng = &d->rng,
                      .backoff = {.base_ms = 1, .max_ms = 2, .attempts_max = 5}};
    kw_sha256(&d->download.content.sha256, content);
    *state = d;
    return 0;
}

int download_desk_drop(void **state)
{
    download_desk *d = *state;
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        mirror_stop(d->mirrors[i]);
    }
    net_certs_drop(&d->certs);
    tempdir_remove(&d->dir);
    kw_heap_free(d->content);
    kw_heap_free(d);
    return 0;
}

kw_status download_desk_run(download_desk *d)
{
    kw_error err = {0};
    kw_status st = kw_download_run(&d->report, &d->download, &err);
    if (st != KW_OK && err.status != st) {
        print_error("the error says %s: %s\n", kw_status_name(err.status), err.text);
        fail();
    }
    return st;
}

void download_desk_expect_none(const download_desk *d, const char *name)
{
    kw_file_info info;
    tempdir_path path = tempdir_join(&d->dir, name);
    EXPECT_STATUS(kw_file_stat(&info, path.text, NULL), KW_NOT_FOUND);
}

void download_desk_expect_file(const download_desk *d)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(2 * DOWNLOAD_BYTES);
    EXPECT_OK(kw_file_read(&bytes, d->file.text, NULL));
    EXPECT_SPAN(kw_buf_view(&bytes), ((kw_span){d->content, DOWNLOAD_BYTES}));
    download_desk_expect_none(d, "a.zkey.part");
}

void download_desk_expect_mirror(const download_desk *d, size_t at, bool is_left, const char *fault)
{
    const kw_download_mirror *got = &d->report.mirrors[at];
    assert_ptr_equal(got->url, d->urls[at]);
    if (fault == NULL) {
        assert_null(got->fault);
    } else {
        assert_non_null(got->fault);
        assert_string_equal(got->fault, fault);
    }
    assert_int_equal(got->is_left, is_left);
}

uint64_t download_desk_sent(const download_desk *d)
{
    uint64_t sent = 0;
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        sent += mirror_sent(d->mirrors[i]);
    }
    return sent;
}
