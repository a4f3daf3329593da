/* SPDX-License-Identifier: Apache-2.0
 * Two implementations of both curves that share no code, kw-curve and @noble/curves, answer the
 * same random requests alike, with each back-end. KW_TEST_SEED replays a run. */
#include "base/cpu.h"
#include "support/expect.h"
#include "support/oracle.h"
#include "support/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ORACLE KW_SOURCE_DIR "/tests/oracle/"

enum {
    REQUESTS_COUNT = 10000,
    CHUNK_COUNT = 2500, /* requests of one process: far below its time limit */
    SHOWN_MAX = 10,
};

/* Of this run, unless KW_TEST_SEED says which. */
static uint64_t choose_seed(void)
{
    const char *given = getenv("KW_TEST_SEED");
    return given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
}

/* Lines that differ. */
static size_t count_differences(kw_str requests, kw_str ours, kw_str theirs)
{
    size_t different = 0;
    kw_str request = {0};
    kw_str our = {0};
    kw_str their = {0};
    while (kw_str_split(requests, '\n', &request, &requests)) {
        bool has_both = kw_str_split(ours, '\n', &our, &ours);
        has_both = kw_str_split(theirs, '\n', &their, &theirs) && has_both;
        if (has_both && kw_str_equal(our, their)) {
            continue;
        }
        if (different++ < SHOWN_MAX) {
            print_error("%.*s\nkw-curve: %.*s\nnoble:    %.*s\n", KW_STR_ARG(request),
                        KW_STR_ARG(our), KW_STR_ARG(their));
        }
    }
    assert_int_equal(ours.len, 0);
    assert_int_equal(theirs.len, 0);
    return different;
}

/* Asks all three the same, or two where the processor has one back-end; the number of answers that
 * differ. */
static size_t compare(kw_str requests)
{
    static const char *const backends[] = {"KW_CURVE_BACKEND=c", "KW_CURVE_BACKEND=adx"};
    size_t backends_count = kw_cpu_now()->has_bmi2_adx ? 2 : 1;
    process_result theirs = {0};
    const char *const oracle[] = {"node", ORACLE "curve_oracle.mjs", NULL};
    process_expect(&theirs, 0, oracle, requests);
    size_t different = 0;
    for (size_t i = 0; i < backends_count; i++) {
        process_result ours = {0};
        const char *const program[] = {"env", backends[i], KW_BIN_DIR "/kw-curve", NULL};
        process_expect(&ours, 0, program, requests);
        size_t count =
            count_differences(requests, kw_buf_text(&ours.out), kw_buf_text(&theirs.out));
        if (count > 0) {
            print_error("%s: %zu answers differ\n", backends[i], count);
        }
        different += count;
        process_result_drop(&ours);
    }
    process_result_drop(&theirs);
    return different;
}

static void curves__agree_with_noble_on_random_requests(void **state)
{
    (void)state;
    if (!oracle_is_there()) {
        skip();
    }
    uint64_t seed = choose_seed();
    print_message("KW_TEST_SEED=%llu\n", (unsigned long long)seed);
    size_t different = 0;
    for (size_t done = 0; done < REQUESTS_COUNT; done += CHUNK_COUNT) {
        char chunk_seed[64];
        char count[24];
        (void)snprintf(chunk_seed, sizeof chunk_seed, "%llu.%zu", (unsigned long long)seed, done);
        (void)snprintf(count, sizeof count, "%d", CHUNK_COUNT);
        process_result requests = {0};
        const char *const argv[] = {"node", ORACLE "curve_random.mjs", chunk_seed, count, NULL};
        process_expect(&requests, 0, argv, (kw_str){0});
        different += compare(kw_buf_text(&requests.out));
        process_result_drop(&requests);
    }
    assert_int_equal(different, 0);
}

/* What libFuzzer keeps: the seeds, and what it found in this tree. */
static void decoders__agree_with_noble_on_inputs_of_the_fuzzer(void **state)
{
    (void)state;
    if (!oracle_is_there()) {
        skip();
    }
    process_result requests = {0};
    const char *const argv[] = {"node", ORACLE "curve_corpus.mjs", KW_SOURCE_DIR "/fuzz/corpus",
                                KW_SOURCE_DIR "/build/fuzz/corpus", NULL};
    process_expect(&requests, 0, argv, (kw_str){0});
    assert_in_range(requests.out.len, 1000, SIZE_MAX);
    assert_int_equal(compare(kw_buf_text(&requests.out)), 0);
    process_result_drop(&requests);
}

/* The committed vectors and seeds are what their generator writes. */
static void vectors__are_those_of_the_generator(void **state)
{
    (void)state;
    if (!oracle_is_there()) {
        skip();
    }
    static const char *const curves[] = {"bls12-381", "bn254"};
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        process_result result = {0};
        const char *const argv[] = {"node", KW_SOURCE_DIR "/tools/curve_vectors.mjs", "--check",
                                    curves[i], NULL};
        process_expect(&result, 0, argv, (kw_str){0});
        process_result_drop(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves__agree_with_noble_on_random_requests),
        cmocka_unit_test(decoders__agree_with_noble_on_inputs_of_the_fuzzer),
        cmocka_unit_test(vectors__are_those_of_the_generator),
    };
    return cmocka_run_group_tests_name("interop/curve_noble", tests, NULL, NULL);
}
