/* SPDX-License-Identifier: Apache-2.0
 * Does the time of what takes a secret depend on it? Two classes of secrets, one fixed and random
 * ones, in random order, and Welch's t of their times. A report, not a gate: `make ct` decides. */
#include "base/cpu.h"
#include "crypto/h2c_hashes.h"
#include "curve/bls_pair.h"
#include "curve/bls_sign.h"
#include "curve/bls_wire.h"
#include "curve/bn_wire.h"
#include "os/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    INPUTS = 256, /* of each class */
    COEFFICIENTS = 5,
    SAMPLES_MIN = 300,
    SAMPLES_MAX = 20000,
    SAMPLE_NS = 10000,    /* a sample repeats its operation for about so long, against the clock */
    ROW_NS = 400000000,   /* a row takes samples for about so long */
    KEPT_PERCENT = 90,    /* the slowest tell of interrupts */
    ALIKE_BELOW_TENS = 45 /* |t| < 4.5: Reparaz, Balasch, Verbauwhede, ePrint 2016/1123 */
};

typedef enum class {
    FIXED,
    RANDOM,
    CLASSES_COUNT
} class;

typedef struct input {
    uint8_t bytes[32]; /* of the first scalar */
    kw_bls_fr shown;   /* the same */
    kw_bls_secret bls[COEFFICIENTS];
    kw_bls_secret_g1 point;
    kw_bn_secret bn[COEFFICIENTS];
} input;

static struct {
    input inputs[CLASSES_COUNT][INPUTS];
    input now; /* where every operation reads: the same addresses for both classes */
    kw_bls_g1 bls_g1;
    kw_bls_g2 bls_g2;
    kw_bn_g1 bn_g1;
    kw_bn_g2 bn_g2;
    union { /* results, which nobody reads */
        kw_bls_g1 bls_g1;
        kw_bls_g2 bls_g2;
        kw_bls_gt bls_gt;
        kw_bls_secret bls;
        kw_bn_g1 bn_g1;
        kw_bn_g2 bn_g2;
        kw_bn_secret bn;
    } out;
    uint64_t random;
} w = {.random = 1};

static const kw_bls_suite suite = {&kw_h2c_sha256, {(const uint8_t *)"KEYWARD-BENCH", 13}};

static void must(kw_status st)
{
    if (st != KW_OK) {
        fprintf(stderr, "curve_timing_bench: %s\n", kw_status_name(st));
        exit(1);
    }
}

/* ---- operations, all on w.now ---- */
#define ROW(name) static void run_##name(void)

