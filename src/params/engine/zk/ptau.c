/* SPDX-License-Identifier: Apache-2.0
 * Structure and powers of .ptau files. */
#include "params/engine/zk/ptau.h"

#include "codec/reader.h"
#include "params/engine/zk/lagrange.h"
#include "params/engine/zk/powers.h"
#include "params/engine/zk/ptau_chain.h"

enum {
    HEADER = 1,
    TAU_G1 = 2,
    TAU_G2 = 3,
    ALPHA_G1 = 4,
    BETA_G1 = 5,
    BETA_G2 = 6,
    CONTRIBUTIONS = 7,
    LAGRANGE = 10, /* section 12 belongs to 2, and so on */
    HEADER_BYTES_MAX = 4 + KW_ZK_FP_BYTES_MAX + 8,
};

typedef struct part {
    const char *name;
    bool is_g2;
    unsigned more; /* 2^(p + more) points, */
    unsigned less; /* less so many */
} part;

static const part parts[] = {
    [TAU_G1] = {"tauG1", false, 1, 1},
    [TAU_G2] = {"tauG2", true, 0, 0},
    [ALPHA_G1] = {"alphaTauG1", false, 0, 0},
    [BETA_G1] = {"betaTauG1", false, 0, 0},
    [TAU_G1 + LAGRANGE] = {"tauG1 Lagrange", false, 2, 1},
    [TAU_G2 + LAGRANGE] = {"tauG2 Lagrange", true, 1, 1},
    [ALPHA_G1 + LAGRANGE] = {"alphaTauG1 Lagrange", false, 1, 1},
    [BETA_G1 + LAGRANGE] = {"betaTauG1 Lagrange", false, 1, 1},
};

static kw_status refuse(kw_zk_fault *fault, const kw_zk_section *at, const char *what,
                        kw_error *err)
{
    const kw_zk_place place = {at->id, "header", KW_ZK_NO_INDEX, at->at};
    return kw_zk_refuse(fault, &place, KW_BAD_INPUT, what, err);
}

static kw_status read_header(kw_zk_ptau *out, kw_zk_fault *fault, const kw_zk_source *source,
                             kw_error *err)
{
    uint8_t bytes[HEADER_BYTES_MAX];
    const kw_zk_section *section = kw_zk_binfile_find(&out->file, HEADER);
    if (section == NULL || section->size > sizeof bytes) {
        return refuse(fault, &(kw_zk_section){.id = HEADER}, "there is no header", err);
    }
    kw_span header = {bytes, (size_t)section->size};
    KW_TRY(kw_zk_read(source, section->at, (kw_mspan){bytes, header.len}, err));
    kw_reader r = kw_reader_of(header);
    uint32_t n8 = kw_read_u32le(&r);
    out->curve = kw_zk_curve_of_base(kw_read_span(&r, n8));
    out->power = kw_read_u32le(&r);
    out->ceremony_power = kw_read_u32le(&r);
    if (kw_read_end(&r) != KW_OK) {
        return refuse(fault, section, "the header has another size", err);
    }
    if (out->curve == NULL) {
        return refuse(fault, section, "the curve is unknown", err);
    }
    if (out->power < 1 || out->power > KW_ZK_POWER_MAX || out->ceremony_power < out->power ||
        out->ceremony_power > KW_ZK_POWER_MAX) {
        return refuse(fault, section, "the power is not possible", err);
    }
    return KW_OK;
}

static kw_status need_points(const kw_zk_ptau *ptau, kw_zk_fault *fault, uint32_t id, kw_error *err)
{
    const kw_zk_group *group = parts[id].is_g2 ? ptau->curve->g2 : ptau->curve->g1;
    const uint64_t count = (UINT64_C(1) << (ptau->power + parts[id].more)) - parts[id].less;
    const kw_zk_section wanted = {.id = id, .size = count * group->wire_bytes};
    const kw_zk_section *found = NULL;
    return kw_zk_binfile_need(&found, fault, &ptau->file, &wanted, err);
}

