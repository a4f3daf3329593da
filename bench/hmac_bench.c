/* SPDX-License-Identifier: Apache-2.0
 * Tags per processor second of one key over short messages (mean 58 bytes, as EMTP has them), each
 * back-end beside OpenSSL's one-shot HMAC in the same run. Prints JSON lines; `ratio` is to
 * that peer. */
#include "base/heap.h"
#include "crypto/hmac.h"
#include "os/clock.h"

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum {
    MESSAGES = 4096,
    SHORTEST = 32,
    LONGEST = 84,   /* lengths 32..84 in turn: mean 58 */
    ROUND_MS = 150, /* of each round; the best of ROUNDS counts, as others use the machine too */
    ROUNDS = 5,
    NS_PER_MS = 1000000,
};

typedef struct workload {
    kw_span messages[MESSAGES];
    kw_hash32 tags[MESSAGES];
    uint8_t bytes[MESSAGES][LONGEST];
    kw_hmac_key key;
    uint8_t raw_key[32];
} workload;

static void fill(workload *w)
{
    uint32_t x = 12345;
    for (size_t i = 0; i < MESSAGES; i++) {
        for (size_t n = 0; n < LONGEST; n++) {
            x = x * 1664525 + 1013904223;
            w->bytes[i][n] = (uint8_t)(x >> 24);
        }
        w->messages[i] = (kw_span){w->bytes[i], SHORTEST + i % (LONGEST - SHORTEST + 1)};
    }
    KW_AUTO(kw_secret32) key = {0};
    kw_hmac_key_init(&w->key, &key);
}

static void run_openssl_one_shot(workload *w)
{
    for (size_t i = 0; i < MESSAGES; i++) {
        unsigned len = 0;
        if (HMAC(EVP_sha256(), w->raw_key, sizeof w->raw_key, w->messages[i].ptr,
                 w->messages[i].len, w->tags[i].bytes, &len) == NULL) {
            kw_assert_failed("HMAC", __FILE__, __LINE__);
        }
    }
}

static void run_ours(workload *w)
{
    kw_hmac_key_tag_many(&w->key, w->tags, w->messages, MESSAGES);
}

/* Tags per second of processor time, best of the rounds. */
static double measure(workload *w, void (*run)(workload *w))
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = kw_thread_cpu_ns();
        uint64_t elapsed = 0;
        uint64_t tags = 0;
        while (elapsed < (uint64_t)ROUND_MS * NS_PER_MS) {
            run(w);
            tags += MESSAGES;
            elapsed = kw_thread_cpu_ns() - start;
        }
        best = KW_MAX(best, (double)tags * 1e9 / (double)elapsed);
    }
    return best;
}

int main(void)
{
    static const char *const names[] = {"openssl-midstate", "shani", "avx2", "avx512"};
    workload *w = kw_heap_new(1, sizeof *w);
    if (w == NULL) {
        return 1;
    }
    fill(w);
    kw_hmac_backend fastest = w->key.backend;
    double peer = measure(w, run_openssl_one_shot);
    printf("{\"bench\":\"hmac/one-shot/peer=openssl,mean=58\",\"tags_per_cpu_s\":%.0f}\n", peer);
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        if (!kw_hmac_backend_is_supported((kw_hmac_backend)i)) {
            continue;
        }
        w->key.backend = (kw_hmac_backend)i;
        double rate = measure(w, run_ours);
        printf("{\"bench\":\"hmac/batch/backend=%s,mean=58\",\"tags_per_cpu_s\":%.0f,"
               "\"ratio\":%.2f,\"is_default\":%s}\n",
               names[i], rate, rate / peer, i == fastest ? "true" : "false");
    }
    kw_heap_free(w);
    return 0;
}
