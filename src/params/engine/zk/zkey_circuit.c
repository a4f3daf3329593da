/* SPDX-License-Identifier: Apache-2.0
 * A key, its circuit and its ceremony: sums on either side. */
#include "params/engine/zk/zkey_circuit.h"

#include "base/heap.h"
#include "codec/reader.h"

enum {
    IC = 3,
    COEFFICIENTS = 4,
    A = 5,
    B_G1 = 6,
    B_G2 = 7,
    C = 8,
    H = 9,
    LAGRANGE = 12, /* sections of the ceremony */
    LAGRANGE_G2 = 13,
    LAGRANGE_ALPHA = 14,
    LAGRANGE_BETA = 15,
    MULTIPLIER_BITS = 128,
    COEFFICIENT_BYTES = 12 + KW_ZK_FR_BYTES,
};

/* What the wires' multipliers make of one matrix in each row of a block: over public wires, over
 * the others. */
typedef enum matrix_part {
    A_PUBLIC,
    A_PRIVATE,
    B_PUBLIC,
    B_PRIVATE,
    C_PUBLIC,
    C_PRIVATE,
    COLUMNS,
} matrix_part;

typedef struct circuit {
    kw_zk_fault *fault;
    kw_zk_zkey zkey;
    kw_zk_ptau ptau;
    kw_zk_r1cs r1cs;
    kw_zk_setup setup;
    kw_zk_work key;      /* reads the key */
    kw_zk_work ceremony; /* reads the ceremony, */
    kw_zk_job order;     /* with the multipliers of the key */
    kw_zk_r1cs_cursor cursor;
    kw_zk_scalar *wires;            /* owned: a multiplier for each */
    kw_zk_scalar *columns[COLUMNS]; /* owned: of a block */
    kw_zk_scalar from_mont;         /* 1 / R */
    uint64_t coefficients;          /* of the key that were compared */
    kw_zk_point a;                  /* sums over the ceremony */
    kw_zk_point b;
    kw_zk_point b_g2;
    kw_zk_point k_public;
    kw_zk_point k_private;
} circuit;

static void circuit_drop(circuit *c)
{
    kw_zk_work_drop(&c->key);
    kw_zk_work_drop(&c->ceremony);
    kw_heap_free(c->wires);
    for (size_t i = 0; i < COLUMNS; i++) {
        kw_heap_free(c->columns[i]);
    }
}

static kw_status refuse(const circuit *c, uint32_t section, const char *what, kw_error *err)
{
    const kw_zk_section *found = kw_zk_binfile_find(&c->zkey.file, section);
    const kw_zk_place place = {section, "all points", KW_ZK_NO_INDEX, found->at};
    return kw_zk_refuse(c->fault, &place, KW_REFUSED, what, err);
}

/* The power of two that holds all constraints, and a row for each public wire and for one. */
static uint64_t domain_of(const kw_zk_r1cs *r1cs)
{
    uint64_t rows = (uint64_t)r1cs->constraints + r1cs->public_count + 1;
    uint64_t domain = 2;
    while (domain < rows) {
        domain *= 2;
    }
    return domain;
}

static kw_status compare_headers(const circuit *c, kw_error *err)
{
    const kw_zk_zkey *zkey = &c->zkey;
    if (c->r1cs.curve != zkey->curve || c->ptau.curve != zkey->curve) {
        return refuse(c, 2, "the circuit or the ceremony is of another curve", err);
    }
    if (c->r1cs.wires != zkey->vars || c->r1cs.public_count != zkey->public_count ||
        domain_of(&c->r1cs) != zkey->domain) {
        return refuse(c, 2, "the circuit has other numbers of signals or constraints", err);
    }
    if (!c->ptau.is_prepared || zkey->domain > UINT64_C(1) << c->ptau.power) {
        return refuse(c, 2, "the ceremony is not prepared, or of a lower power", err);
    }
    return KW_OK;
}

