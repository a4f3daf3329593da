/* SPDX-License-Identifier: Apache-2.0
 * Structure and points of .zkey files. */
#include "params/engine/zk/zkey.h"

#include "codec/reader.h"
#include "params/engine/zk/zkey_chain.h"

enum {
    PROTOCOL = 1,
    HEADER = 2,
    IC = 3,
    COEFFICIENTS = 4,
    A = 5,
    B_G1 = 6,
    B_G2 = 7,
    C = 8,
    H = 9,
    CONTRIBUTIONS = 10,
    GROTH16 = 1,
    SECTIONS = 10,
    NUMBERS_BYTES_MAX = 4 + KW_ZK_FP_BYTES_MAX + 4 + KW_ZK_FR_BYTES + 12,
    CIRCUIT_BYTES = 64,
    MULTIPLIER_BITS = 128,
    COEFFICIENT_BYTES = 12 + KW_ZK_FR_BYTES,
    COEFFICIENTS_AT_ONCE = 512,
};

static const struct {
    const char *name;
    bool is_g2;
    unsigned flags;
} parts[] = {
    [IC] = {"IC", false, KW_POINT_STRICT},       [A] = {"A", false, KW_ALLOW_INFINITY},
    [B_G1] = {"B G1", false, KW_ALLOW_INFINITY}, [B_G2] = {"B G2", true, KW_ALLOW_INFINITY},
    [C] = {"C", false, KW_ALLOW_INFINITY},       [H] = {"H", false, KW_POINT_STRICT},
};

static kw_status refuse(kw_zk_fault *fault, const kw_zk_section *at, const char *what,
                        kw_error *err)
{
    const kw_zk_place place = {at->id, "header", KW_ZK_NO_INDEX, at->at};
    return kw_zk_refuse(fault, &place, KW_BAD_INPUT, what, err);
}

static kw_status read_u32(uint32_t *out, const kw_zk_source *source, uint64_t at, kw_error *err)
{
    uint8_t bytes[sizeof *out];
    KW_TRY(kw_zk_read(source, at, KW_MSPAN(bytes), err));
    kw_reader r = kw_reader_of(KW_SPAN(bytes));
    *out = kw_read_u32le(&r);
    return KW_OK;
}

static uint64_t numbers_bytes(const kw_zk_curve *curve)
{
    return 4 + curve->fp_bytes + 4 + KW_ZK_FR_BYTES + 12;
}

/* The numbers of the header, and whether they are possible together. */
static kw_status read_numbers(kw_zk_zkey *out, kw_zk_fault *fault, const kw_zk_source *source,
                              kw_error *err)
{
    uint8_t bytes[NUMBERS_BYTES_MAX];
    const kw_zk_section *section = kw_zk_binfile_find(&out->file, HEADER);
    if (section == NULL || section->size < sizeof bytes) {
        return refuse(fault, &(kw_zk_section){.id = HEADER}, "there is no header", err);
    }
    KW_TRY(kw_zk_read(source, section->at, KW_MSPAN(bytes), err));
    kw_reader r = kw_reader_of(KW_SPAN(bytes));
    out->curve = kw_zk_curve_of_base(kw_read_span(&r, kw_read_u32le(&r)));
    kw_span order = kw_read_span(&r, kw_read_u32le(&r));
    if (out->curve == NULL || kw_zk_curve_of_order(order) != out->curve) {
        return refuse(fault, section, "the curve is unknown", err);
    }
    out->vars = kw_read_u32le(&r);
    out->public_count = kw_read_u32le(&r);
    out->domain = kw_read_u32le(&r);
    if (!kw_read_is_good(&r) || out->public_count >= out->vars) {
        return refuse(fault, section, "the numbers of signals are not possible", err);
    }
    if (out->domain == 0 || (out->domain & (out->domain - 1)) != 0 ||
        out->domain > UINT32_C(1) << KW_ZK_POWER_MAX) {
        return refuse(fault, section, "the domain is no power of two that is possible", err);
    }
    return KW_OK;
}

static uint64_t points_of(const kw_zk_zkey *zkey, uint32_t id)
{
    switch (id) {
    case IC:
        return (uint64_t)zkey->public_count + 1;
    case C:
        return (uint64_t)zkey->vars - zkey->public_count - 1;
    case H:
        return zkey->domain;
    default:
        return zkey->vars;
    }
}

