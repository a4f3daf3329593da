/* SPDX-License-Identifier: Apache-2.0
 * Local join: both files are mapped, cut into parts by the first byte of the token, and each part
 * is checked and joined by one thread. */
#include "emtp/service_join.h"

#include "os/map.h"
#include "os/thread.h"

/* A part of both files and what its thread found. */
typedef struct part {
    kw_emtk a;
    kw_emtk b;
    const kw_emtk_record *before_a; /* in front of the part; NULL: nothing is */
    const kw_emtk_record *before_b;
    size_t bucket_max;
    kw_emtk_join join;
    kw_status st;
    kw_error error;
} part;

void kw_emtp_joined_drop(kw_emtp_joined *joined)
{
    kw_emtk_join_drop(&joined->join);
}

static kw_status run_part(part *p)
{
    KW_TRY_AT(&p->error, kw_emtk_check(&p->a, p->before_a, &p->error), "reading the first file");
    KW_TRY_AT(&p->error, kw_emtk_check(&p->b, p->before_b, &p->error), "reading the second file");
    KW_TRY_AT(&p->error, kw_emtk_join_part(&p->join, &p->a, &p->b, p->bucket_max), "joining");
    return KW_OK;
}

static void work(void *ctx)
{
    part *p = ctx;
    p->st = run_part(p);
}

static const kw_emtk_record *before(const kw_emtk *file, const kw_emtk *cut)
{
    return cut->records == file->records ? NULL : cut->records - 1;
}

/* Adds what a part found to the whole. */
static kw_status collect(kw_emtk_join *out, part *p, kw_error *err)
{
    if (p->st != KW_OK) {
        if (err != NULL) {
            *err = p->error;
        }
        return p->st;
    }
    out->tokens_shared += p->join.tokens_shared;
    out->tokens_skipped += p->join.tokens_skipped;
    KW_TRY_AT(err, kw_emtp_pairs_join(&out->pairs, &p->join.pairs), "collecting pairs");
    return KW_OK;
}

/* Files that are not in order may be cut so that parts overlap or leave something out; the check of
 * every part with the record before it finds that, so the parts must cover the file. */
static bool parts_cover(const part *parts, size_t count, const kw_emtk *a, const kw_emtk *b)
{
    size_t of_a = 0;
    size_t of_b = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].a.records != a->records + of_a || parts[i].b.records != b->records + of_b) {
            return false;
        }
        of_a += parts[i].a.count;
        of_b += parts[i].b.count;
    }
    return of_a == a->count && of_b == b->count;
}

static kw_status join_parts(kw_emtk_join *out, part *parts, size_t count, kw_error *err)
{
    kw_thread threads[KW_EMTP_JOIN_THREADS_MAX] = {0};
    kw_status st = KW_OK;
    for (size_t i = 0; i < count; i++) {
        if (kw_thread_start(&threads[i], "join", work, &parts[i], NULL) != KW_OK) {
            work(&parts[i]); /* then this thread does it */
        }
    }
    for (size_t i = 0; i < count; i++) {
        kw_thread_join(&threads[i]);
    }
    for (size_t i = 0; i < count; i++) {
        st = st == KW_OK ? collect(out, &parts[i], err) : st;
        kw_emtk_join_drop(&parts[i].join);
    }
    return st;
}

static kw_status join_files(kw_emtk_join *out, const kw_emtk *a, const kw_emtk *b,
                            const kw_emtp_join_options *options, kw_error *err)
{
    part parts[KW_EMTP_JOIN_THREADS_MAX] = {0};
    for (size_t i = 0; i < options->threads; i++) {
        parts[i] = (part){.a = kw_emtk_part(a, i, options->threads),
                          .b = kw_emtk_part(b, i, options->threads),
                          .bucket_max = options->bucket_max,
                          .join = {.pairs = kw_emtp_pairs_init(options->pairs_max)}};
        parts[i].before_a = before(a, &parts[i].a);
        parts[i].before_b = before(b, &parts[i].b);
    }
    KW_REQUIRE(parts_cover(parts, options->threads, a, b), err, KW_BAD_INPUT,
               "a token file is out of order");
    KW_TRY(join_parts(out, parts, options->threads, err));
    KW_TRY_AT(err, kw_emtp_pairs_sum(&out->pairs), "summing pairs");
    return KW_OK;
}

kw_status kw_emtp_join_files(kw_emtp_joined *out, const kw_emtp_join_options *options,
                             kw_error *err)
{
    KW_ASSERT(options->threads >= 1 && options->threads <= KW_EMTP_JOIN_THREADS_MAX);
    KW_AUTO(kw_map) map_a = {0};
    KW_AUTO(kw_map) map_b = {0};
    kw_emtk a = {0};
    kw_emtk b = {0};
    KW_TRY(kw_map_open(&map_a, options->path_a, err));
    KW_TRY(kw_map_open(&map_b, options->path_b, err));
    KW_TRY_AT(err, kw_emtk_decode(&a, map_a.bytes, err), "reading %s", options->path_a);
    KW_TRY_AT(err, kw_emtk_decode(&b, map_b.bytes, err), "reading %s", options->path_b);
    KW_REQUIRE(kw_str_equal(a.kid, b.kid), err, KW_REFUSED,
               "the files are of different keys, %.*s and %.*s", KW_STR_ARG(a.kid),
               KW_STR_ARG(b.kid));
    KW_AUTO(kw_emtp_joined) joined = {.join = {.pairs = kw_emtp_pairs_init(options->pairs_max)}};
    KW_TRY(join_files(&joined.join, &a, &b, options, err));
    memcpy(joined.kid, a.kid.ptr, a.kid.len);
    *out = joined;
    joined = (kw_emtp_joined){0};
    return KW_OK;
}
