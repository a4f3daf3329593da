/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/engine/bucket.h"

#include "base/error.h"
#include "base/heap.h"

#include "support/expect.h"

#include <pthread.h>

/* The defaults of hardening.md section 4. */
static const kw_bucket_rate rates[KW_BUCKET_CLASSES_COUNT] = {
    [KW_BUCKET_PREAUTH] = {.per_1000_s = 50000, .burst = 100},
    [KW_BUCKET_READ] = {.per_1000_s = 200000, .burst = 400},
    [KW_BUCKET_CRYPTO] = {.per_1000_s = 50000, .burst = 100},
    [KW_BUCKET_ADMIN] = {.per_1000_s = 5000, .burst = 20},
    [KW_BUCKET_HEAVY] = {.per_1000_s = 200, .burst = 3},
};

static const kw_bucket_seed seed = {{0x1234, 0x5678}};
static const kw_unix_ms start_ms = 1700000000000;

static kw_buckets *buckets_of_defaults(void)
{
    kw_buckets *buckets = kw_buckets_new(rates, seed);
    assert_non_null(buckets);
    return buckets;
}

/* How many of the tries, one each millisecond from `from_ms` on, are let through. */
static unsigned count_allowed(kw_buckets *buckets, kw_bucket_class bucket_class, kw_str key,
                              kw_unix_ms from_ms, unsigned tries)
{
    unsigned allowed = 0;
    for (unsigned i = 0; i < tries; i++) {
        kw_bucket_verdict verdict =
            kw_buckets_take(buckets, bucket_class, kw_span_of_str(key), 1, from_ms + i);
        allowed += verdict.is_allowed ? 1 : 0;
        assert_int_equal(verdict.retry_after_s == 0, verdict.is_allowed);
    }
    return allowed;
}

static void buckets_take__gives_exactly_burst_and_rate(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    /* 100 s: the moments 0..99,999 ms see burst + floor(99.999 s * rate) tokens. */
    static const struct {
        kw_bucket_class bucket_class;
        unsigned wanted;
    } cases[] = {{KW_BUCKET_PREAUTH, 100 + 4999},
                 {KW_BUCKET_READ, 400 + 19999},
                 {KW_BUCKET_CRYPTO, 100 + 4999},
                 {KW_BUCKET_ADMIN, 20 + 499},
                 {KW_BUCKET_HEAVY, 3 + 19}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        unsigned allowed =
            count_allowed(buckets, cases[i].bucket_class, KW_STR("steady"), start_ms, 100000);
        assert_int_equal(allowed, cases[i].wanted);
    }
}

static void buckets_take__rounds_the_wait_up_to_seconds(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    kw_span key = kw_span_of_str(KW_STR("k"));
    kw_bucket_verdict verdict = kw_buckets_take(buckets, KW_BUCKET_HEAVY, key, 3, start_ms);
    assert_true(verdict.is_allowed);
    assert_int_equal(verdict.remaining, 0);
    static const struct {
        kw_unix_ms after_ms;
        uint32_t wait_s;
    } cases[] = {{0, 5}, {1, 5}, {20, 5}, {1000, 4}, {1001, 4}, {4000, 1}, {4999, 1}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        verdict = kw_buckets_take(buckets, KW_BUCKET_HEAVY, key, 1, start_ms + cases[i].after_ms);
        assert_false(verdict.is_allowed);
        assert_int_equal(verdict.retry_after_s, cases[i].wait_s);
    }
    verdict = kw_buckets_take(buckets, KW_BUCKET_HEAVY, key, 1, start_ms + 5000);
    assert_true(verdict.is_allowed);
}

static void buckets_take__never_allows_more_than_the_burst_at_once(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    kw_span key = kw_span_of_str(KW_STR("k"));
    kw_bucket_verdict verdict = kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 21, start_ms);
    assert_false(verdict.is_allowed);
    assert_int_equal(verdict.remaining, 20);
    assert_true(kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 20, start_ms).is_allowed);
    /* A year of rest fills it to the burst, not above. */
    kw_unix_ms later = start_ms + (kw_unix_ms)365 * 86400 * 1000;
    assert_int_equal(count_allowed(buckets, KW_BUCKET_ADMIN, KW_STR("k"), later, 50), 20);
}

static void buckets_take__survives_a_clock_that_steps_back(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    kw_span key = kw_span_of_str(KW_STR("k"));
    assert_true(kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 20, start_ms).is_allowed);
    assert_false(kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 1, start_ms - 60000).is_allowed);
    assert_false(kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 1, start_ms + 199).is_allowed);
    assert_true(kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 1, start_ms + 200).is_allowed);
}

static void buckets_take__keeps_parts_of_tokens_for_odd_rates(void **state)
{
    (void)state;
    kw_bucket_rate odd[KW_BUCKET_CLASSES_COUNT];
    for (size_t i = 0; i < KW_BUCKET_CLASSES_COUNT; i++) {
        odd[i] = (kw_bucket_rate){.per_1000_s = 7333, .burst = 10};
    }
    KW_AUTO_PTR(kw_buckets) buckets = kw_buckets_new(odd, seed);
    assert_non_null(buckets);
    /* 7.333 a second for 1,000 s and the burst; at most 1/256 is lost for each. */
    unsigned allowed = count_allowed(buckets, KW_BUCKET_READ, KW_STR("k"), start_ms, 1000000);
    assert_in_range(allowed, 7342 - 7342 / 256, 7342);
}

