/* SPDX-License-Identifier: Apache-2.0
 * Drives a download: lock, leaf hashes, what is there already, then turns of the connections until
 * the plan has all leaves. The part file is its own journal: a leaf that hashes right is there. */
#include "client/download.h"

#include "base/heap.h"
#include "client/download_link.h"
#include "codec/hex.h"
#include "crypto/merkle.h"
#include "net/http_crowd.h"
#include "os/clock.h"
#include "os/lock.h"
#include "os/stream.h"

#include <stdio.h>

enum {
    URL_BYTES_MAX = 2048,
    PATH_BYTES_MAX = 4096,
    TURN_MS = 50,
    LOCK_MS = 250, /* how often a waiting process looks up */
    PIECE_BYTES = 64 << 10,
    NS_PER_MS = 1000000,
    CONNECTION_BYTES_PER_S = 64 << 10, /* a limited download opens no more than this asks for */
};

/* A download that runs. Everything that it points to from outside is in `d`. */
typedef struct run {
    const kw_download *d;
    kw_download_report *report; /* borrowed */
    kw_file_lock lock;
    kw_part_file part;
    kw_leaf_hashes hashes;
    kw_download_plan plan;
    kw_download_desk desk;
    kw_http_crowd *crowd; /* owned */
    uint8_t *leaves;      /* owned: KW_DOWNLOAD_SLOTS of KW_LEAF_BYTES */
    char urls[KW_MIRRORS_MAX][URL_BYTES_MAX];
    kw_download_link links[KW_DOWNLOAD_SLOTS];
    uint64_t paced_ns;    /* since when bytes are counted for the limit of the rate */
    uint64_t paced_bytes; /* since then */
} run;

static void run_free(run *r)
{
    if (r == NULL) {
        return;
    }
    kw_http_crowd_free(r->crowd);
    kw_file_lock_drop(&r->lock);
    kw_part_file_drop(&r->part);
    kw_leaf_hashes_drop(&r->hashes);
    kw_download_plan_drop(&r->plan);
    kw_heap_free(r->leaves);
    kw_heap_free(r);
}
KW_AUTO_PTR_DEFINE(run);

static kw_unix_ms now_ms(void)
{
    return (kw_unix_ms)(kw_monotonic_ns() / NS_PER_MS);
}

static bool is_cancelled(const run *r)
{
    return r->d->cancel != NULL && atomic_load(r->d->cancel);
}

static void show(const run *r, bool is_waiting)
{
    const kw_download_progress now = {.done_bytes =
                                          is_waiting ? 0 : kw_download_plan_bytes(&r->plan),
                                      .resumed_bytes = r->report->resumed_bytes,
                                      .received_bytes = r->desk.received,
                                      .is_waiting = is_waiting};
    if (r->d->on_progress != NULL) {
        r->d->on_progress(r->d->ctx, &now);
    }
}

/* ---- the file as it is ---- */

static kw_status check_stream(const kw_tuf_content *content, kw_stream *file, kw_error *err)
{
    uint8_t piece[PIECE_BYTES];
    kw_tuf_content_state state;
    size_t len = 0;
    kw_tuf_content_begin(&state, content);
    do {
        KW_TRY(kw_stream_read(file, &len, KW_MSPAN(piece), err));
        KW_TRY(kw_tuf_content_update(&state, (kw_span){piece, len}, err));
    } while (len > 0);
    return kw_tuf_content_end(&state, err);
}

kw_status kw_download_check(const kw_tuf_content *content, const char *path, kw_error *err)
{
    KW_AUTO(kw_stream) file = {.is_open = false};
    KW_TRY(kw_stream_open(&file, path, err));
    return check_stream(content, &file, err);
}

