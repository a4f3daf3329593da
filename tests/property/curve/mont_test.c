/* SPDX-License-Identifier: Apache-2.0
 * The word layer of curve/: portable C against big integers of OpenSSL, BMI2 and ADX against
 * portable C; edge words in all positions, random words, outputs over inputs. */
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/random_source.h"

#include <stdio.h>

#include <openssl/bn.h>

#define mont portable
#include "curve/tmpl/words_c.inc.c"
#undef mont

#if defined(__x86_64__)
#include "curve/asm/mont4.inc.h"
#include "curve/asm/mont6.inc.h"
#endif

enum {
    LIMBS_MAX = 6,
    WIDE_MAX = 2 * LIMBS_MAX,
    RANDOM_ROUNDS = 20000,
    BIG_INTEGER_ROUNDS = 2000,
    ALIAS_ROUNDS = 200,
};

static bool is_adx_tested; /* else portable code alone */

typedef enum op {
    ADD_WORDS,
    SUB_WORDS,
    REDUCE_ONCE,
    ADD,
    SUB,
    MUL_WIDE,
    SUB_WIDE,
    SUB_WIDE_MOD,
    ADD_WIDE_MOD,
    REDC,
    MUL,
    MUL_LOOSE,
    SQR,
    SQR_LOOSE,
    COMPLEX_MUL,
    OPS_COUNT
} op;

static const char *const op_names[OPS_COUNT] = {
    "add_words", "sub_words", "reduce_once",  "add",          "sub",
    "mul_wide",  "sub_wide",  "sub_wide_mod", "add_wide_mod", "redc",
    "mul",       "mul_loose", "sqr",          "sqr_loose",    "complex_mul"};

/* One implementation for one number of limbs. */
typedef struct words {
    uint64_t (*add_words)(uint64_t *o, const uint64_t *a, const uint64_t *b);
    uint64_t (*sub_words)(uint64_t *o, const uint64_t *a, const uint64_t *b);
    void (*reduce_once)(uint64_t *o, const uint64_t *a, const uint64_t *p);
    void (*add)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p);
    void (*sub)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p);
    void (*mul_wide)(uint64_t *o, const uint64_t *a, const uint64_t *b);
    void (*sub_wide)(uint64_t *o, const uint64_t *a, const uint64_t *b);
    void (*sub_wide_mod)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p);
    void (*add_wide_mod)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p);
    void (*redc)(uint64_t *o, const uint64_t *t, const uint64_t *p, uint64_t n0);
    void (*mul)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p, uint64_t n0);
    void (*mul_loose)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p,
                      uint64_t n0);
    void (*sqr_loose)(uint64_t *o, const uint64_t *a, const uint64_t *p, uint64_t n0);
    void (*sqr)(uint64_t *o, const uint64_t *a, const uint64_t *p, uint64_t n0);
    void (*complex_mul)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p,
                        uint64_t n0);
} words;

#define WORDS(prefix)                                                                             \
    {                                                                                             \
        .add_words = prefix##_add_words, .sub_words = prefix##_sub_words,                         \
        .reduce_once = prefix##_reduce_once, .add = prefix##_add, .sub = prefix##_sub,            \
        .mul_wide = prefix##_mul_wide, .sub_wide = prefix##_sub_wide,                             \
        .sub_wide_mod = prefix##_sub_wide_mod, .add_wide_mod = prefix##_add_wide_mod,             \
        .redc = prefix##_redc, .mul = prefix##_mul, .mul_loose = prefix##_mul_loose,              \
        .sqr_loose = prefix##_sqr_loose, .sqr = prefix##_sqr, .complex_mul = prefix##_complex_mul \
    }

static const words portable_4 = WORDS(portable4);
static const words portable_6 = WORDS(portable6);
#if defined(__x86_64__)
static const words adx_4 = WORDS(mont4);
static const words adx_6 = WORDS(mont6);
#else
#define adx_4 portable_4
#define adx_6 portable_6
#endif

/* A modulus; `has_towers` when 4 p < R, which complex_mul and sub_wide_mod want. */
typedef struct field {
    const char *name;
    int limbs;
    bool has_towers;
    uint64_t p[LIMBS_MAX];
    const words *portable;
    const words *adx;
} field;

