/* SPDX-License-Identifier: Apache-2.0
 * Operations of both curves on each back-end: nanoseconds of processor time per item, least and
 * median over PASSES passes through all rows, and what each takes of the word layer. Prints JSON
 * lines; tools/bench.py pins it to a core and joins the peers. Arguments: words that names hold.
 * --counts alone prints what rows take, without measuring. */
#include "base/cpu.h"
#include "base/macros.h"
#include "curve_bench/row.h"
#include "os/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PASSES = 5,
    SAMPLES = 7,         /* of a row in one pass */
    SAMPLE_NS = 1000000, /* a sample repeats its row for about so long */
    ROWS_MAX = 64,
};

typedef struct times {
    double ns[PASSES * SAMPLES];
    size_t count;
} times;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nanoseconds of `calls` calls, from input `first` on. */
static double clocked(const curve_row *row, const void *ops, size_t first, size_t calls)
{
    uint64_t start = kw_thread_cpu_ns();
    for (size_t i = 0; i < calls; i++) {
        row->run(ops, first + i);
    }
    return (double)(kw_thread_cpu_ns() - start);
}

/* One pass adds its samples. */
static void measure(const curve_row *row, const void *ops, times *out)
{
    size_t calls = 1;
    double once = clocked(row, ops, 0, calls);
    while (4 * once < SAMPLE_NS && calls < 1 << 20) {
        calls *= 4;
        once = clocked(row, ops, 0, calls);
    }
    for (size_t i = 0; i < SAMPLES; i++) {
        out->ns[out->count++] = clocked(row, ops, i * calls, calls) / (double)(calls * row->items);
    }
}

/* Per item, as times are. Nothing for rows that call public functions, which do not count. */
static void print_counts(const curve_suite *suite, const curve_row *row)
{
    const curve_counts *c = suite->counts;
    *suite->counts = (curve_counts){0};
    row->run(suite->counted, 0);
    const struct {
        const char *name;
        uint64_t count;
    } all[] = {{"mul", c->mul},
               {"sqr", c->sqr},
               {"complex_mul", c->complex_mul},
               {"mul_wide", c->mul_wide},
               {"redc", c->redc}};
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        if (all[i].count > 0) {
            printf(",\"%s\":%.10g", all[i].name, (double)all[i].count / (double)row->items);
        }
    }
}

static void print_row(const curve_suite *suite, const curve_row *row, const char *impl, times *t)
{
    qsort(t->ns, t->count, sizeof *t->ns, ascending);
    printf("{\"bench\":\"%s\",\"impl\":\"%s\",\"ns_min\":%.1f,\"ns_med\":%.1f,\"reps\":%zu",
           row->name, impl, t->ns[0], t->ns[t->count / 2], t->count);
    print_counts(suite, row);
    printf("}\n");
    fflush(stdout);
}

static bool is_asked(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strstr(name, argv[i]) != NULL) {
            return true;
        }
    }
    return argc < 2;
}

static void run_suite(const curve_suite *suite, const char *impl, const void *ops, int argc,
                      char **argv)
{
    times all[ROWS_MAX] = {0};
    for (int pass = 0; pass < PASSES; pass++) {
        for (size_t i = 0; i < suite->rows_count; i++) {
            if (is_asked(suite->rows[i].name, argc, argv)) {
                measure(&suite->rows[i], ops, &all[i]);
            }
        }
    }
    for (size_t i = 0; i < suite->rows_count; i++) {
        if (all[i].count > 0) {
            print_row(suite, &suite->rows[i], impl, &all[i]);
        }
    }
}

static void print_all_counts(const curve_suite *suite)
{
    suite->prepare();
    for (size_t i = 0; i < suite->rows_count; i++) {
        printf("{\"bench\":\"%s\"", suite->rows[i].name);
        print_counts(suite, &suite->rows[i]);
        printf("}\n");
    }
}

int main(int argc, char **argv)
{
    const curve_suite *const suites[] = {&curve_suite_bls, &curve_suite_bn};
    if (argc == 2 && strcmp(argv[1], "--counts") == 0) {
        print_all_counts(suites[0]);
        print_all_counts(suites[1]);
        return 0;
    }
    if (argc > 1 && argv[1][0] == '-') {
        bool is_help = strcmp(argv[1], "--help") == 0;
        fputs("kw-bench-curve [WORD..]: times of all rows, or of those whose name has a WORD\n"
              "kw-bench-curve --counts: calls of the word layer, without times\n",
              is_help ? stdout : stderr);
        return is_help ? 0 : 2;
    }
    for (size_t i = 0; i < KW_COUNT(suites); i++) {
        suites[i]->prepare();
        if (kw_cpu_now()->has_bmi2_adx) {
            run_suite(suites[i], "keyward-adx", suites[i]->adx, argc, argv);
        }
    }
    kw_cpu_limit(&(kw_cpu){0}); /* for the rows that call public functions */
    for (size_t i = 0; i < KW_COUNT(suites); i++) {
        run_suite(suites[i], "keyward-c", suites[i]->portable, argc, argv);
    }
    return 0;
}