/* Alpha and beta are the ceremony's, and gamma the generator. */
static kw_status compare_setup(circuit *c, kw_error *err)
{
    const kw_zk_curve *curve = c->zkey.curve;
    const kw_zk_run alpha = kw_zk_ptau_run(&c->ptau, 4);
    const kw_zk_run beta = kw_zk_ptau_run(&c->ptau, 5);
    const kw_zk_section *beta_g2 = kw_zk_binfile_find(&c->ptau.file, 6);
    const kw_zk_run beta2 = {curve->g2, {6, "betaG2", KW_ZK_NO_INDEX, beta_g2->at}, 1, 0};
    const kw_zk_point generator = curve->g2->generator();
    kw_zk_point points[3];
    KW_TRY(kw_zk_read_point(&points[0], &c->ceremony, &alpha, 0, err));
    KW_TRY(kw_zk_read_point(&points[1], &c->ceremony, &beta, 0, err));
    KW_TRY(kw_zk_read_point(&points[2], &c->ceremony, &beta2, 0, err));
    if (!curve->g1->equal(&points[0], &c->setup.alpha_g1) ||
        !curve->g1->equal(&points[1], &c->setup.beta_g1) ||
        !curve->g2->equal(&points[2], &c->setup.beta_g2) ||
        !curve->g2->equal(&generator, &c->setup.gamma_g2)) {
        return refuse(c, 2, "alpha, beta or gamma is not that of the ceremony", err);
    }
    return KW_OK;
}

/* ---- rows of a block ---- */

/* The next coefficient of the key says the same of that matrix, row and wire. Its scalar is times
 * R^2; reading it as Montgomery form leaves one R. */
static kw_status compare_coefficient(circuit *c, uint32_t matrix, uint64_t row, uint32_t wire,
                                     const kw_zk_scalar *value, kw_error *err)
{
    uint8_t bytes[COEFFICIENT_BYTES];
    const kw_zk_curve *curve = c->zkey.curve;
    const kw_zk_section *section = kw_zk_binfile_find(&c->zkey.file, COEFFICIENTS);
    const kw_zk_place place = {COEFFICIENTS, "coefficient", c->coefficients,
                               section->at + 4 + c->coefficients * COEFFICIENT_BYTES};
    kw_zk_scalar given = curve->scalar_of_u64(0);
    bool is_same = c->coefficients < c->zkey.coefficients;
    if (is_same) {
        KW_TRY(kw_zk_read(c->key.job->source, place.offset, KW_MSPAN(bytes), err));
        kw_reader r = kw_reader_of(KW_SPAN(bytes));
        is_same = kw_read_u32le(&r) == matrix;
        is_same = kw_read_u32le(&r) == row && is_same;
        is_same = kw_read_u32le(&r) == wire && is_same;
        is_same = curve->scalar_decode_mont(&given, kw_read_rest(&r)) == KW_OK && is_same;
        curve->scalar_mul(&given, &given, &c->from_mont);
    }
    if (!is_same || !curve->scalar_equal(&given, value)) {
        return kw_zk_refuse(c->fault, &place, KW_REFUSED, "not that of the circuit", err);
    }
    c->coefficients++;
    return KW_OK;
}

/* Adds the wire's multiplier times its value to the row. */
static void add_term(circuit *c, size_t matrix, size_t slot, uint32_t wire,
                     const kw_zk_scalar *value)
{
    const kw_zk_curve *curve = c->zkey.curve;
    size_t column = 2 * matrix + (wire <= c->zkey.public_count ? 0 : 1);
    kw_zk_scalar term;
    curve->scalar_mul(&term, value, &c->wires[wire]);
    curve->scalar_add(&c->columns[column][slot], &c->columns[column][slot], &term);
}