static const field fields[] = {
    {"p of BLS12-381",
     6,
     true,
     {0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf,
      0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a},
     &portable_6,
     &adx_6},
    {"r of BLS12-381",
     4,
     false,
     {0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48},
     &portable_4,
     &adx_4},
    {"p of BN254",
     4,
     true,
     {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029},
     &portable_4,
     &adx_4},
};

/* -1/p mod 2^64 by Newton's iteration: each round doubles the bits that are right. */
static uint64_t n0_of(const field *f)
{
    uint64_t inverse = 1;
    for (int i = 0; i < 6; i++) {
        inverse *= 2 - f->p[0] * inverse;
    }
    return 0 - inverse;
}

/* Inputs of any operation: the short ones read the first half of a and of b. */
typedef struct inputs {
    uint64_t a[WIDE_MAX];
    uint64_t b[WIDE_MAX];
} inputs;

/* The result, then a carry when the operation returns one. */
typedef struct result {
    uint64_t words[WIDE_MAX + 1];
} result;

/* Words that an operation writes. */
static int result_words(op what, const field *f)
{
    bool is_wide = what == MUL_WIDE || what == SUB_WIDE || what == SUB_WIDE_MOD ||
                   what == ADD_WIDE_MOD || what == COMPLEX_MUL;
    return is_wide ? 2 * f->limbs : f->limbs;
}

/* Where an operation writes and reads; they may be the same. */
typedef struct places {
    uint64_t *o;
    const uint64_t *a;
    const uint64_t *b;
} places;

/* Returns the carry or 0. */
static uint64_t run(op what, const field *f, const words *w, places at)
{
    uint64_t n0 = n0_of(f);
    switch (what) {
    case ADD_WORDS:
        return w->add_words(at.o, at.a, at.b);
    case SUB_WORDS:
        return w->sub_words(at.o, at.a, at.b);
    case REDUCE_ONCE:
        w->reduce_once(at.o, at.a, f->p);
        return 0;
    case ADD:
        w->add(at.o, at.a, at.b, f->p);
        return 0;
    case SUB:
        w->sub(at.o, at.a, at.b, f->p);
        return 0;
    case MUL_WIDE:
        w->mul_wide(at.o, at.a, at.b);
        return 0;
    case SUB_WIDE:
        w->sub_wide(at.o, at.a, at.b);
        return 0;
    case SUB_WIDE_MOD:
        w->sub_wide_mod(at.o, at.a, at.b, f->p);
        return 0;
    case ADD_WIDE_MOD:
        w->add_wide_mod(at.o, at.a, at.b, f->p);
        return 0;
    case REDC:
        w->redc(at.o, at.a, f->p, n0);
        return 0;
    case MUL:
        w->mul(at.o, at.a, at.b, f->p, n0);
        return 0;
    case MUL_LOOSE:
        w->mul_loose(at.o, at.a, at.b, f->p, n0);
        return 0;
    case SQR_LOOSE:
        w->sqr_loose(at.o, at.a, f->p, n0);
        return 0;
    case SQR:
        w->sqr(at.o, at.a, f->p, n0);
        return 0;
    case COMPLEX_MUL:
        w->complex_mul(at.o, at.a, at.b, f->p, n0);
        return 0;
    case OPS_COUNT:
        break;
    }
    return 0;
}

static result run_apart(op what, const field *f, const words *w, const inputs *in)
{
    result out = {{0}};
    uint64_t carry = run(what, f, w, (places){out.words, in->a, in->b});
    out.words[WIDE_MAX] = carry;
    return out;
}

/* ---- what an operation may be asked ---- */
static bool is_below(const uint64_t *a, const uint64_t *b, int limbs)
{
    for (int i = limbs; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i];
        }
    }
    return false;
}

static bool is_below_twice_p(const uint64_t *a, const field *f)
{
    uint64_t less[LIMBS_MAX];
    return f->portable->sub_words(less, a, f->p) == 1 || is_below(less, f->p, f->limbs);
}