static void buckets_take__separates_keys_and_classes(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    assert_int_equal(count_allowed(buckets, KW_BUCKET_ADMIN, KW_STR("a"), start_ms, 30), 20);
    assert_int_equal(count_allowed(buckets, KW_BUCKET_ADMIN, KW_STR("b"), start_ms, 30), 20);
    assert_int_equal(count_allowed(buckets, KW_BUCKET_HEAVY, KW_STR("a"), start_ms, 30), 3);
}

static void buckets_give__returns_up_to_a_full_bucket(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    kw_span key = kw_span_of_str(KW_STR("k"));
    assert_true(kw_buckets_take(buckets, KW_BUCKET_HEAVY, key, 3, start_ms).is_allowed);
    kw_buckets_give(buckets, KW_BUCKET_HEAVY, key, 1, start_ms);
    assert_true(kw_buckets_take(buckets, KW_BUCKET_HEAVY, key, 1, start_ms).is_allowed);
    assert_false(kw_buckets_take(buckets, KW_BUCKET_HEAVY, key, 1, start_ms).is_allowed);
    kw_buckets_give(buckets, KW_BUCKET_HEAVY, key, 1000, start_ms);
    assert_int_equal(count_allowed(buckets, KW_BUCKET_HEAVY, KW_STR("k"), start_ms, 10), 3);
}

static void buckets_charge__takes_what_is_there(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    kw_span key = kw_span_of_str(KW_STR("k"));
    kw_buckets_charge(buckets, KW_BUCKET_ADMIN, key, 10, start_ms);
    assert_int_equal(count_allowed(buckets, KW_BUCKET_ADMIN, KW_STR("k"), start_ms, 11), 10);
    kw_buckets_charge(buckets, KW_BUCKET_ADMIN, key, 10, start_ms);
    kw_bucket_verdict verdict = kw_buckets_take(buckets, KW_BUCKET_ADMIN, key, 1, start_ms);
    assert_false(verdict.is_allowed);
    assert_int_equal(verdict.retry_after_s, 1);
}

/* A caller at twice his rate while strangers send a million other keys of the same class. */
static void buckets__keep_a_steady_callers_verdicts_under_spoofing(void **state)
{
    (void)state;
    enum {
        SECONDS = 100,
        TRIES_PER_S = 100,
        SPOOFED_PER_TRY = 100
    };
    unsigned allowed[2] = {0};
    for (int is_attacked = 0; is_attacked < 2; is_attacked++) {
        KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
        uint64_t stranger = 0;
        for (unsigned i = 0; i < SECONDS * TRIES_PER_S; i++) {
            kw_unix_ms now = start_ms + (kw_unix_ms)i * 1000 / TRIES_PER_S;
            for (unsigned k = 0; is_attacked == 1 && k < SPOOFED_PER_TRY; k++) {
                stranger++;
                kw_span key = {(const uint8_t *)&stranger, sizeof stranger};
                (void)kw_buckets_take(buckets, KW_BUCKET_PREAUTH, key, 1, now);
            }
            kw_span key = kw_span_of_str(KW_STR("steady"));
            allowed[is_attacked] +=
                kw_buckets_take(buckets, KW_BUCKET_PREAUTH, key, 1, now).is_allowed ? 1 : 0;
        }
        assert_int_equal(stranger, is_attacked == 1 ? 1000000 : 0);
    }
    assert_int_equal(allowed[0], 100 + 4999);
    assert_in_range(allowed[1], allowed[0], allowed[0] + allowed[0] / 100);
}

typedef struct racer {
    kw_buckets *buckets;
    unsigned allowed;
} racer;

static void *race(void *data)
{
    racer *r = data;
    r->allowed = count_allowed(r->buckets, KW_BUCKET_READ, KW_STR("shared"), start_ms, 300);
    return NULL;
}

/* All tries fall in the same 300 ms: 400 + 59 tokens for 4 x 300 tries. Threads are at different
 * moments of virtual time, which only delays refills. */
static void buckets__count_exactly_between_threads(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_buckets) buckets = buckets_of_defaults();
    racer racers[4];
    pthread_t threads[KW_COUNT(racers)];
    for (size_t i = 0; i < KW_COUNT(racers); i++) {
        racers[i] = (racer){.buckets = buckets};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    unsigned allowed = 0;
    for (size_t i = 0; i < KW_COUNT(racers); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        allowed += racers[i].allowed;
    }
    assert_in_range(allowed, 400, 400 + 59);
}

static void buckets_new__reports_missing_memory(void **state)
{
    (void)state;
    kw_heap_fail_at(1);
    assert_null(kw_buckets_new(rates, seed));
    kw_heap_fail_at(0);
    kw_buckets_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_take__gives_exactly_burst_and_rate),
        cmocka_unit_test(buckets_take__rounds_the_wait_up_to_seconds),
        cmocka_unit_test(buckets_take__never_allows_more_than_the_burst_at_once),
        cmocka_unit_test(buckets_take__survives_a_clock_that_steps_back),
        cmocka_unit_test(buckets_take__keeps_parts_of_tokens_for_odd_rates),
        cmocka_unit_test(buckets_take__separates_keys_and_classes),
        cmocka_unit_test(buckets_give__returns_up_to_a_full_bucket),
        cmocka_unit_test(buckets_charge__takes_what_is_there),
        cmocka_unit_test(buckets__keep_a_steady_callers_verdicts_under_spoofing),
        cmocka_unit_test(buckets__count_exactly_between_threads),
        cmocka_unit_test(buckets_new__reports_missing_memory),
    };
    return cmocka_run_group_tests_name("guard/engine/bucket", tests, NULL, NULL);
}