static kw_status read_contributions(kw_zk_ptau *out, kw_zk_fault *fault, const kw_zk_source *source,
                                    kw_error *err)
{
    uint8_t count[sizeof(uint32_t)];
    const kw_zk_section *section = kw_zk_binfile_find(&out->file, CONTRIBUTIONS);
    if (section == NULL || section->size < sizeof count) {
        return refuse(fault, &(kw_zk_section){.id = CONTRIBUTIONS}, "there are no contributions",
                      err);
    }
    KW_TRY(kw_zk_read(source, section->at, KW_MSPAN(count), err));
    kw_reader r = kw_reader_of(KW_SPAN(count));
    out->contributions = kw_read_u32le(&r);
    if (out->contributions == 0) {
        return refuse(fault, section, "nobody has contributed", err);
    }
    if (out->contributions > KW_ZK_CONTRIBUTIONS_MAX) {
        return refuse(fault, section, "too many contributions", err);
    }
    return KW_OK;
}

kw_status kw_zk_ptau_read(kw_zk_ptau *out, kw_zk_fault *fault, const kw_zk_source *source,
                          kw_error *err)
{
    kw_zk_ptau ptau = {.power = 0};
    KW_TRY(kw_zk_binfile_read(&ptau.file, fault, source, "ptau", err));
    KW_TRY(read_header(&ptau, fault, source, err));
    for (uint32_t id = TAU_G1; id <= BETA_G1; id++) {
        KW_TRY(need_points(&ptau, fault, id, err));
    }
    const kw_zk_section beta = {.id = BETA_G2, .size = ptau.curve->g2->wire_bytes};
    const kw_zk_section *found = NULL;
    KW_TRY(kw_zk_binfile_need(&found, fault, &ptau.file, &beta, err));
    KW_TRY(read_contributions(&ptau, fault, source, err));
    const size_t plain = 7;
    ptau.is_prepared = ptau.file.count > plain;
    for (uint32_t id = TAU_G1; ptau.is_prepared && id <= BETA_G1; id++) {
        KW_TRY(need_points(&ptau, fault, id + LAGRANGE, err));
    }
    if (ptau.file.count != (ptau.is_prepared ? plain + 4 : plain)) {
        return refuse(fault, &(kw_zk_section){0}, "a section is of no known kind", err);
    }
    *out = ptau;
    return KW_OK;
}

kw_zk_run kw_zk_ptau_run(const kw_zk_ptau *ptau, uint32_t section)
{
    const kw_zk_section *found = kw_zk_binfile_find(&ptau->file, section);
    const kw_zk_group *group = parts[section].is_g2 ? ptau->curve->g2 : ptau->curve->g1;
    return (kw_zk_run){
        .group = group,
        .place = {section, parts[section].name, KW_ZK_NO_INDEX, found->at},
        .count = found->size / group->wire_bytes,
    };
}

/* The point of a run is the one that the last contribution came to. */
static kw_status match(kw_zk_work *w, const kw_zk_run *run, uint64_t index,
                       const kw_zk_point *wanted, kw_error *err)
{
    kw_zk_point point;
    KW_TRY(kw_zk_read_point(&point, w, run, index, err));
    if (!run->group->equal(&point, wanted)) {
        const kw_zk_place place = kw_zk_run_place(run, index);
        return kw_zk_refuse(w->fault, &place, KW_REFUSED, "not what the last contribution says",
                            err);
    }
    return KW_OK;
}

static kw_zk_run beta_run(const kw_zk_ptau *ptau)
{
    const kw_zk_section *found = kw_zk_binfile_find(&ptau->file, BETA_G2);
    return (kw_zk_run){ptau->curve->g2, {BETA_G2, "betaG2", KW_ZK_NO_INDEX, found->at}, 1, 0};
}

/* Sections 2..6 against the stand, before any long walk. */
static kw_status match_stand(kw_zk_work *w, const kw_zk_ptau *ptau, const kw_zk_stand *stand,
                             kw_error *err)
{
    const kw_zk_run tau1 = kw_zk_ptau_run(ptau, TAU_G1);
    const kw_zk_run tau2 = kw_zk_ptau_run(ptau, TAU_G2);
    const kw_zk_run alpha = kw_zk_ptau_run(ptau, ALPHA_G1);
    const kw_zk_run beta = kw_zk_ptau_run(ptau, BETA_G1);
    const kw_zk_run beta2 = beta_run(ptau);
    KW_TRY(match(w, &tau1, 1, &stand->tau_g1, err));
    KW_TRY(match(w, &tau2, 1, &stand->tau_g2, err));
    KW_TRY(match(w, &alpha, 0, &stand->alpha_g1, err));
    KW_TRY(match(w, &beta, 0, &stand->beta_g1, err));
    return match(w, &beta2, 0, &stand->beta_g2, err);
}