static bool is_legal(op what, const field *f, const inputs *in)
{
    int n = f->limbs;
    switch (what) {
    case ADD_WORDS:
    case SUB_WORDS:
    case MUL_WIDE:
        return true;
    case REDUCE_ONCE:
        return is_below_twice_p(in->a, f);
    case SUB_WIDE:
        return !is_below(in->a, in->b, 2 * n);
    case SUB_WIDE_MOD:
    case ADD_WIDE_MOD:
        return is_below(in->a + n, f->p, n) && is_below(in->b + n, f->p, n);
    case REDC:
        return is_below(in->a + n, f->p, n);
    case ADD:
    case SUB:
        return is_below(in->a, f->p, n) && is_below(in->b, f->p, n);
    case MUL:
    case MUL_LOOSE:
        return f->has_towers ? is_below_twice_p(in->a, f) && is_below_twice_p(in->b, f)
                             : is_below(in->a, f->p, n) && is_below(in->b, f->p, n);
    case SQR:
        return is_below(in->a, f->p, n);
    case SQR_LOOSE:
        return f->has_towers ? is_below_twice_p(in->a, f) : is_below(in->a, f->p, n);
    case COMPLEX_MUL:
        return f->has_towers && is_below(in->a, f->p, n) && is_below(in->b, f->p, n) &&
               is_below(in->a + n, f->p, n) && is_below(in->b + n, f->p, n);
    case OPS_COUNT:
        break;
    }
    return false;
}

/* ---- the same with big integers ---- */
typedef struct numbers {
    BN_CTX *ctx;
    BIGNUM *p;
    BIGNUM *r;         /* 2^(64 limbs) */
    BIGNUM *r_inverse; /* modulo p */
    BIGNUM *p_r;
    BIGNUM *a[2]; /* halves */
    BIGNUM *b[2];
    BIGNUM *a_wide;
    BIGNUM *b_wide;
    BIGNUM *out;
    BIGNUM *t;
} numbers;

static void number_of(BIGNUM *out, const uint64_t *w, int limbs)
{
    assert_non_null(BN_lebin2bn((const unsigned char *)w, 8 * limbs, out));
}

static numbers numbers_new(const field *f)
{
    numbers x = {.ctx = BN_CTX_new()};
    BIGNUM **const all[] = {&x.p,    &x.r,    &x.r_inverse, &x.p_r,    &x.a[0], &x.a[1],
                            &x.b[0], &x.b[1], &x.a_wide,    &x.b_wide, &x.out,  &x.t};
    BN_CTX_start(x.ctx);
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        *all[i] = BN_CTX_get(x.ctx);
        assert_non_null(*all[i]);
    }
    number_of(x.p, f->p, f->limbs);
    assert_true(BN_set_bit(x.r, 64 * f->limbs) == 1);
    assert_non_null(BN_mod_inverse(x.r_inverse, x.r, x.p, x.ctx));
    assert_true(BN_mul(x.p_r, x.p, x.r, x.ctx) == 1);
    return x;
}

static void numbers_free(numbers *x)
{
    BN_CTX_end(x->ctx);
    BN_CTX_free(x->ctx);
}

/* out = a b / R mod p, with t as scratch. */
static int product_by_r(const numbers *x, BIGNUM *out, const BIGNUM *a, const BIGNUM *b)
{
    return BN_mod_mul(x->t, a, b, x->p, x->ctx) & BN_mod_mul(out, x->t, x->r_inverse, x->p, x->ctx);
}

/* x->out = (a b + m p) / R with the m < R that makes it exact. */
static int loose_product(const field *f, const numbers *x, const BIGNUM *a, const BIGNUM *b)
{
    int ok = BN_mul(x->out, a, b, x->ctx);
    ok &= BN_mod_inverse(x->t, x->p, x->r, x->ctx) != NULL;
    ok &= BN_mod_mul(x->t, x->t, x->out, x->r, x->ctx);
    ok &= BN_mod_sub(x->t, x->r, x->t, x->r, x->ctx);
    ok &= BN_mul(x->t, x->t, x->p, x->ctx);
    ok &= BN_add(x->out, x->out, x->t);
    return ok & BN_rshift(x->out, x->out, 64 * f->limbs);
}

static int complex_product(const numbers *x, uint64_t *words_out, int n)
{
    int ok = product_by_r(x, x->out, x->a[0], x->b[0]);
    ok &= product_by_r(x, x->a_wide, x->a[1], x->b[1]);
    ok &= BN_mod_sub(x->out, x->out, x->a_wide, x->p, x->ctx);
    ok &= BN_bn2lebinpad(x->out, (unsigned char *)words_out, 8 * n) == 8 * n;
    ok &= product_by_r(x, x->out, x->a[0], x->b[1]);
    ok &= product_by_r(x, x->a_wide, x->a[1], x->b[0]);
    ok &= BN_mod_add(x->out, x->out, x->a_wide, x->p, x->ctx);
    ok &= BN_bn2lebinpad(x->out, (unsigned char *)(words_out + n), 8 * n) == 8 * n;
    return ok;
}

