/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/drbg.h"

#include "base/heap.h"
#include "os/fault.h"
#include "support/expect.h"
#include "support/seeded_rng.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum fake_kind {
    FAKE_GOOD,
    FAKE_STUCK,
    FAKE_BIASED,      /* three samples of four are the same */
    FAKE_ALTERNATING, /* 0 1 0 1 ... */
    FAKE_SLOWLY,      /* good at first, then ever more of one value */
    FAKE_ABSENT,      /* gives nothing */
} fake_kind;

/* A noise source that does as it is told. */
typedef struct fake {
    seeded_rng rng;
    fake_kind kind;
    uint64_t samples;
} fake;

/* Chance, in 256ths, that a sample is replaced by one fixed value. */
static unsigned badness(const fake *source)
{
    switch (source->kind) {
    case FAKE_GOOD:
    case FAKE_ABSENT:
    case FAKE_ALTERNATING:
        return 0;
    case FAKE_STUCK:
        return 256;
    case FAKE_BIASED:
        return 192;
    case FAKE_SLOWLY:
        return (unsigned)KW_MIN(source->samples / 256, 256U);
    }
    return 0;
}

static kw_status sample_fake(void *ctx, kw_mspan out)
{
    fake *source = ctx;
    if (source->kind == FAKE_ABSENT) {
        return KW_UNAVAILABLE;
    }
    kw_rng rng = seeded_rng_port(&source->rng);
    for (size_t i = 0; i < out.len; i++) {
        uint8_t drawn[2];
        KW_TRY(kw_rng_fill(&rng, KW_MSPAN(drawn)));
        out.ptr[i] = drawn[1] < badness(source) || badness(source) == 256 ? 0 : drawn[0];
        if (source->kind == FAKE_ALTERNATING) {
            out.ptr[i] = (uint8_t)(source->samples & 1);
        }
        source->samples++;
    }
    return KW_OK;
}

/* A generator over three sources on a clock that stands. */
typedef struct fixture {
    fake fakes[3];
    kw_entropy_source sources[3];
    kw_clock_manual clock;
    kw_drbg *drbg;
} fixture;

static int set_up(void **state)
{
    fixture *f = kw_heap_new(1, sizeof *f);
    assert_non_null(f);
    for (size_t i = 0; i < KW_COUNT(f->fakes); i++) {
        f->fakes[i].rng.seed = i + 1;
        f->sources[i] = (kw_entropy_source){"fake", sample_fake, &f->fakes[i], {.half_bits = 16}};
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_drbg_free(f->drbg);
    kw_heap_free(f);
    return 0;
}

static kw_status start(fixture *f, size_t count)
{
    const kw_drbg_options options = {
        .sources = f->sources, .count = count, .clock = kw_clock_of_manual(&f->clock)};
    return kw_drbg_new(&f->drbg, &options, NULL);
}

static kw_status draw(fixture *f, kw_hash32 *out)
{
    kw_rng rng = kw_drbg_rng(f->drbg);
    return kw_rng_fill(&rng, KW_MSPAN(out->bytes));
}

static kw_drbg_report report_of(fixture *f)
{
    kw_drbg_report report;
    kw_drbg_report_get(f->drbg, &report);
    return report;
}

static void new__tests_1024_samples_of_each_source(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 3));
    kw_drbg_report report = report_of(f);
    assert_true(report.is_healthy);
    assert_int_equal(report.count, 3);
    assert_int_equal(report.reseeds, 1);
    for (size_t i = 0; i < report.count; i++) {
        assert_true(report.sources[i].is_live);
        assert_int_equal(report.sources[i].samples, KW_DRBG_STARTUP_SAMPLES);
        assert_int_equal(report.sources[i].failures, 0);
        assert_string_equal(report.sources[i].name, "fake");
    }
}