static const kw_zk_group *group_of(const kw_zk_zkey *zkey, uint32_t id)
{
    return parts[id].is_g2 ? zkey->curve->g2 : zkey->curve->g1;
}

static kw_status need_sizes(kw_zk_zkey *out, kw_zk_fault *fault, kw_error *err)
{
    const kw_zk_curve *curve = out->curve;
    const kw_zk_section *found = NULL;
    const kw_zk_section header = {.id = HEADER,
                                  .size = numbers_bytes(curve) +
                                          3 * (curve->g1->wire_bytes + curve->g2->wire_bytes)};
    const kw_zk_section coefficients = {
        .id = COEFFICIENTS, .size = 4 + (uint64_t)out->coefficients * COEFFICIENT_BYTES};
    KW_TRY(kw_zk_binfile_need(&found, fault, &out->file, &header, err));
    KW_TRY(kw_zk_binfile_need(&found, fault, &out->file, &coefficients, err));
    for (uint32_t id = IC; id <= H; id++) {
        if (id != COEFFICIENTS) {
            const kw_zk_section wanted = {
                .id = id, .size = points_of(out, id) * group_of(out, id)->wire_bytes};
            KW_TRY(kw_zk_binfile_need(&found, fault, &out->file, &wanted, err));
        }
    }
    return KW_OK;
}

static kw_status read_protocol(const kw_zk_zkey *zkey, kw_zk_fault *fault,
                               const kw_zk_source *source, kw_error *err)
{
    const kw_zk_section wanted = {.id = PROTOCOL, .size = sizeof(uint32_t)};
    const kw_zk_section *found = NULL;
    uint32_t protocol = 0;
    KW_TRY(kw_zk_binfile_need(&found, fault, &zkey->file, &wanted, err));
    KW_TRY(read_u32(&protocol, source, found->at, err));
    if (protocol != GROTH16) {
        return refuse(fault, found, "the key is not one of Groth16", err);
    }
    return KW_OK;
}

static kw_status read_counts(kw_zk_zkey *out, kw_zk_fault *fault, const kw_zk_source *source,
                             kw_error *err)
{
    const kw_zk_section *coefficients = kw_zk_binfile_find(&out->file, COEFFICIENTS);
    const kw_zk_section *chain = kw_zk_binfile_find(&out->file, CONTRIBUTIONS);
    if (coefficients == NULL || coefficients->size < sizeof(uint32_t)) {
        return refuse(fault, &(kw_zk_section){.id = COEFFICIENTS}, "the section is missing", err);
    }
    if (chain == NULL || chain->size < CIRCUIT_BYTES + sizeof(uint32_t)) {
        return refuse(fault, &(kw_zk_section){.id = CONTRIBUTIONS}, "there are no contributions",
                      err);
    }
    KW_TRY(read_u32(&out->coefficients, source, coefficients->at, err));
    KW_TRY(kw_zk_read(source, chain->at, KW_MSPAN(out->circuit.bytes), err));
    KW_TRY(read_u32(&out->contributions, source, chain->at + CIRCUIT_BYTES, err));
    if (out->contributions == 0) {
        return refuse(fault, chain, "nobody has contributed", err);
    }
    if (out->contributions > KW_ZK_CONTRIBUTIONS_MAX) {
        return refuse(fault, chain, "too many contributions", err);
    }
    return KW_OK;
}

kw_status kw_zk_zkey_read(kw_zk_zkey *out, kw_zk_fault *fault, const kw_zk_source *source,
                          kw_error *err)
{
    kw_zk_zkey zkey = {.vars = 0};
    KW_TRY(kw_zk_binfile_read(&zkey.file, fault, source, "zkey", err));
    KW_TRY(read_protocol(&zkey, fault, source, err));
    KW_TRY(read_numbers(&zkey, fault, source, err));
    KW_TRY(read_counts(&zkey, fault, source, err));
    KW_TRY(need_sizes(&zkey, fault, err));
    if (zkey.file.count != SECTIONS) {
        return refuse(fault, &(kw_zk_section){0}, "a section is of no known kind", err);
    }
    *out = zkey;
    return KW_OK;
}