/* The value of one number into x->out; carry when the operation has one. */
static int compute(op what, const field *f, const numbers *x, uint64_t *carry)
{
    switch (what) {
    case ADD_WORDS: {
        int ok = BN_add(x->out, x->a[0], x->b[0]);
        *carry = (uint64_t)BN_is_bit_set(x->out, 64 * f->limbs);
        return ok & BN_nnmod(x->out, x->out, x->r, x->ctx);
    }
    case SUB_WORDS:
        *carry = BN_cmp(x->a[0], x->b[0]) < 0;
        return BN_mod_sub(x->out, x->a[0], x->b[0], x->r, x->ctx);
    case REDUCE_ONCE:
        return BN_nnmod(x->out, x->a[0], x->p, x->ctx);
    case ADD:
        return BN_mod_add(x->out, x->a[0], x->b[0], x->p, x->ctx);
    case SUB:
        return BN_mod_sub(x->out, x->a[0], x->b[0], x->p, x->ctx);
    case MUL_WIDE:
        return BN_mul(x->out, x->a[0], x->b[0], x->ctx);
    case SUB_WIDE:
        return BN_sub(x->out, x->a_wide, x->b_wide);
    case SUB_WIDE_MOD:
        return BN_mod_sub(x->out, x->a_wide, x->b_wide, x->p_r, x->ctx);
    case ADD_WIDE_MOD:
        return BN_mod_add(x->out, x->a_wide, x->b_wide, x->p_r, x->ctx);
    case REDC:
        return BN_mod_mul(x->out, x->a_wide, x->r_inverse, x->p, x->ctx);
    case MUL_LOOSE:
        return loose_product(f, x, x->a[0], x->b[0]);
    case SQR_LOOSE:
        return loose_product(f, x, x->a[0], x->a[0]);
    case MUL:
        return product_by_r(x, x->out, x->a[0], x->b[0]);
    case SQR:
        return product_by_r(x, x->out, x->a[0], x->a[0]);
    case COMPLEX_MUL:
    case OPS_COUNT:
        break;
    }
    return 0;
}

static result expected(op what, const field *f, const numbers *x, const inputs *in)
{
    int n = f->limbs;
    int len = 8 * result_words(what, f);
    result out = {{0}};
    for (int half = 0; half < 2; half++) {
        number_of(x->a[half], in->a + half * n, n);
        number_of(x->b[half], in->b + half * n, n);
    }
    number_of(x->a_wide, in->a, 2 * n);
    number_of(x->b_wide, in->b, 2 * n);
    if (what == COMPLEX_MUL) {
        assert_true(complex_product(x, out.words, n) == 1);
        return out;
    }
    assert_true(compute(what, f, x, &out.words[WIDE_MAX]) == 1);
    assert_int_equal(BN_bn2lebinpad(x->out, (unsigned char *)out.words, len), len);
    return out;
}

/* ---- inputs ---- */
static void show(op what, const field *f, const inputs *in)
{
    fprintf(stderr, "%s, %s:\n", op_names[what], f->name);
    for (int i = 2 * f->limbs; i-- > 0;) {
        fprintf(stderr, "  %2d  a %016llx  b %016llx\n", i, (unsigned long long)in->a[i],
                (unsigned long long)in->b[i]);
    }
}

static void expect_same(op what, const field *f, const inputs *in, const result *got,
                        const result *wanted)
{
    if (memcmp(got, wanted, sizeof *got) != 0) {
        show(what, f, in);
        fail_msg("another result");
    }
}

enum {
    POOL_MAX = 9,
};

/* Words that an edge may have at place i when it draws from `pool_size`: those of p - 1 differ from
 * those of p in the first place alone. */
static size_t words_at(int i, size_t pool_size)
{
    return i == 0 ? pool_size : KW_MIN(pool_size, POOL_MAX - 1);
}