static kw_status take_lock(run *r, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(PATH_BYTES_MAX);
    const char *path = NULL;
    KW_TRY_AT(err, kw_buf_append_format(&text, "%s.lock", r->d->file), "naming the lock");
    KW_TRY_AT(err, kw_buf_c_text(&text, &path), "naming the lock");
    kw_status st = kw_file_lock_take(&r->lock, path, 0, err);
    while (st == KW_BUSY) {
        KW_REQUIRE(!is_cancelled(r), err, KW_CANCELLED, "the download was stopped");
        show(r, true);
        st = kw_file_lock_take(&r->lock, path, LOCK_MS, err);
    }
    return st;
}

/* Takes over the leaves that an earlier download has left. */
static kw_status resume(run *r, kw_error *err)
{
    for (uint64_t i = 0; i < r->hashes.count; i++) {
        kw_hash32 hash;
        kw_mspan leaf = {r->leaves, kw_download_plan_leaf_bytes(&r->plan, i)};
        KW_TRY_AT(err, kw_part_file_read(&r->part, i * KW_LEAF_BYTES, leaf, err),
                  "looking for what is there already");
        kw_merkle_leaf(&hash, kw_span_of_mspan(leaf));
        if (kw_hash32_equal(&hash, &r->hashes.items[i])) {
            (void)kw_download_plan_mark(&r->plan, i);
        }
        KW_REQUIRE(!is_cancelled(r), err, KW_CANCELLED, "the download was stopped");
    }
    r->report->resumed_bytes = kw_download_plan_bytes(&r->plan);
    return KW_OK;
}

/* ---- leaf hashes ---- */

/* From the first mirror that has them; one that has others is not asked again. */
static kw_status get_hashes(run *r, kw_error *err)
{
    KW_AUTO_PTR(kw_http_client) http = NULL;
    const kw_leaf_file file = {
        .sha256 = r->d->content.sha256, .bytes = r->d->content.length, .root = r->d->tree_root};
    kw_error why = {0};
    KW_TRY(kw_http_client_new(&http, r->d->http, err));
    for (size_t i = 0; i < r->d->mirrors_count; i++) {
        kw_status st = kw_leaf_hashes_fetch(&r->hashes, &file, r->d->mirrors[i], http, &why);
        if (st == KW_OK || st == KW_NO_MEMORY) {
            return st == KW_OK ? KW_OK : kw_fail(err, st, "%s", why.text);
        }
        bool is_left = st == KW_HASH || st == KW_PEER_REFUSED;
        r->plan.mirrors[i].is_left = is_left;
        r->report->mirrors[i].is_left = is_left;
        r->report->mirrors[i].fault = st == KW_HASH ? "it has leaf hashes of another file"
                                                    : "it does not have the leaf hashes";
        KW_REQUIRE(!is_cancelled(r), err, KW_CANCELLED, "the download was stopped");
    }
    return kw_fail(err, KW_UNAVAILABLE, "%s: while asking the last of %zu mirrors", why.text,
                   r->d->mirrors_count);
}

/* ---- turns ---- */

static kw_status open_links(run *r, kw_error *err)
{
    unsigned slot = 0;
    kw_plan_task task = {0};
    while (kw_download_plan_claim(&r->plan, &slot, &task, now_ms())) {
        kw_download_link *link = &r->links[slot];
        link->slot = slot;
        link->task = task;
        kw_download_link_open(link, &r->desk, r->urls[task.mirror],
                              r->leaves + (size_t)slot * KW_LEAF_BYTES);
        KW_TRY_AT(err, kw_http_crowd_add(r->crowd, &link->call, link, err), "asking a mirror");
    }
    return KW_OK;
}

static uint64_t draw(const kw_rng *rng)
{
    uint64_t number = 0;
    kw_status st = kw_rng_fill(rng, (kw_mspan){(uint8_t *)&number, sizeof number});
    return st == KW_OK ? number : UINT64_MAX; /* then the wait is the longest */
}

