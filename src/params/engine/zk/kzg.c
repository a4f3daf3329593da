/* SPDX-License-Identifier: Apache-2.0
 * The KZG setup: points in memory, since there are few. */
#include "params/engine/zk/kzg.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "curve/bls_wire.h"
#include "params/engine/zk/lagrange.h"

enum {
    MULTIPLIER_BITS = 128
};

/* Points of a list, and what they are checked with. */
typedef struct setup {
    kw_zk_work *w;
    const kw_zk_kzg_file *file;
    kw_bls_g1 *lagrange; /* owned, as are the others */
    kw_bls_g2 *g2;
    kw_bls_g1 *monomial;
    uint8_t *ok;
    kw_zk_scalar *scalars;
} setup;

static void setup_drop(setup *s)
{
    kw_heap_free(s->lagrange);
    kw_heap_free(s->g2);
    kw_heap_free(s->monomial);
    kw_heap_free(s->ok);
    kw_heap_free(s->scalars);
}

static kw_status refuse(const setup *s, kw_zk_kzg_list list, size_t index, kw_status cause,
                        const char *what)
{
    const kw_zk_place place = kw_zk_kzg_file_place(s->file, list, index);
    return kw_zk_refuse(s->w->fault, &place, cause, what, NULL);
}

static size_t first_bad(const uint8_t *ok, size_t n)
{
    size_t i = 0;
    while (i < n && ok[i] == 1) {
        i++;
    }
    return i;
}

static kw_status decode_g1(const setup *s, kw_bls_g1 *out, kw_zk_kzg_list list)
{
    const kw_span wire = kw_zk_kzg_file_list(s->file, list);
    const size_t n = s->file->g1_count;
    KW_TRY(kw_bls_batch_g1_decode_zcash(out, s->ok, wire, n, KW_POINT_STRICT));
    size_t bad = first_bad(s->ok, n);
    if (bad < n) {
        kw_bls_g1 point;
        const kw_span one = {wire.ptr + bad * (wire.len / n), wire.len / n};
        return refuse(s, list, bad, kw_bls_g1_decode_zcash(&point, one, KW_POINT_STRICT), NULL);
    }
    return KW_OK;
}

static kw_status decode_g2(const setup *s)
{
    const kw_span wire = kw_zk_kzg_file_list(s->file, KW_ZK_KZG_G2);
    const size_t n = s->file->g2_count;
    KW_TRY(kw_bls_batch_g2_decode_zcash(s->g2, s->ok, wire, n, KW_POINT_STRICT));
    size_t bad = first_bad(s->ok, n);
    if (bad < n) {
        kw_bls_g2 point;
        const kw_span one = {wire.ptr + bad * (wire.len / n), wire.len / n};
        return refuse(s, KW_ZK_KZG_G2, bad, kw_bls_g2_decode_zcash(&point, one, KW_POINT_STRICT),
                      NULL);
    }
    return KW_OK;
}

/* The first two powers: the generator, and what is neither it nor infinity. */
static kw_status check_start(const setup *s)
{
    const kw_span g1 = kw_zk_kzg_file_list(s->file, KW_ZK_KZG_MONOMIAL);
    const kw_span g2 = kw_zk_kzg_file_list(s->file, KW_ZK_KZG_G2);
    const kw_bls_g1 generator1 = kw_bls_g1_generator();
    const kw_bls_g2 generator2 = kw_bls_g2_generator();
    for (size_t i = 0; i < 2; i++) {
        kw_bls_g1 p;
        kw_bls_g2 q;
        kw_status st = kw_bls_g1_decode_zcash(&p, (kw_span){g1.ptr + 48 * i, 48}, 0);
        if (st != KW_OK) {
            return refuse(s, KW_ZK_KZG_MONOMIAL, i, st, NULL);
        }
        st = kw_bls_g2_decode_zcash(&q, (kw_span){g2.ptr + 96 * i, 96}, 0);
        if (st != KW_OK) {
            return refuse(s, KW_ZK_KZG_G2, i, st, NULL);
        }
        if (kw_bls_g1_equal(&p, &generator1) != (i == 0)) {
            return refuse(s, KW_ZK_KZG_MONOMIAL, i, KW_REFUSED,
                          i == 0 ? "not the generator" : "tau is 1");
        }
        if (kw_bls_g2_equal(&q, &generator2) != (i == 0)) {
            return refuse(s, KW_ZK_KZG_G2, i, KW_REFUSED,
                          i == 0 ? "not the generator" : "tau is 1");
        }
    }
    return KW_OK;
}