/* All words of the pool at all places: number `index` of edges_count. */
static void edge(const field *f, uint64_t *out, size_t index, size_t pool_size)
{
    for (int i = 0; i < f->limbs; i++) {
        uint64_t carry = i == 0 ? 0 : f->p[i - 1] >> 63;
        const uint64_t pool[POOL_MAX] = {
            0,          UINT64_MAX, f->p[i],          i == 0 ? f->p[0] - 1 : 1,
            1ULL << 63, 1ULL << 51, (1ULL << 52) - 1, f->p[i] << 1 | carry,
            1};
        out[i] = pool[index % words_at(i, pool_size)];
        index /= words_at(i, pool_size);
    }
}

static size_t edges_count(const field *f, size_t pool_size)
{
    size_t count = 1;
    for (int i = 0; i < f->limbs; i++) {
        count *= words_at(i, pool_size);
    }
    return count;
}

static inputs of_edges(const field *f, const size_t indices[4], size_t pool_size)
{
    inputs in = {{0}, {0}};
    edge(f, in.a, indices[0], pool_size);
    edge(f, in.a + f->limbs, indices[1], pool_size);
    edge(f, in.b, indices[2], pool_size);
    edge(f, in.b + f->limbs, indices[3], pool_size);
    return in;
}

/* Random words; those that must be below p or 2 p are, mostly, by their top words. */
static inputs of_random(random_source *random, const field *f)
{
    inputs in = {{0}, {0}};
    uint64_t top = f->p[f->limbs - 1] * (1 + random_below(random, 2));
    bool is_small = random_below(random, 4) != 0;
    for (int i = 0; i < 2 * f->limbs; i++) {
        in.a[i] = random_u64(random);
        in.b[i] = random_u64(random);
        if (is_small && i % f->limbs == f->limbs - 1) {
            in.a[i] %= top + 1;
            in.b[i] %= top + 1;
        }
    }
    return in;
}

static void compare_back_ends(const field *f, const inputs *in)
{
    for (int what = 0; what < OPS_COUNT; what++) {
        if (is_legal((op)what, f, in)) {
            result wanted = run_apart((op)what, f, f->portable, in);
            result got = run_apart((op)what, f, f->adx, in);
            expect_same((op)what, f, in, &got, &wanted);
        }
    }
}

/* ---- tests ---- */
static void moduli__have_the_room_that_their_operations_want(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        const field *f = &fields[i];
        uint64_t top = f->p[f->limbs - 1];
        assert_true(f->p[0] * n0_of(f) == UINT64_MAX);
        assert_true(top >> 63 == 0);
        assert_true(!f->has_towers || top < UINT64_MAX / 4);
    }
}

static void compare_with_number(op what, const field *f, const numbers *x, const inputs *in)
{
    if (is_legal(what, f, in)) {
        result wanted = expected(what, f, x, in);
        result got = run_apart(what, f, f->portable, in);
        expect_same(what, f, in, &got, &wanted);
    }
}

static void compare_with_numbers(const field *f, const numbers *x, const inputs *in)
{
    for (int what = 0; what < OPS_COUNT; what++) {
        compare_with_number((op)what, f, x, in);
    }
}

static void portable__agrees_with_big_integers(void **state)
{
    (void)state;
    random_source random = random_new("mont");
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        const field *f = &fields[i];
        numbers x = numbers_new(f);
        size_t edges = edges_count(f, POOL_MAX);
        for (int round = 0; round < BIG_INTEGER_ROUNDS; round++) {
            inputs in = of_random(&random, f);
            compare_with_numbers(f, &x, &in);
            size_t indices[4];
            for (size_t k = 0; k < KW_COUNT(indices); k++) {
                indices[k] = random_below(&random, edges);
            }
            in = of_edges(f, indices, POOL_MAX);
            compare_with_numbers(f, &x, &in);
        }
        numbers_free(&x);
    }
}

/* Any edge below p. */
static size_t draw_reduced(random_source *random, const field *f)
{
    uint64_t w[LIMBS_MAX];
    size_t index = 0;
    do {
        index = (size_t)random_below(random, edges_count(f, POOL_MAX));
        edge(f, w, index, POOL_MAX);
    } while (!is_below(w, f->p, f->limbs));
    return index;
}