kw_zk_run kw_zk_zkey_run(const kw_zk_zkey *zkey, uint32_t section)
{
    const kw_zk_section *found = kw_zk_binfile_find(&zkey->file, section);
    return (kw_zk_run){group_of(zkey, section),
                       {section, parts[section].name, KW_ZK_NO_INDEX, found->at},
                       points_of(zkey, section),
                       parts[section].flags};
}

kw_status kw_zk_zkey_setup(kw_zk_setup *out, kw_zk_work *w, const kw_zk_zkey *zkey, kw_error *err)
{
    const kw_zk_section *section = kw_zk_binfile_find(&zkey->file, HEADER);
    const kw_zk_group *g1 = zkey->curve->g1;
    const kw_zk_group *g2 = zkey->curve->g2;
    kw_zk_setup setup = {.alpha_g1 = g1->infinity()};
    const struct {
        const kw_zk_group *group;
        const char *name;
        kw_zk_point *point;
    } rows[] = {{g1, "alpha G1", &setup.alpha_g1}, {g1, "beta G1", &setup.beta_g1},
                {g2, "beta G2", &setup.beta_g2},   {g2, "gamma G2", &setup.gamma_g2},
                {g1, "delta G1", &setup.delta_g1}, {g2, "delta G2", &setup.delta_g2}};
    uint64_t at = section->at + numbers_bytes(zkey->curve);
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_zk_run run = {rows[i].group, {HEADER, rows[i].name, KW_ZK_NO_INDEX, at}, 1, 0};
        KW_TRY(kw_zk_read_point(rows[i].point, w, &run, 0, err));
        at += rows[i].group->wire_bytes;
    }
    *out = setup;
    return KW_OK;
}

/* A delta that is the generator is one that nobody has contributed to; and who knows gamma / delta
 * proves anything. */
static const char *judge_setup(const kw_zk_curve *curve, const kw_zk_setup *s)
{
    const kw_zk_point g1 = curve->g1->generator();
    const kw_zk_point g2 = curve->g2->generator();
    if (curve->g1->equal(&s->delta_g1, &g1) || curve->g2->equal(&s->delta_g2, &g2)) {
        return "delta is the generator: nobody has contributed";
    }
    if (curve->g2->equal(&s->gamma_g2, &s->delta_g2)) {
        return "gamma and delta are the same";
    }
    if (!curve->same_ratio(&g1, &s->delta_g1, &g2, &s->delta_g2)) {
        return "delta is another in each group";
    }
    if (!curve->same_ratio(&g1, &s->beta_g1, &g2, &s->beta_g2)) {
        return "beta is another in each group";
    }
    return NULL;
}

static kw_status see_coefficients(kw_zk_work *w, const kw_zk_zkey *zkey, kw_span bytes,
                                  uint64_t first, kw_error *err)
{
    kw_reader r = kw_reader_of(bytes);
    for (uint64_t i = first; kw_read_left(&r) > 0; i++) {
        uint32_t matrix = kw_read_u32le(&r);
        uint32_t constraint = kw_read_u32le(&r);
        uint32_t signal = kw_read_u32le(&r);
        kw_zk_scalar value;
        kw_status st = w->curve->scalar_decode_mont(&value, kw_read_span(&r, KW_ZK_FR_BYTES));
        if (matrix > 1 || constraint >= zkey->domain || signal >= zkey->vars || st != KW_OK) {
            const kw_zk_section *section = kw_zk_binfile_find(&zkey->file, COEFFICIENTS);
            const kw_zk_place place = {COEFFICIENTS, "coefficient", i,
                                       section->at + 4 + i * COEFFICIENT_BYTES};
            return kw_zk_refuse(w->fault, &place, KW_RANGE, NULL, err);
        }
    }
    return KW_OK;
}