static void fill__gives_other_bytes_each_time(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 3));
    kw_hash32 first;
    kw_hash32 second;
    EXPECT_OK(draw(f, &first));
    EXPECT_OK(draw(f, &second));
    assert_memory_not_equal(first.bytes, second.bytes, sizeof first.bytes);
    static uint8_t large[200000]; /* several requests of SP 800-90A */
    kw_rng rng = kw_drbg_rng(f->drbg);
    EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(large)));
    assert_memory_not_equal(large, large + 65536, 65536);
    EXPECT_OK(kw_rng_fill(&rng, (kw_mspan){0}));
}

/* Each source alone changes the output: none is left out of the mixture. */
static void new__depends_on_every_source(void **state)
{
    fixture *f = *state;
    kw_hash32 outputs[4];
    for (size_t i = 0; i < KW_COUNT(outputs); i++) {
        for (size_t n = 0; n < KW_COUNT(f->fakes); n++) {
            f->fakes[n].rng = (seeded_rng){.seed = n + 1 + (n == i ? 100 : 0)};
        }
        EXPECT_OK(start(f, 3));
        EXPECT_OK(draw(f, &outputs[i]));
        kw_drbg_free(f->drbg);
        f->drbg = NULL;
    }
    for (size_t i = 1; i < KW_COUNT(outputs); i++) {
        for (size_t n = 0; n < i; n++) {
            assert_memory_not_equal(outputs[i].bytes, outputs[n].bytes, sizeof(kw_hash32));
        }
    }
}

static void new__goes_on_without_an_absent_source_but_not_without_two(void **state)
{
    fixture *f = *state;
    f->fakes[1].kind = FAKE_ABSENT;
    EXPECT_OK(start(f, 3));
    assert_false(report_of(f).sources[1].is_live);
    assert_true(report_of(f).is_healthy);
    kw_drbg_free(f->drbg);
    f->drbg = NULL;
    f->fakes[2].kind = FAKE_ABSENT;
    EXPECT_STATUS(start(f, 3), KW_ENTROPY_FAILURE);
    EXPECT_STATUS(start(f, 1), KW_ENTROPY_FAILURE);
    assert_null(f->drbg);
}

static void new__refuses_a_bad_source_even_beside_good_ones(void **state)
{
    fixture *f = *state;
    static const fake_kind bad[] = {FAKE_STUCK, FAKE_BIASED, FAKE_ALTERNATING};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        f->fakes[2].kind = bad[i];
        EXPECT_STATUS(start(f, 3), KW_ENTROPY_FAILURE);
        assert_null(f->drbg);
    }
}

/* Reseeds until the slowly failing source is found; every request after it is refused. */
static void fill__stops_for_good_when_a_source_fails(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 3));
    f->fakes[0].kind = FAKE_SLOWLY;
    f->fakes[0].samples = 0;
    kw_hash32 out;
    kw_status st = KW_OK;
    for (int i = 0; i < 5000 && st == KW_OK; i++) {
        kw_clock_manual_advance(&f->clock, KW_DRBG_SEED_LIFE_MS);
        st = draw(f, &out);
    }
    EXPECT_STATUS(st, KW_ENTROPY_FAILURE);
    static const kw_hash32 zeros;
    assert_memory_equal(out.bytes, zeros.bytes, sizeof zeros);
    assert_true(f->fakes[0].samples < 256 * 128); /* found before it is half bad */
    f->fakes[0].kind = FAKE_GOOD;                 /* recovery alone is not enough */
    EXPECT_STATUS(draw(f, &out), KW_ENTROPY_FAILURE);
    EXPECT_STATUS(kw_drbg_test(f->drbg, NULL), KW_ENTROPY_FAILURE);
    kw_drbg_report report = report_of(f);
    assert_false(report.is_healthy);
    assert_false(report.sources[0].is_live);
    assert_int_equal(report.sources[0].failures, 1);
}