static kw_status match_generators(kw_zk_work *w, const kw_zk_ptau *ptau, kw_error *err)
{
    for (uint32_t id = TAU_G1; id <= TAU_G2; id++) {
        const kw_zk_run run = kw_zk_ptau_run(ptau, id);
        const kw_zk_point wanted = run.group->generator();
        kw_zk_point point;
        KW_TRY(kw_zk_read_point(&point, w, &run, 0, err));
        if (!run.group->equal(&point, &wanted)) {
            const kw_zk_place place = kw_zk_run_place(&run, 0);
            return kw_zk_refuse(w->fault, &place, KW_REFUSED, "not the generator", err);
        }
    }
    return KW_OK;
}

/* Sections 2..6 in their order, which is that of the next challenge. */
static kw_status check_points(kw_zk_work *w, const kw_zk_ptau *ptau, const kw_zk_stand *stand,
                              kw_error *err)
{
    kw_zk_point first;
    for (uint32_t id = TAU_G1; id <= BETA_G1; id++) {
        const bool is_g2 = parts[id].is_g2;
        const kw_zk_powers powers = {
            .run = kw_zk_ptau_run(ptau, id),
            .base = is_g2 ? ptau->curve->g1->generator() : ptau->curve->g2->generator(),
            .step = is_g2 ? stand->tau_g1 : stand->tau_g2,
        };
        KW_TRY(kw_zk_powers_check(&first, w, &powers, err));
    }
    const kw_zk_run beta = beta_run(ptau);
    return kw_zk_walk(w, &beta, NULL, err);
}

/* The last contribution's challenge is the hash of its answer and of the file, unless the file was
 * truncated to a lower power since. */
static kw_status check_challenge(kw_zk_work *w, const kw_zk_ptau *ptau, const kw_zk_stand *stand,
                                 kw_error *err)
{
    kw_hash64 digest;
    kw_blake2b_final(&w->hash, KW_MSPAN(digest.bytes));
    w->hashes = false;
    if (ptau->power == ptau->ceremony_power &&
        !kw_span_equal_var(KW_SPAN(digest.bytes), KW_SPAN(stand->next_challenge.bytes))) {
        const kw_zk_section *section = kw_zk_binfile_find(&ptau->file, CONTRIBUTIONS);
        const kw_zk_place place = {CONTRIBUTIONS, "contribution", ptau->contributions - 1,
                                   section->at};
        return kw_zk_refuse(w->fault, &place, KW_REFUSED, "not the hash of this file", err);
    }
    return KW_OK;
}

static kw_status check_prepared(kw_zk_work *w, const kw_zk_ptau *ptau, kw_error *err)
{
    for (uint32_t id = TAU_G1; ptau->is_prepared && id <= BETA_G1; id++) {
        const kw_zk_lagrange in = {
            .powers = kw_zk_ptau_run(ptau, id),
            .bases = kw_zk_ptau_run(ptau, id + LAGRANGE),
            .power = ptau->power + (id == TAU_G1 ? 1 : 0),
        };
        KW_TRY(kw_zk_lagrange_check(w, &in, err));
    }
    return KW_OK;
}

static kw_status check(kw_zk_work *w, const kw_zk_ptau *ptau, kw_error *err)
{
    kw_zk_stand stand = {.response = {{0}}};
    KW_TRY(match_generators(w, ptau, err));
    KW_TRY(kw_zk_ptau_chain_check(&stand, w, ptau, err));
    if (w->job->level == KW_ZK_QUICK) {
        return KW_OK;
    }
    KW_TRY(match_stand(w, ptau, &stand, err));
    kw_blake2b_init(&w->hash, sizeof stand.response.bytes);
    kw_blake2b_update(&w->hash, KW_SPAN(stand.response.bytes));
    w->hashes = true;
    KW_TRY(check_points(w, ptau, &stand, err));
    KW_TRY(check_challenge(w, ptau, &stand, err));
    return check_prepared(w, ptau, err);
}

kw_status kw_zk_ptau_check(kw_zk_ptau *out, kw_zk_fault *fault, const kw_zk_job *job, kw_error *err)
{
    kw_zk_ptau ptau;
    KW_AUTO(kw_zk_work) w = {0};
    KW_TRY(kw_zk_ptau_read(&ptau, fault, job->source, err));
    KW_TRY(kw_zk_work_init(&w, job, ptau.curve, fault, err));
    KW_TRY(check(&w, &ptau, err));
    *out = ptau;
    return KW_OK;
}