static void add_terms(kw_zk_point *io, const setup *s, kw_zk_kzg_list list, const void *points,
                      const kw_zk_terms *terms)
{
    const kw_zk_group *group = list == KW_ZK_KZG_G2 ? kw_zk_bls12_381.g2 : kw_zk_bls12_381.g1;
    kw_zk_terms part = *terms;
    for (size_t done = 0; done < terms->n; done += part.n) {
        part.points = (const uint8_t *)points + done * group->point_bytes;
        part.scalars = terms->scalars + done;
        part.n = KW_MIN(terms->n - done, (size_t)KW_ZK_BLOCK_POINTS);
        group->sum(io, s->w->scratch, &part);
    }
}

/* Do the links [first, first + n) between neighbours of a list hold? */
static bool links_hold(const setup *s, kw_zk_kzg_list list, size_t first, size_t n)
{
    const bool is_g2 = list == KW_ZK_KZG_G2;
    const kw_zk_group *group = is_g2 ? kw_zk_bls12_381.g2 : kw_zk_bls12_381.g1;
    const uint8_t *points = is_g2 ? (const uint8_t *)s->g2 : (const uint8_t *)s->monomial;
    kw_zk_point lower = group->infinity();
    kw_zk_point upper = group->infinity();
    for (size_t done = 0; done < n; done += KW_ZK_BLOCK_POINTS) {
        size_t some = KW_MIN(n - done, (size_t)KW_ZK_BLOCK_POINTS);
        kw_zk_multipliers(s->w, some);
        const kw_zk_terms terms = {NULL, s->w->scalars, some, MULTIPLIER_BITS};
        add_terms(&lower, s, list, points + (first + done) * group->point_bytes, &terms);
        add_terms(&upper, s, list, points + (first + done + 1) * group->point_bytes, &terms);
    }
    const kw_zk_point g1[] = {kw_zk_bls12_381.g1->at(s->monomial, 0),
                              kw_zk_bls12_381.g1->at(s->monomial, 1)};
    const kw_zk_point g2[] = {kw_zk_bls12_381.g2->at(s->g2, 0), kw_zk_bls12_381.g2->at(s->g2, 1)};
    return is_g2 ? kw_zk_bls12_381.same_ratio(&g1[0], &g1[1], &lower, &upper)
                 : kw_zk_bls12_381.same_ratio(&lower, &upper, &g2[0], &g2[1]);
}

/* All at once; where they do not hold, by halves. */
static kw_status check_powers(const setup *s, kw_zk_kzg_list list, size_t count)
{
    size_t low = 0;
    size_t n = count - 1;
    if (links_hold(s, list, low, n)) {
        return KW_OK;
    }
    while (n > 1) {
        size_t half = n / 2;
        if (links_hold(s, list, low, half)) {
            low += half;
            n -= half;
        } else {
            n = half;
        }
    }
    return refuse(s, list, low + 1, KW_REFUSED, "not tau times the point before it");
}

static size_t reversed(size_t index, unsigned bits)
{
    size_t out = 0;
    for (unsigned i = 0; i < bits; i++) {
        out = out << 1 | (index >> i & 1);
    }
    return out;
}

/* sum f(w^i) L_i, the L_i in either order. */
static kw_zk_point sum_lagrange(const setup *s, const kw_zk_evaluations *in, bool is_reversed)
{
    const size_t n = s->file->g1_count;
    kw_zk_point sum = kw_zk_bls12_381.g1->infinity();
    kw_zk_evaluate(s->scalars, &kw_zk_bls12_381, in, 0, n);
    for (size_t i = 0; is_reversed && i < n; i++) {
        size_t k = reversed(i, in->power);
        if (i < k) {
            kw_zk_scalar swapped = s->scalars[i];
            s->scalars[i] = s->scalars[k];
            s->scalars[k] = swapped;
        }
    }
    const kw_zk_terms terms = {NULL, s->scalars, n, 0};
    add_terms(&sum, s, KW_ZK_KZG_LAGRANGE, s->lagrange, &terms);
    return sum;
}