static void clear__starts_again_only_when_the_tests_pass(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 2));
    f->fakes[0].kind = FAKE_STUCK;
    EXPECT_STATUS(kw_drbg_test(f->drbg, NULL), KW_ENTROPY_FAILURE);
    EXPECT_STATUS(kw_drbg_clear(f->drbg, NULL), KW_ENTROPY_FAILURE);
    kw_hash32 out;
    EXPECT_STATUS(draw(f, &out), KW_ENTROPY_FAILURE);
    f->fakes[0].kind = FAKE_GOOD;
    EXPECT_OK(kw_drbg_clear(f->drbg, NULL));
    EXPECT_OK(draw(f, &out));
    assert_true(report_of(f).is_healthy);
}

static void fill__reseeds_after_60_seconds(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 2));
    kw_hash32 out;
    kw_clock_manual_advance(&f->clock, KW_DRBG_SEED_LIFE_MS - 1);
    EXPECT_OK(draw(f, &out));
    assert_int_equal(report_of(f).reseeds, 1);
    kw_clock_manual_advance(&f->clock, 1);
    EXPECT_OK(draw(f, &out));
    assert_int_equal(report_of(f).reseeds, 2);
    EXPECT_OK(draw(f, &out));
    assert_int_equal(report_of(f).reseeds, 2);
}

static void fill__reseeds_after_65536_requests(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 2));
    kw_rng rng = kw_drbg_rng(f->drbg);
    uint8_t byte[1];
    for (uint32_t i = 0; i < KW_DRBG_REQUESTS_PER_SEED; i++) {
        EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(byte)));
    }
    assert_int_equal(report_of(f).reseeds, 1);
    EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(byte)));
    assert_int_equal(report_of(f).reseeds, 2);
}

/* The child's sources replay those of the parent, so the outputs differ only because one of the
 * two has reseeded and the other has not. */
static void fill__reseeds_in_a_forked_process(void **state)
{
    fixture *f = *state;
    EXPECT_OK(start(f, 2));
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    kw_hash32 out = {{0}};
    if (child == 0) {
        kw_status st = draw(f, &out);
        ssize_t written = write(ends[1], out.bytes, sizeof out.bytes);
        _exit(st == KW_OK && written == (ssize_t)sizeof out.bytes ? 0 : 1);
    }
    kw_hash32 of_child;
    assert_int_equal(read(ends[0], of_child.bytes, sizeof of_child.bytes), sizeof of_child.bytes);
    int verdict = -1;
    assert_int_equal(waitpid(child, &verdict, 0), child);
    assert_int_equal(verdict, 0);
    EXPECT_OK(draw(f, &out));
    assert_memory_not_equal(out.bytes, of_child.bytes, sizeof out.bytes);
    assert_int_equal(report_of(f).reseeds, 1); /* the parent had no reason to */
    assert_int_equal(close(ends[0]) | close(ends[1]), 0);
}

static void new__survives_every_failing_allocation(void **state)
{
    fixture *f = *state;
    kw_heap_fail_at(1);
    EXPECT_STATUS(start(f, 2), KW_NO_MEMORY);
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    for (uint64_t nth = 1; nth <= 2; nth++) { /* fork mark, guarded memory */
        kw_os_fail_at(&faults, KW_OS_ALLOCATE, nth);
        EXPECT_STATUS(start(f, 2), KW_NO_MEMORY);
    }
    kw_os_faults_use(NULL);
    EXPECT_OK(start(f, 2));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(new__tests_1024_samples_of_each_source),
        CASE(fill__gives_other_bytes_each_time),
        CASE(new__depends_on_every_source),
        CASE(new__goes_on_without_an_absent_source_but_not_without_two),
        CASE(new__refuses_a_bad_source_even_beside_good_ones),
        CASE(fill__stops_for_good_when_a_source_fails),
        CASE(clear__starts_again_only_when_the_tests_pass),
        CASE(fill__reseeds_after_60_seconds),
        CASE(fill__reseeds_after_65536_requests),
        CASE(fill__reseeds_in_a_forked_process),
        CASE(new__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("crypto/drbg", tests, NULL, NULL);
}