static kw_status read_constraint(circuit *c, uint64_t row, size_t slot, kw_error *err)
{
    for (uint32_t matrix = 0; matrix < COLUMNS / 2; matrix++) {
        uint32_t terms = 0;
        KW_TRY(kw_zk_r1cs_terms(&terms, &c->cursor, err));
        for (uint32_t i = 0; i < terms; i++) {
            uint32_t wire = 0;
            kw_zk_scalar value;
            KW_TRY(kw_zk_r1cs_term(&wire, &value, &c->cursor, err));
            add_term(c, matrix, slot, wire, &value);
            if (matrix < 2) {
                KW_TRY(compare_coefficient(c, matrix, row, wire, &value, err));
            }
        }
    }
    return KW_OK;
}

/* Rows [first, first + n): constraints, then one for each public wire. */
static kw_status read_rows(circuit *c, uint64_t first, size_t n, kw_error *err)
{
    const kw_zk_scalar one = c->zkey.curve->scalar_of_u64(1);
    for (size_t i = 0; i < COLUMNS; i++) {
        memset(c->columns[i], 0, n * sizeof *c->columns[i]);
    }
    for (size_t slot = 0; slot < n; slot++) {
        uint64_t row = first + slot;
        if (row < c->r1cs.constraints) {
            KW_TRY(read_constraint(c, row, slot, err));
        } else {
            uint32_t wire = (uint32_t)(row - c->r1cs.constraints);
            add_term(c, 0, slot, wire, &one);
            KW_TRY(compare_coefficient(c, 0, row, wire, &one, err));
        }
    }
    return KW_OK;
}

/* ---- sums over the ceremony ---- */

/* io += the column over the points that the ceremony's work holds. */
static void add_column(circuit *c, kw_zk_point *io, const kw_zk_group *group, matrix_part column,
                       size_t n)
{
    const kw_zk_slots slots = {.first = 1, .n = n};
    memcpy(c->ceremony.scalars, c->columns[column], n * sizeof *c->columns[column]);
    kw_zk_add_terms(io, &c->ceremony, group, &slots);
}

/* Lagrange bases [first, first + n) of the domain, from a section, into the ceremony's work. */
static kw_status load_bases(circuit *c, uint32_t section, uint64_t first, size_t n, kw_error *err)
{
    kw_zk_run run = kw_zk_ptau_run(&c->ptau, section);
    run.place = kw_zk_run_place(&run, c->zkey.domain - 1 + first);
    run.count = n;
    return kw_zk_walk(&c->ceremony, &run, NULL, err);
}

static kw_status add_rows(circuit *c, uint64_t first, size_t n, kw_error *err)
{
    const kw_zk_group *g1 = c->zkey.curve->g1;
    const kw_zk_group *g2 = c->zkey.curve->g2;
    KW_TRY(load_bases(c, LAGRANGE, first, n, err));
    add_column(c, &c->a, g1, A_PUBLIC, n);
    add_column(c, &c->a, g1, A_PRIVATE, n);
    add_column(c, &c->b, g1, B_PUBLIC, n);
    add_column(c, &c->b, g1, B_PRIVATE, n);
    add_column(c, &c->k_public, g1, C_PUBLIC, n);
    add_column(c, &c->k_private, g1, C_PRIVATE, n);
    KW_TRY(load_bases(c, LAGRANGE_BETA, first, n, err));
    add_column(c, &c->k_public, g1, A_PUBLIC, n);
    add_column(c, &c->k_private, g1, A_PRIVATE, n);
    KW_TRY(load_bases(c, LAGRANGE_ALPHA, first, n, err));
    add_column(c, &c->k_public, g1, B_PUBLIC, n);
    add_column(c, &c->k_private, g1, B_PRIVATE, n);
    KW_TRY(load_bases(c, LAGRANGE_G2, first, n, err));
    add_column(c, &c->b_g2, g2, B_PUBLIC, n);
    add_column(c, &c->b_g2, g2, B_PRIVATE, n);
    return KW_OK;
}