static kw_status check_lagrange(bool *out_is_reversed, const setup *s)
{
    const kw_zk_curve *curve = &kw_zk_bls12_381;
    const size_t n = s->file->g1_count;
    const kw_zk_evaluations in = {kw_zk_random_scalar(s->w), curve->scalar_of_u64(1),
                                  KW_ZK_ROOT_BASE_KZG, 63U - (unsigned)__builtin_clzll(n)};
    kw_zk_scalar power = curve->scalar_of_u64(1);
    kw_zk_point wanted = curve->g1->infinity();
    for (size_t i = 0; i < n; i++) {
        s->scalars[i] = power;
        curve->scalar_mul(&power, &power, &in.z);
    }
    const kw_zk_terms terms = {NULL, s->scalars, n, 0};
    add_terms(&wanted, s, KW_ZK_KZG_MONOMIAL, s->monomial, &terms);
    for (int is_reversed = 0; is_reversed < 2; is_reversed++) {
        kw_zk_point sum = sum_lagrange(s, &in, is_reversed == 1);
        if (curve->g1->equal(&sum, &wanted)) {
            *out_is_reversed = is_reversed == 1;
            return KW_OK;
        }
    }
    kw_zk_place place = kw_zk_kzg_file_place(s->file, KW_ZK_KZG_LAGRANGE, 0);
    place.index = KW_ZK_NO_INDEX;
    return kw_zk_refuse(s->w->fault, &place, KW_REFUSED,
                        "not the Lagrange form of the powers, in neither order", NULL);
}

static kw_status check_points(kw_zk_kzg *out, setup *s)
{
    const size_t n = s->file->g1_count;
    s->lagrange = kw_heap_new(n, sizeof *s->lagrange);
    s->g2 = kw_heap_new(s->file->g2_count, sizeof *s->g2);
    s->monomial = kw_heap_new(n, sizeof *s->monomial);
    s->ok = kw_heap_new(KW_MAX(n, s->file->g2_count), 1);
    s->scalars = kw_heap_new(n, sizeof *s->scalars);
    if (s->lagrange == NULL || s->g2 == NULL || s->monomial == NULL || s->ok == NULL ||
        s->scalars == NULL) {
        return KW_NO_MEMORY;
    }
    KW_TRY(decode_g1(s, s->lagrange, KW_ZK_KZG_LAGRANGE));
    KW_TRY(decode_g2(s));
    KW_TRY(decode_g1(s, s->monomial, KW_ZK_KZG_MONOMIAL));
    if (s->w->job->level < KW_ZK_FULL) {
        return KW_OK;
    }
    KW_TRY(check_powers(s, KW_ZK_KZG_MONOMIAL, n));
    KW_TRY(check_powers(s, KW_ZK_KZG_G2, s->file->g2_count));
    return check_lagrange(&out->is_bit_reversed, s);
}

static kw_status check(kw_zk_kzg *out, kw_zk_work *w, const kw_zk_kzg_file *file)
{
    KW_AUTO(setup) s = {.w = w, .file = file};
    *out = (kw_zk_kzg){.g1_count = file->g1_count, .g2_count = file->g2_count};
    kw_sha256(&out->points, kw_buf_view(&file->points));
    KW_TRY(check_start(&s));
    return w->job->level == KW_ZK_QUICK ? KW_OK : check_points(out, &s);
}

static kw_status read_file(kw_zk_kzg_file *out, kw_zk_fault *fault, const kw_zk_job *job,
                           kw_error *err)
{
    const kw_zk_source *source = job->source;
    if (source->size > KW_ZK_SETUP_BYTES_MAX) {
        const kw_zk_place place = {0, NULL, KW_ZK_NO_INDEX, source->size};
        return kw_zk_refuse(fault, &place, KW_LIMIT, "longer than any KZG setup", err);
    }
    KW_AUTO(kw_buf) text = kw_buf_init(KW_ZK_SETUP_BYTES_MAX);
    KW_TRY_AT(err, kw_buf_reserve(&text, (size_t)source->size), "reading a KZG setup");
    KW_TRY(kw_zk_read(source, 0, (kw_mspan){text.ptr, (size_t)source->size}, err));
    text.len = (size_t)source->size;
    return kw_zk_kzg_file_decode(out, fault, kw_buf_view(&text), err);
}

kw_status kw_zk_kzg_check(kw_zk_kzg *out, kw_zk_fault *fault, const kw_zk_job *job, kw_error *err)
{
    kw_zk_kzg kzg;
    KW_AUTO(kw_zk_kzg_file) file = {.g1_count = 0};
    KW_AUTO(kw_zk_work) w = {0};
    KW_TRY(read_file(&file, fault, job, err));
    KW_TRY(kw_zk_work_init(&w, job, &kw_zk_bls12_381, fault, err));
    kw_status st = check(&kzg, &w, &file);
    if (st != KW_OK) {
        return kw_zk_repeat(fault, st, err);
    }
    if (job->progress != NULL) {
        job->progress(job->user, job->source->size);
    }
    *out = kzg;
    return KW_OK;
}