static void close_link(run *r, kw_http_ended *ended)
{
    kw_download_link *link = ended->tag;
    kw_download_mirror *mirror = &r->report->mirrors[link->task.mirror];
    const char *why = NULL;
    kw_plan_end end = {.now_ms = now_ms(),
                       .retry_after_ms = ended->result.retry_after_ms,
                       .random = draw(r->d->rng)};
    end.outcome = kw_download_link_judge(link, &why, ended->st, &ended->result);
    mirror->bytes += r->plan.slots[link->slot].bytes;
    mirror->fault = why == NULL ? mirror->fault : why;
    (void)kw_download_plan_end(&r->plan, link->slot, &end);
    mirror->is_left = r->plan.mirrors[link->task.mirror].is_left;
    kw_http_result_drop(&ended->result);
}

static void close_links(run *r)
{
    kw_http_ended ended;
    while (kw_http_crowd_take(r->crowd, &ended)) {
        close_link(r, &ended);
    }
}

static void cut_slow(run *r)
{
    for (unsigned i = 0; i < KW_DOWNLOAD_SLOTS; i++) {
        if (kw_download_plan_is_slow(&r->plan, i, now_ms())) {
            atomic_store(&r->links[i].is_cut, true);
        }
    }
}

/* Bytes that came too early are slept off; a pause of the mirrors is not made up for. */
static void keep_pace(run *r, uint64_t before)
{
    uint64_t limit = r->d->bytes_per_s_max;
    if (limit == 0) {
        return;
    }
    uint64_t elapsed_ms = (kw_monotonic_ns() - r->paced_ns) / NS_PER_MS;
    r->paced_bytes += r->desk.received - before;
    uint64_t due_ms = (uint64_t)((kw_u128)r->paced_bytes * 1000 / limit);
    if (due_ms > elapsed_ms) {
        kw_sleep_ms(KW_MIN(due_ms - elapsed_ms, (uint64_t)1000));
    } else if (elapsed_ms - due_ms > 1000) {
        r->paced_ns = kw_monotonic_ns();
        r->paced_bytes = 0;
    }
}

static const char *last_fault(const run *r)
{
    const char *fault = "none has the file";
    for (size_t i = 0; i < r->d->mirrors_count; i++) {
        fault = r->report->mirrors[i].fault == NULL ? fault : r->report->mirrors[i].fault;
    }
    return fault;
}

static kw_status take_turns(run *r, kw_error *err)
{
    r->paced_ns = kw_monotonic_ns();
    while (!kw_download_plan_is_complete(&r->plan)) {
        uint64_t before = r->desk.received;
        KW_REQUIRE(!is_cancelled(r), err, KW_CANCELLED, "the download was stopped");
        KW_REQUIRE(!kw_download_plan_is_hopeless(&r->plan), err, KW_UNAVAILABLE,
                   "no mirror is left; of the last: %s", last_fault(r));
        KW_TRY(open_links(r, err));
        kw_http_crowd_turn(r->crowd, TURN_MS);
        close_links(r);
        KW_TRY(r->desk.failure);
        cut_slow(r);
        keep_pace(r, before);
        show(r, false);
    }
    return KW_OK;
}

/* Nothing of libcurl outlives the links that it points to. */
static kw_status fetch(run *r, kw_error *err)
{
    kw_http_client_options http = *r->d->http;
    http.only_http1 = true; /* two connections are two, also to one host */
    KW_TRY(kw_http_crowd_new(&r->crowd, &http, err));
    kw_status st = take_turns(r, err);
    kw_http_crowd_cut(r->crowd);
    close_links(r);
    r->report->received_bytes = r->desk.received;
    return st;
}

/* ---- from one end to the other ---- */