static kw_status sum_circuit(circuit *c, kw_error *err)
{
    const uint64_t rows = (uint64_t)c->r1cs.constraints + c->r1cs.public_count + 1;
    size_t n = 0;
    for (uint64_t first = 0; first < rows; first += n) {
        n = (size_t)KW_MIN(rows - first, (uint64_t)KW_ZK_BLOCK_POINTS);
        KW_TRY(read_rows(c, first, n, err));
        KW_TRY(add_rows(c, first, n, err));
    }
    KW_TRY(kw_zk_r1cs_end(&c->cursor, err));
    if (c->coefficients != c->zkey.coefficients) {
        return refuse(c, COEFFICIENTS, "more coefficients than the circuit has", err);
    }
    return KW_OK;
}

/* ---- sums over the key ---- */

typedef struct key_sum {
    const circuit *circuit;
    const kw_zk_group *group;
    uint32_t first_wire;
    kw_zk_point sum;
} key_sum;

static kw_status see_wires(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(err);
    key_sum *s = user;
    const kw_zk_slots slots = {.first = 1, .n = n, .bits = MULTIPLIER_BITS};
    memcpy(w->scalars, s->circuit->wires + s->first_wire + first, n * sizeof *w->scalars);
    kw_zk_add_terms(&s->sum, w, s->group, &slots);
    return KW_OK;
}

static kw_status sum_key(kw_zk_point *out, circuit *c, uint32_t section, kw_error *err)
{
    const kw_zk_run run = kw_zk_zkey_run(&c->zkey, section);
    key_sum s = {.circuit = c,
                 .group = run.group,
                 .first_wire = section == C ? c->zkey.public_count + 1 : 0,
                 .sum = run.group->infinity()};
    const kw_zk_visitor visitor = {see_wires, &s};
    KW_TRY(kw_zk_walk(&c->key, &run, &visitor, err));
    *out = s.sum;
    return KW_OK;
}

static kw_status compare_sums(circuit *c, kw_error *err)
{
    const struct {
        uint32_t section;
        const kw_zk_point *wanted;
    } rows[] = {{IC, &c->k_public}, {A, &c->a}, {B_G1, &c->b}, {B_G2, &c->b_g2}};
    const kw_zk_point g2 = c->zkey.curve->g2->generator();
    kw_zk_point sum;
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_zk_group *group = kw_zk_zkey_run(&c->zkey, rows[i].section).group;
        KW_TRY(sum_key(&sum, c, rows[i].section, err));
        if (!group->equal(&sum, rows[i].wanted)) {
            return refuse(c, rows[i].section, "not what the circuit asks for", err);
        }
    }
    KW_TRY(sum_key(&sum, c, C, err));
    if (!c->zkey.curve->same_ratio(&sum, &c->k_private, &g2, &c->setup.delta_g2)) {
        return refuse(c, C, "not what the circuit asks for, over delta", err);
    }
    return KW_OK;
}

/* ---- H ---- */

static kw_status see_h(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(first);
    KW_UNUSED(err);
    kw_zk_point *sum = user;
    const kw_zk_slots slots = {.first = 1, .n = n, .bits = MULTIPLIER_BITS};
    kw_zk_multipliers(w, n);
    kw_zk_add_terms(sum, w, w->curve->g1, &slots);
    return KW_OK;
}

/* Every second base, from the second on, takes a multiplier. A block is even. */
static kw_status see_odd(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(first);
    KW_UNUSED(err);
    kw_zk_point *sum = user;
    const kw_zk_slots slots = {.first = 1, .n = n, .bits = MULTIPLIER_BITS};
    kw_zk_multipliers(w, n / 2);
    for (size_t i = n / 2; i-- > 0;) {
        w->scalars[2 * i + 1] = w->scalars[i];
        w->scalars[2 * i] = w->curve->scalar_of_u64(0);
    }
    kw_zk_add_terms(sum, w, w->curve->g1, &slots);
    return KW_OK;
}

