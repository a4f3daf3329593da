/* SPDX-License-Identifier: Apache-2.0
 * tuf/refresh/{cold,warm}/targets=N and tuf/seek/targets=N: processor time, bytes and requests of a
 * client of a repository with a root of 3-of-5 and N targets; of 100,000 they stand in 32 bins. */
#include "codec/hex.h"
#include "crypto/hash.h"
#include "support/expect.h"
#include "support/tuf_client.h"
#include "tuf/engine/match.h"

#include <stdio.h>
#include <time.h>

enum {
    ROUNDS = 40,
    BINS = 32,
    BITS = 5,
    BINNED_FROM = 10000,
    BIN_KEY = 7,
};

static tuf_repo repo;

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void add_target(const char *role, const char *path)
{
    kw_hash32 hash;
    char hex[2 * sizeof hash.bytes + 1] = {0};
    kw_buf *targets = &tuf_repo_role(&repo, role)->targets;
    kw_sha256(&hash, kw_span_of_str(kw_str_of(path)));
    kw_hex_encode_to(hex, KW_SPAN(hash.bytes));
    KW_ASSERT(kw_buf_append_format(targets,
                                   "%s\"%s\":{\"length\":1000,\"hashes\":{\"sha256\":\"%s\"}}",
                                   targets->len == 0 ? "" : ",", path, hex) == KW_OK);
}

/* The bin of a path, whose role it names. */
static void name_bin(char out[16], const char *path)
{
    kw_hash32 hash;
    kw_sha256(&hash, kw_span_of_str(kw_str_of(path)));
    (void)snprintf(out, 16, "bin-%02x", kw_tuf_bin_of(&hash, BITS));
}

static void make_bins(kw_buf *text)
{
    const char *c_text = NULL;
    char name[16];
    KW_ASSERT(kw_buf_append_str(text, KW_STR("\"keys\":{")) == KW_OK);
    tuf_write_key(text, BIN_KEY);
    KW_ASSERT(kw_buf_append_format(text,
                                   "},\"succinct_roles\":{\"keyids\":[\"%s\"],\"threshold\":1,"
                                   "\"bit_length\":%d,\"name_prefix\":\"bin\"}",
                                   tuf_keyid(BIN_KEY).text, BITS) == KW_OK);
    KW_ASSERT(kw_buf_c_text(text, &c_text) == KW_OK);
    repo.bins = c_text;
    for (unsigned bin = 0; bin < BINS; bin++) {
        (void)snprintf(name, sizeof name, "bin-%02x", bin);
        tuf_role *role = tuf_repo_add_role(&repo, name);
        role->signers[role->signers_count++] = BIN_KEY;
    }
}

static void make_repo(kw_buf *bins, unsigned count)
{
    char path[64];
    char bin[16];
    bool is_binned = count >= BINNED_FROM;
    tuf_repo_init(&repo);
    while (tuf_repo_keys(&repo, "root")->count < 5) {
        tuf_repo_add_key(&repo, "root");
    }
    tuf_repo_keys(&repo, "root")->threshold = 3;
    tuf_repo_publish(&repo, "root");
    if (is_binned) {
        make_bins(bins);
    }
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "params/family/1.0.0/file-%u", i);
        name_bin(bin, path);
        add_target(is_binned ? bin : "targets", path);
    }
    for (size_t i = 3; i < repo.roles_count; i++) {
        tuf_repo_publish(&repo, repo.roles[i].name);
    }
    tuf_repo_update_snapshot(&repo);
}

/* What all requests since the last report brought. */
static void report(const char *what, unsigned count, double since)
{
    size_t bytes = 0;
    for (size_t i = 0; i < repo.requests_count; i++) {
        const kw_buf *file = tuf_repo_peek(&repo, repo.requests[i]);
        bytes += file == NULL ? 0 : file->len;
    }
    (void)printf("{\"name\":\"tuf/%s/targets=%u\",\"ns\":%.0f,\"bytes\":%zu,\"requests\":%zu}\n",
                 what, count, (seconds() - since) * 1e9 / ROUNDS, bytes / ROUNDS,
                 repo.requests_count / ROUNDS);
    repo.requests_count = 0;
}

static void measure(unsigned count)
{
    tuf_client clients[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        tuf_client_init(&clients[i], &repo);
    }
    double begin = seconds();
    for (size_t i = 0; i < ROUNDS; i++) {
        EXPECT_OK(tuf_client_refresh(&clients[i]));
    }
    report("refresh/cold", count, begin);
    begin = seconds();
    for (size_t i = 0; i < ROUNDS; i++) {
        EXPECT_OK(tuf_client_refresh(&clients[i]));
    }
    report("refresh/warm", count, begin);
    begin = seconds();
    for (size_t i = 0; i < ROUNDS; i++) {
        EXPECT_OK(tuf_client_seek(&clients[i], "params/family/1.0.0/file-3"));
    }
    report("seek", count, begin);
    for (size_t i = 0; i < ROUNDS; i++) {
        tuf_client_drop(&clients[i]);
    }
}

int main(void)
{
    static const unsigned counts[] = {10, 1000, 100000};
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        KW_AUTO(kw_buf) bins = kw_buf_init(4096);
        make_repo(&bins, counts[i]);
        measure(counts[i]);
        tuf_repo_drop(&repo);
    }
    return 0;
}