#define ROWS_OF(curve)                                                             \
    ROW(curve##_g1_mul)                                                            \
    {                                                                              \
        kw_##curve##_g1_mul_secret(&w.out.curve##_g1, &w.curve##_g1, w.now.curve); \
    }                                                                              \
    ROW(curve##_g2_mul)                                                            \
    {                                                                              \
        kw_##curve##_g2_mul_secret(&w.out.curve##_g2, &w.curve##_g2, w.now.curve); \
    }                                                                              \
    ROW(curve##_g1_base)                                                           \
    {                                                                              \
        kw_##curve##_g1_base_secret(&w.out.curve##_g1, w.now.curve);               \
    }                                                                              \
    ROW(curve##_g2_base)                                                           \
    {                                                                              \
        kw_##curve##_g2_base_secret(&w.out.curve##_g2, w.now.curve);               \
    }                                                                              \
    ROW(curve##_decode)                                                            \
    {                                                                              \
        must(kw_##curve##_secret_decode(&w.out.curve, KW_SPAN(w.now.bytes)));      \
    }                                                                              \
    ROW(curve##_inv)                                                               \
    {                                                                              \
        kw_##curve##_secret_inv(&w.out.curve, w.now.curve);                        \
    }                                                                              \
    ROW(curve##_poly_eval)                                                         \
    {                                                                              \
        must(kw_##curve##_poly_eval(&w.out.curve, w.now.curve, COEFFICIENTS, 3));  \
    }

ROWS_OF(bls)
ROWS_OF(bn)

ROW(bls_sign)
{
    must(kw_bls_min_pk_sign(&w.out.bls_g2, w.now.bls, kw_span_of_str(KW_STR("message")), &suite));
}

ROW(bls_pairing)
{
    kw_bls_pairing_secret(&w.out.bls_gt, &w.now.point, &w.bls_g2);
}

/* Variable time, so that a report without a difference says something. */
ROW(bls_g1_mul_var)
{
    kw_bls_g1_mul_var(&w.out.bls_g1, &w.bls_g1, &w.now.shown);
}

typedef struct row {
    const char *name;
    void (*run)(void);
} row;

#define ROWS(name, curve)                                     \
    {name "/g1.mul.ct/timing", run_##curve##_g1_mul},         \
        {name "/g2.mul.ct/timing", run_##curve##_g2_mul},     \
        {name "/g1.base.ct/timing", run_##curve##_g1_base},   \
        {name "/g2.base.ct/timing", run_##curve##_g2_base},   \
        {name "/secret.decode/timing", run_##curve##_decode}, \
        {name "/secret.inv/timing", run_##curve##_inv},       \
    {                                                         \
        name "/poly.eval/timing", run_##curve##_poly_eval     \
    }

static const row rows[] = {
    ROWS("bls12-381", bls),
    {"bls12-381/sign.min_pk/timing", run_bls_sign},
    {"bls12-381/pairing.secret/timing", run_bls_pairing},
    {"bls12-381/g1.mul.var/timing", run_bls_g1_mul_var},
    ROWS("bn254", bn),
};

/* ---- inputs ---- */
static uint64_t draw(void)
{
    w.random = w.random * 6364136223846793005 + 1442695040888963407;
    return w.random >> 33;
}

static void fill(input *in, class kind)
{
    for (size_t i = 0; i < COEFFICIENTS; i++) {
        uint8_t wide[48] = {[47] = 1}; /* one: almost all digits are zero */
        kw_bls_fr a;
        kw_bn_fr b;
        for (size_t j = 0; j < sizeof wide && kind == RANDOM; j++) {
            wide[j] = (uint8_t)draw();
        }
        must(kw_bls_fr_from_wide(&a, KW_SPAN(wide)));
        must(kw_bn_fr_from_wide(&b, KW_SPAN(wide)));
        kw_bls_secret_of_fr(&in->bls[i], &a);
        kw_bn_secret_of_fr(&in->bn[i], &b);
        in->shown = i == 0 ? a : in->shown;
    }
    kw_bn_secret_bytes bytes; /* below both orders */
    kw_bn_secret_encode(&bytes, &in->bn[0]);
    memcpy(in->bytes, bytes.secret, sizeof in->bytes);
    kw_bls_g1_base_secret(&in->point.secret, &in->bls[0]);
}

static void prepare(void)
{
    for (size_t i = 0; i < INPUTS; i++) {
        fill(&w.inputs[FIXED][i], FIXED);
        fill(&w.inputs[RANDOM][i], RANDOM);
    }
    w.bls_g1 = kw_bls_g1_generator();
    w.bls_g2 = kw_bls_g2_generator();
    w.bn_g1 = kw_bn_g1_generator();
    w.bn_g2 = kw_bn_g2_generator();
}

/* ---- times ---- */
typedef struct sample {
    double ns;
    class kind;
} sample;

static double clocked(const row *r, size_t calls)
{
    uint64_t start = kw_thread_cpu_ns();
    for (size_t i = 0; i < calls; i++) {
        r->run();
    }
    return (double)(kw_thread_cpu_ns() - start) / (double)calls;
}

static int ascending(const void *a, const void *b)
{
    double x = ((const sample *)a)->ns;
    double y = ((const sample *)b)->ns;
    return (x > y) - (x < y);
}

static size_t take_samples(sample *samples, const row *r)
{
    w.now = w.inputs[RANDOM][0];
    (void)clocked(r, 1); /* caches */
    double once = clocked(r, 16);
    size_t calls = (size_t)(SAMPLE_NS / once) + 1;
    size_t count = (size_t)(ROW_NS / (once * (double)calls));
    count = KW_MAX(SAMPLES_MIN, KW_MIN(count, SAMPLES_MAX));
    for (size_t i = 0; i < count; i++) {
        samples[i].kind = draw() % 2 == 0 ? FIXED : RANDOM;
        w.now = w.inputs[samples[i].kind][draw() % INPUTS];
        samples[i].ns = clocked(r, calls);
    }
    return count;
}

typedef struct moments {
    double count;
    double mean;
    double variance_of_mean;
} moments;

static moments moments_of(const sample *samples, size_t count, class kind)
{
    moments m = {0};
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        if (samples[i].kind == kind) { /* Welford's update */
            double before = samples[i].ns - m.mean;
            m.count++;
            m.mean += before / m.count;
            squares += before * (samples[i].ns - m.mean);
        }
    }
    m.variance_of_mean = squares / (m.count - 1) / m.count;
    return m;
}

static void report(const row *r, const char *impl)
{
    static sample samples[SAMPLES_MAX];
    size_t count = take_samples(samples, r);
    qsort(samples, count, sizeof *samples, ascending);
    count = count * KEPT_PERCENT / 100;
    moments fixed = moments_of(samples, count, FIXED);
    moments random = moments_of(samples, count, RANDOM);
    double t = (fixed.mean - random.mean) / sqrt(fixed.variance_of_mean + random.variance_of_mean);
    printf("{\"bench\":\"%s\",\"impl\":\"%s\",\"t\":%.2f,\"alike\":%s,\"samples\":%zu,"
           "\"ns_fixed\":%.1f,\"ns_random\":%.1f}\n",
           r->name, impl, t, fabs(t) * 10 < ALIKE_BELOW_TENS ? "true" : "false", count, fixed.mean,
           random.mean);
    fflush(stdout);
}

static void report_all(const char *impl)
{
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        report(&rows[i], impl);
    }
}

int main(void)
{
    prepare();
    if (kw_cpu_now()->has_bmi2_adx) {
        report_all("keyward-adx");
    }
    kw_cpu_limit(&(kw_cpu){0});
    report_all("keyward-c");
    return 0;
}