static kw_status check_coefficients(kw_zk_work *w, const kw_zk_zkey *zkey, kw_error *err)
{
    uint8_t bytes[COEFFICIENTS_AT_ONCE * COEFFICIENT_BYTES];
    const kw_zk_section *section = kw_zk_binfile_find(&zkey->file, COEFFICIENTS);
    uint64_t n = 0;
    for (uint64_t first = 0; first < zkey->coefficients; first += n) {
        n = KW_MIN(zkey->coefficients - first, (uint64_t)COEFFICIENTS_AT_ONCE);
        kw_mspan room = {bytes, (size_t)n * COEFFICIENT_BYTES};
        KW_TRY(kw_zk_read(w->job->source, section->at + 4 + first * COEFFICIENT_BYTES, room, err));
        KW_TRY(see_coefficients(w, zkey, kw_span_of_mspan(room), first, err));
    }
    return KW_OK;
}

typedef struct group_sum {
    const kw_zk_group *group;
    kw_zk_point sum;
} group_sum;

static kw_status see_sum(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    KW_UNUSED(first);
    KW_UNUSED(err);
    group_sum *s = user;
    const kw_zk_slots all = {.first = 1, .n = n, .bits = MULTIPLIER_BITS};
    kw_zk_multipliers(w, n);
    kw_zk_add_terms(&s->sum, w, s->group, &all);
    return KW_OK;
}

/* Both walks take the same multipliers: the sums are of one scalar, by one pairing equation. */
static kw_status check_both_b(kw_zk_work *w, const kw_zk_zkey *zkey, kw_error *err)
{
    const kw_zk_run b1 = kw_zk_zkey_run(zkey, B_G1);
    const kw_zk_run b2 = kw_zk_zkey_run(zkey, B_G2);
    if (w->job->level < KW_ZK_FULL) {
        KW_TRY(kw_zk_walk(w, &b1, NULL, err));
        return kw_zk_walk(w, &b2, NULL, err);
    }
    const kw_zk_point g1 = w->curve->g1->generator();
    const kw_zk_point g2 = w->curve->g2->generator();
    group_sum sum1 = {b1.group, b1.group->infinity()};
    group_sum sum2 = {b2.group, b2.group->infinity()};
    const kw_zk_visitor first = {see_sum, &sum1};
    const kw_zk_visitor second = {see_sum, &sum2};
    uint64_t multipliers = w->multipliers;
    KW_TRY(kw_zk_walk(w, &b1, &first, err));
    w->multipliers = multipliers;
    KW_TRY(kw_zk_walk(w, &b2, &second, err));
    if (!w->curve->same_ratio(&g1, &sum1.sum, &g2, &sum2.sum)) {
        return kw_zk_refuse(w->fault, &b2.place, KW_REFUSED, "not the same scalars as in B G1",
                            err);
    }
    return KW_OK;
}

static kw_status check_points(kw_zk_work *w, const kw_zk_zkey *zkey, kw_error *err)
{
    static const uint32_t alone[] = {IC, A, C, H};
    for (size_t i = 0; i < KW_COUNT(alone); i++) {
        const kw_zk_run run = kw_zk_zkey_run(zkey, alone[i]);
        KW_TRY(kw_zk_walk(w, &run, NULL, err));
    }
    KW_TRY(check_both_b(w, zkey, err));
    return check_coefficients(w, zkey, err);
}

kw_status kw_zk_zkey_check(kw_zk_zkey *out, kw_zk_fault *fault, const kw_zk_job *job, kw_error *err)
{
    kw_zk_zkey zkey = {.curve = NULL};
    kw_zk_setup setup;
    KW_AUTO(kw_zk_work) w = {0};
    KW_TRY(kw_zk_zkey_read(&zkey, fault, job->source, err));
    KW_ASSERT(zkey.curve != NULL); /* or the reading had refused it */
    KW_TRY(kw_zk_work_init(&w, job, zkey.curve, fault, err));
    KW_TRY(kw_zk_zkey_setup(&setup, &w, &zkey, err));
    const char *wrong = judge_setup(zkey.curve, &setup);
    if (wrong != NULL) {
        const kw_zk_section *section = kw_zk_binfile_find(&zkey.file, HEADER);
        const kw_zk_place place = {HEADER, "header", KW_ZK_NO_INDEX, section->at};
        return kw_zk_refuse(fault, &place, KW_REFUSED, wrong, err);
    }
    KW_TRY(kw_zk_zkey_chain_check(&w, &zkey, &setup, err));
    if (job->level >= KW_ZK_POINTS) {
        KW_TRY(check_points(&w, &zkey, err));
    }
    *out = zkey;
    return KW_OK;
}