/* Each of all edges, beside others that the contracts allow. */
static void portable__agrees_with_big_integers_on_all_edges(void **state)
{
    (void)state;
    static const op ops[] = {ADD, SUB, MUL, SQR, REDC};
    random_source random = random_new("mont big edges");
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        const field *f = &fields[i];
        numbers x = numbers_new(f);
        for (size_t j = 0; j < edges_count(f, POOL_MAX); j++) {
            size_t b = draw_reduced(&random, f);
            inputs in = of_edges(f, (size_t[]){j, draw_reduced(&random, f), b, b}, POOL_MAX);
            for (size_t k = 0; k < KW_COUNT(ops); k++) {
                compare_with_number(ops[k], f, &x, &in);
            }
        }
        numbers_free(&x);
    }
}

static void adx__agrees_with_portable_on_every_pair_of_edges(void **state)
{
    (void)state;
    if (!is_adx_tested) {
        skip();
    }
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        const field *f = &fields[i];
        size_t pool_size = f->limbs == 4 ? 4 : 3;
        size_t edges = edges_count(f, pool_size);
        for (size_t j = 0; j < edges; j++) {
            for (size_t k = 0; k < edges; k++) {
                inputs in = of_edges(f, (size_t[]){j, k, k, j}, pool_size);
                compare_back_ends(f, &in);
            }
        }
    }
}

/* Each of all edges, beside others. */
static void adx__agrees_with_portable_on_all_edges(void **state)
{
    (void)state;
    if (!is_adx_tested) {
        skip();
    }
    random_source random = random_new("mont edges");
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        const field *f = &fields[i];
        size_t edges = edges_count(f, POOL_MAX);
        for (size_t j = 0; j < edges; j++) {
            size_t indices[4] = {j, random_below(&random, edges), random_below(&random, edges),
                                 random_below(&random, edges)};
            inputs in = of_edges(f, indices, POOL_MAX);
            compare_back_ends(f, &in);
        }
    }
}

static void adx__agrees_with_portable_on_random_words(void **state)
{
    (void)state;
    if (!is_adx_tested) {
        skip();
    }
    random_source random = random_new("mont random");
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        for (int round = 0; round < RANDOM_ROUNDS; round++) {
            inputs in = of_random(&random, &fields[i]);
            compare_back_ends(&fields[i], &in);
        }
    }
}

/* Only mul_wide may want its output apart. */
static bool may_overlap(op what)
{
    return what != MUL_WIDE;
}

static void expect_same_in_place(op what, const field *f, const words *w, const inputs *in)
{
    inputs same = *in; /* b is a, and the output both */
    memcpy(same.b, same.a, sizeof same.b);
    const inputs *const sources[] = {in, in, &same};
    for (size_t i = 0; i < KW_COUNT(sources); i++) {
        if (!is_legal(what, f, sources[i])) {
            continue;
        }
        inputs io = *sources[i];
        uint64_t *o = i == 1 ? io.b : io.a;
        const uint64_t *b = i == 2 ? io.a : io.b;
        result wanted = run_apart(what, f, w, sources[i]);
        result got = {{0}};
        got.words[WIDE_MAX] = run(what, f, w, (places){o, io.a, b});
        memcpy(got.words, o, 8 * (size_t)result_words(what, f));
        expect_same(what, f, sources[i], &got, &wanted);
    }
}

static void expect_all_in_place(const field *f, const words *w, const inputs *in)
{
    for (int what = 0; what < OPS_COUNT; what++) {
        if (may_overlap((op)what)) {
            expect_same_in_place((op)what, f, w, in);
        }
    }
}

static void outputs__may_be_inputs(void **state)
{
    (void)state;
    random_source random = random_new("mont overlap");
    for (size_t i = 0; i < KW_COUNT(fields); i++) {
        const field *f = &fields[i];
        for (int round = 0; round < ALIAS_ROUNDS; round++) {
            inputs in = of_random(&random, f);
            expect_all_in_place(f, f->portable, &in);
            if (is_adx_tested) {
                expect_all_in_place(f, f->adx, &in);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moduli__have_the_room_that_their_operations_want),
        cmocka_unit_test(portable__agrees_with_big_integers),
        cmocka_unit_test(portable__agrees_with_big_integers_on_all_edges),
        cmocka_unit_test(adx__agrees_with_portable_on_every_pair_of_edges),
        cmocka_unit_test(adx__agrees_with_portable_on_all_edges),
        cmocka_unit_test(adx__agrees_with_portable_on_random_words),
        cmocka_unit_test(outputs__may_be_inputs),
    };
    is_adx_tested = curve_backend_is_wanted("adx");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