/* "<mirror>/tuf/targets/<folders>/<sha256>.<name>". */
static kw_status name_urls(run *r, kw_error *err)
{
    char hex[2 * sizeof(kw_hash32)];
    size_t folder = r->d->path.len;
    kw_hex_encode_to(hex, KW_SPAN(r->d->content.sha256.bytes));
    while (folder > 0 && r->d->path.ptr[folder - 1] != '/') {
        folder--;
    }
    for (size_t i = 0; i < r->d->mirrors_count; i++) {
        int len = snprintf(r->urls[i], URL_BYTES_MAX, "%s/tuf/targets/%.*s%.*s.%.*s",
                           r->d->mirrors[i], (int)folder, r->d->path.ptr, (int)sizeof hex, hex,
                           (int)(r->d->path.len - folder), r->d->path.ptr + folder);
        KW_REQUIRE(len > 0 && len < URL_BYTES_MAX, err, KW_LIMIT, "a URL is too long");
        r->report->mirrors[i] = (kw_download_mirror){.url = r->d->mirrors[i]};
    }
    r->report->mirrors_count = r->d->mirrors_count;
    return KW_OK;
}

static uint32_t slots_for(uint64_t bytes_per_s_max)
{
    uint64_t wanted = bytes_per_s_max / CONNECTION_BYTES_PER_S;
    bool is_free = bytes_per_s_max == 0 || wanted >= KW_DOWNLOAD_SLOTS;
    return is_free ? KW_DOWNLOAD_SLOTS : (uint32_t)KW_MAX(wanted, (uint64_t)1);
}

static kw_status make_plan(run *r, kw_error *err)
{
    const kw_download *d = r->d;
    bool has_backoff = d->backoff.attempts_max > 0;
    uint32_t slots = slots_for(d->bytes_per_s_max);
    uint64_t fair = d->bytes_per_s_max / slots / 2; /* we hold them up ourselves */
    const kw_plan_rules rules = {
        .file_bytes = d->content.length,
        .mirrors = (uint32_t)KW_MIN(d->mirrors_count, (size_t)UINT32_MAX),
        .slots = slots,
        .slow_ms = d->slow_ms == 0 ? KW_SLOW_MS : d->slow_ms,
        .slow_bytes_per_s = d->bytes_per_s_max == 0
                                ? KW_SLOW_BYTES_PER_S
                                : (uint32_t)KW_MIN(fair, (uint64_t)KW_SLOW_BYTES_PER_S),
        .backoff = has_backoff ? d->backoff : (kw_backoff){500, 30000, 5},
    };
    return kw_download_plan_make(&r->plan, &rules, err);
}

/* The file, with the lock held. */
static kw_status get(run *r, kw_error *err)
{
    KW_TRY(make_plan(r, err));
    KW_TRY(name_urls(r, err));
    KW_TRY(get_hashes(r, err));
    KW_TRY(kw_part_file_open(&r->part, r->d->file, r->d->content.length, err));
    KW_TRY(resume(r, err));
    KW_TRY(fetch(r, err));
    kw_status st = kw_download_check(&r->d->content, r->part.part, err);
    if (st == KW_HASH) {
        kw_status gone = kw_part_file_discard(&r->part, NULL);
        KW_UNUSED(gone); /* that it is wrong is what is told */
    }
    KW_TRY(st);
    return kw_part_file_commit(&r->part, err);
}

kw_status kw_download_run(kw_download_report *out, const kw_download *download, kw_error *err)
{
    *out = (kw_download_report){.was_there = false};
    KW_REQUIRE(download->content.has_length && download->content.has_sha256, err, KW_BAD_INPUT,
               "signed metadata names no length or no SHA-256");
    KW_AUTO_PTR(run) r = kw_heap_new(1, sizeof *r);
    KW_REQUIRE(r != NULL, err, KW_NO_MEMORY, "no memory for a download");
    r->d = download;
    r->report = out;
    r->leaves = kw_heap_new(KW_DOWNLOAD_SLOTS, KW_LEAF_BYTES);
    KW_REQUIRE(r->leaves != NULL, err, KW_NO_MEMORY, "no memory for a download");
    r->desk =
        (kw_download_desk){.plan = &r->plan, .part = &r->part, .hashes = &r->hashes, .err = err};
    KW_TRY_AT(err, take_lock(r, err), "locking the file");
    out->was_there = kw_download_check(&download->content, download->file, NULL) == KW_OK;
    return out->was_there ? KW_OK : get(r, err);
}