static kw_status compare_h(circuit *c, kw_error *err)
{
    const kw_zk_curve *curve = c->zkey.curve;
    const kw_zk_point g2 = curve->g2->generator();
    const kw_zk_run key = kw_zk_zkey_run(&c->zkey, H);
    kw_zk_run bases = kw_zk_ptau_run(&c->ptau, LAGRANGE);
    kw_zk_point ours = curve->g1->infinity();
    kw_zk_point theirs = curve->g1->infinity();
    const kw_zk_visitor key_visitor = {see_h, &ours};
    const kw_zk_visitor bases_visitor = {see_odd, &theirs};
    bases.count = 2 * (uint64_t)c->zkey.domain;
    bases.place = kw_zk_run_place(&bases, bases.count - 1);
    c->ceremony.multipliers = c->key.multipliers;
    KW_TRY(kw_zk_walk(&c->key, &key, &key_visitor, err));
    KW_TRY(kw_zk_walk(&c->ceremony, &bases, &bases_visitor, err));
    if (!curve->same_ratio(&ours, &theirs, &g2, &c->setup.delta_g2)) {
        return refuse(c, H, "not what the domain asks for, over delta", err);
    }
    return KW_OK;
}

/* ---- all of it ---- */

static kw_status draw_wires(circuit *c, kw_error *err)
{
    size_t n = 0;
    c->wires = kw_heap_new(c->zkey.vars, sizeof *c->wires);
    bool has_memory = c->wires != NULL;
    for (size_t i = 0; i < COLUMNS; i++) {
        c->columns[i] = kw_heap_new(KW_ZK_BLOCK_POINTS, sizeof *c->columns[i]);
        has_memory = has_memory && c->columns[i] != NULL;
    }
    KW_REQUIRE(has_memory, err, KW_NO_MEMORY, "no memory for the wires of a circuit");
    for (size_t done = 0; done < c->zkey.vars; done += n) {
        n = KW_MIN(c->zkey.vars - done, (size_t)KW_ZK_BLOCK_POINTS);
        kw_zk_multipliers(&c->key, n);
        memcpy(c->wires + done, c->key.scalars, n * sizeof *c->wires);
    }
    return KW_OK;
}

static kw_status prepare(circuit *c, const kw_zk_circuit_job *job, kw_error *err)
{
    const kw_zk_curve *curve = c->zkey.curve;
    uint8_t one[KW_ZK_FR_BYTES] = {1};
    KW_TRY(kw_zk_work_init(&c->key, job->zkey, curve, c->fault, err));
    c->order = *job->ptau;
    c->order.seed = job->zkey->seed;
    KW_TRY(kw_zk_work_init(&c->ceremony, &c->order, curve, c->fault, err));
    KW_TRY(kw_zk_zkey_setup(&c->setup, &c->key, &c->zkey, err));
    KW_TRY(draw_wires(c, err));
    KW_ASSERT(curve->scalar_decode_mont(&c->from_mont, KW_SPAN(one)) == KW_OK);
    kw_zk_r1cs_start(&c->cursor, &c->r1cs, job->r1cs, c->fault);
    c->a = curve->g1->infinity();
    c->b = curve->g1->infinity();
    c->b_g2 = curve->g2->infinity();
    c->k_public = curve->g1->infinity();
    c->k_private = curve->g1->infinity();
    return KW_OK;
}

kw_status kw_zk_zkey_circuit_check(kw_zk_fault *fault, const kw_zk_circuit_job *job, kw_error *err)
{
    KW_AUTO(circuit) c = {.fault = fault};
    KW_TRY(kw_zk_zkey_read(&c.zkey, fault, job->zkey->source, err));
    KW_TRY(kw_zk_ptau_read(&c.ptau, fault, job->ptau->source, err));
    KW_TRY(kw_zk_r1cs_read(&c.r1cs, fault, job->r1cs, err));
    KW_TRY(compare_headers(&c, err));
    KW_TRY(prepare(&c, job, err));
    KW_TRY(compare_setup(&c, err));
    KW_TRY(sum_circuit(&c, err));
    KW_TRY(compare_sums(&c, err));
    return compare_h(&c, err);
}
