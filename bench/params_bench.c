/* SPDX-License-Identifier: Apache-2.0
 * Cutting and indexing a file (hash, chunks, leaf tree), alone and with chunks put into a folder,
 * beside `casync make` on the same file in the page cache, if it is there. Prints one JSON object a
 * line; a ratio is casync's time divided by ours. */
#include "os/clock.h"
#include "os/map.h"
#include "os/stream.h"
#include "params/engine/ingest.h"
#include "store/fs/fs.h"
#include "support/expect.h"
#include "support/process.h"
#include "support/random_source.h"
#include "support/tempdir.h"

#include <stdio.h>
#include <sys/resource.h>

enum {
    FILE_BYTES = 256 << 20,
    PIECE_BYTES = 1 << 20,
    ROUNDS = 3,
};

typedef struct job {
    kw_cut_rule rule;
    uint32_t point_bytes;
    const kw_map *file;
    kw_blobs *blobs; /* NULL: chunks are only named */
    uint64_t chunks;
} job;

static void make_file(const char *path)
{
    static uint64_t piece[PIECE_BYTES / sizeof(uint64_t)];
    random_source random = random_fixed("params");
    KW_AUTO(kw_stream) stream = {0};
    EXPECT_OK(kw_stream_create(&stream, path, 0644, NULL));
    for (size_t at = 0; at < FILE_BYTES; at += PIECE_BYTES) {
        for (size_t i = 0; i < KW_COUNT(piece); i++) {
            piece[i] = random_u64(&random);
        }
        EXPECT_OK(kw_stream_write(&stream, KW_SPAN(piece), NULL));
    }
    EXPECT_OK(kw_stream_commit(&stream, NULL));
}

static kw_status take(void *ctx, const kw_chunk *chunk, uint64_t offset, kw_error *err)
{
    job *j = ctx;
    kw_hash32 id;
    j->chunks++;
    kw_span bytes = {j->file->bytes.ptr + offset, chunk->length};
    return j->blobs == NULL ? KW_OK : kw_blobs_put(j->blobs, &id, bytes, err);
}

/* Of the fastest round; processor time tells more on a machine that others use too. */
typedef struct times {
    double wall_s;
    double cpu_s;
} times;

static double seconds_since(uint64_t start_ns, uint64_t now_ns)
{
    return (double)(now_ns - start_ns) / 1e9;
}

static void keep_least(times *best, unsigned round, double wall_s, double cpu_s)
{
    best->wall_s = round == 0 || wall_s < best->wall_s ? wall_s : best->wall_s;
    best->cpu_s = round == 0 || cpu_s < best->cpu_s ? cpu_s : best->cpu_s;
}

static times measure(job *j, unsigned rounds)
{
    static kw_ingest ingest;
    times best = {0};
    for (unsigned round = 0; round < rounds; round++) {
        j->chunks = 0;
        uint64_t start_ns = kw_monotonic_ns();
        uint64_t start_cpu_ns = kw_thread_cpu_ns();
        kw_ingested got;
        EXPECT_OK(kw_ingest_init(&ingest, j->rule, j->point_bytes, &(kw_tile_sink){0},
                                 &(kw_chunk_sink){take, j}));
        EXPECT_OK(kw_ingest_push(&ingest, j->file->bytes, NULL));
        EXPECT_OK(kw_ingest_end(&ingest, &got, NULL));
        kw_ingest_drop(&ingest);
        keep_least(&best, round, seconds_since(start_ns, kw_monotonic_ns()),
                   seconds_since(start_cpu_ns, kw_thread_cpu_ns()));
    }
    return best;
}

static double children_cpu_s(void)
{
    struct rusage used;
    KW_ASSERT(getrusage(RUSAGE_CHILDREN, &used) == 0);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* The same for casync, which compresses chunks and writes them; 0: it is not there. Each round has
 * a store of its own, so that each writes. */
static times measure_casync(const tempdir *dir, const char *file)
{
    process_result result = {0};
    const char *const look[] = {"sh", "-c", "command -v casync", NULL};
    process_run(&result, look, (kw_str){0});
    bool is_there = result.exit_code == 0;
    times best = {0};
    for (unsigned round = 0; is_there && round < ROUNDS; round++) {
        char store[300];
        char index[300];
        (void)snprintf(store, sizeof store, "--store=%s/%u.castr", dir->path, round);
        (void)snprintf(index, sizeof index, "%s/%u.caibx", dir->path, round);
        const char *const argv[] = {"casync", "make", store, index, file, NULL};
        uint64_t start_ns = kw_monotonic_ns();
        double start_cpu_s = children_cpu_s();
        process_expect(&result, 0, argv, (kw_str){0});
        keep_least(&best, round, seconds_since(start_ns, kw_monotonic_ns()),
                   children_cpu_s() - start_cpu_s);
    }
    process_result_drop(&result);
    return best;
}

static void print(const char *name, const job *j, times ours, times peer)
{
    printf("{\"bench\":\"params/%s/bytes=%d\",\"mb_per_s\":%.0f,\"mb_per_cpu_s\":%.0f,"
           "\"chunks\":%llu",
           name, FILE_BYTES, FILE_BYTES / ours.wall_s / 1e6, FILE_BYTES / ours.cpu_s / 1e6,
           (unsigned long long)j->chunks);
    if (peer.wall_s > 0) {
        printf(",\"casync_mb_per_s\":%.0f,\"ratio\":%.2f,\"cpu_ratio\":%.2f",
               FILE_BYTES / peer.wall_s / 1e6, peer.wall_s / ours.wall_s, peer.cpu_s / ours.cpu_s);
    }
    printf("}\n");
}

int main(void)
{
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    tempdir_path folder = tempdir_join(&dir, "blobs");
    kw_map file = {0};
    kw_blobs *blobs = NULL;
    make_file(path.text);
    EXPECT_OK(kw_map_open(&file, path.text, NULL));
    EXPECT_OK(kw_blobs_open_fs(&blobs, folder.text, NULL));
    times peer = measure_casync(&dir, path.text);

    job fixed = {.rule = KW_CUT_FIXED, .point_bytes = 64, .file = &file};
    print("index/fixed", &fixed, measure(&fixed, ROUNDS), peer);
    job content = {.rule = KW_CUT_CONTENT, .file = &file};
    print("index/content", &content, measure(&content, ROUNDS), peer);
    content.blobs = blobs;
    print("put/content", &content, measure(&content, 1), peer);
    print("put_again/content", &content, measure(&content, ROUNDS), peer);

    kw_blobs_free(blobs);
    kw_map_drop(&file);
    tempdir_remove(&dir);
    return 0;
}
