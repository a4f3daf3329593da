/* SPDX-License-Identifier: Apache-2.0
 * Circuits, term by term. */
#include "params/engine/zk/r1cs.h"

#include "codec/reader.h"

enum {
    HEADER = 1,
    CONSTRAINTS = 2,
    LABELS = 3,
    SECTIONS = 3,
    HEADER_BYTES = 4 + KW_ZK_FR_BYTES + 4 * 4 + 8 + 4,
    LABEL_BYTES = 8,
    TERM_BYTES = 4 + KW_ZK_FR_BYTES,
    SIGNALS_MAX = 1 << KW_ZK_POWER_MAX,
};

static kw_status refuse(kw_zk_fault *fault, const kw_zk_section *at, const char *what,
                        kw_error *err)
{
    const kw_zk_place place = {at->id, "header", KW_ZK_NO_INDEX, at->at};
    return kw_zk_refuse(fault, &place, KW_BAD_INPUT, what, err);
}

static kw_status read_header(kw_zk_r1cs *out, kw_zk_fault *fault, const kw_zk_source *source,
                             kw_error *err)
{
    uint8_t bytes[HEADER_BYTES];
    const kw_zk_section wanted = {.id = HEADER, .size = sizeof bytes};
    const kw_zk_section *section = NULL;
    KW_TRY(kw_zk_binfile_need(&section, fault, &out->file, &wanted, err));
    KW_TRY(kw_zk_read(source, section->at, KW_MSPAN(bytes), err));
    kw_reader r = kw_reader_of(KW_SPAN(bytes));
    uint32_t n8 = kw_read_u32le(&r);
    out->curve = n8 == KW_ZK_FR_BYTES ? kw_zk_curve_of_order(kw_read_span(&r, n8)) : NULL;
    if (out->curve == NULL) {
        return refuse(fault, section, "the field is unknown", err);
    }
    out->wires = kw_read_u32le(&r);
    uint64_t outputs = kw_read_u32le(&r);
    uint64_t public_inputs = kw_read_u32le(&r);
    uint64_t private_inputs = kw_read_u32le(&r);
    uint64_t labels = kw_read_u64le(&r);
    out->constraints = kw_read_u32le(&r);
    if (kw_read_end(&r) != KW_OK || out->wires > SIGNALS_MAX || out->constraints > SIGNALS_MAX ||
        outputs + public_inputs + private_inputs >= out->wires || labels < out->wires) {
        return refuse(fault, section, "the numbers of signals are not possible", err);
    }
    out->public_count = (uint32_t)(outputs + public_inputs);
    return KW_OK;
}

kw_status kw_zk_r1cs_read(kw_zk_r1cs *out, kw_zk_fault *fault, const kw_zk_source *source,
                          kw_error *err)
{
    kw_zk_r1cs r1cs = {.wires = 0};
    const kw_zk_section *found = NULL;
    KW_TRY(kw_zk_binfile_read(&r1cs.file, fault, source, "r1cs", err));
    KW_TRY(read_header(&r1cs, fault, source, err));
    const kw_zk_section labels = {.id = LABELS, .size = (uint64_t)r1cs.wires * LABEL_BYTES};
    KW_TRY(kw_zk_binfile_need(&found, fault, &r1cs.file, &labels, err));
    found = kw_zk_binfile_find(&r1cs.file, CONSTRAINTS);
    if (found == NULL || found->size < 3 * sizeof(uint32_t) * (uint64_t)r1cs.constraints) {
        return refuse(fault, &(kw_zk_section){.id = CONSTRAINTS}, "constraints are missing", err);
    }
    if (r1cs.file.count != SECTIONS) {
        return refuse(fault, &(kw_zk_section){0}, "a section is of no known kind", err);
    }
    *out = r1cs;
    return KW_OK;
}

void kw_zk_r1cs_start(kw_zk_r1cs_cursor *out, const kw_zk_r1cs *r1cs, const kw_zk_source *source,
                      kw_zk_fault *fault)
{
    out->r1cs = r1cs;
    out->source = source;
    out->fault = fault;
    out->at = kw_zk_binfile_find(&r1cs->file, CONSTRAINTS)->at;
    out->used = 0;
    out->filled = 0;
}

static kw_status refuse_here(const kw_zk_r1cs_cursor *cursor, kw_status cause, const char *what,
                             kw_error *err)
{
    const kw_zk_place place = {CONSTRAINTS, "constraints", KW_ZK_NO_INDEX,
                               cursor->at + cursor->used};
    return kw_zk_refuse(cursor->fault, &place, cause, what, err);
}

/* The next `len` bytes of the section; they live until the next call. */
static kw_status take(kw_span *out, kw_zk_r1cs_cursor *cursor, size_t len, kw_error *err)
{
    if (cursor->filled - cursor->used < len) {
        const kw_zk_section *section = kw_zk_binfile_find(&cursor->r1cs->file, CONSTRAINTS);
        uint64_t next = cursor->at + cursor->used;
        uint64_t left = section->at + section->size - next;
        if (left < len) {
            return refuse_here(cursor, KW_LENGTH, "the section ends too early", err);
        }
        size_t more = (size_t)KW_MIN(left, (uint64_t)sizeof cursor->room);
        KW_TRY(kw_zk_read(cursor->source, next, (kw_mspan){cursor->room, more}, err));
        cursor->at = next;
        cursor->used = 0;
        cursor->filled = more;
    }
    *out = (kw_span){cursor->room + cursor->used, len};
    cursor->used += len;
    return KW_OK;
}

kw_status kw_zk_r1cs_terms(uint32_t *out, kw_zk_r1cs_cursor *cursor, kw_error *err)
{
    kw_span bytes;
    KW_TRY(take(&bytes, cursor, sizeof *out, err));
    kw_reader r = kw_reader_of(bytes);
    uint32_t terms = kw_read_u32le(&r);
    if (terms > cursor->r1cs->wires) {
        return refuse_here(cursor, KW_RANGE, "a sum of more terms than there are wires", err);
    }
    *out = terms;
    return KW_OK;
}

kw_status kw_zk_r1cs_term(uint32_t *out_wire, kw_zk_scalar *out_value, kw_zk_r1cs_cursor *cursor,
                          kw_error *err)
{
    kw_span bytes;
    KW_TRY(take(&bytes, cursor, TERM_BYTES, err));
    kw_reader r = kw_reader_of(bytes);
    uint32_t wire = kw_read_u32le(&r);
    kw_status st = cursor->r1cs->curve->scalar_decode(out_value, kw_read_rest(&r));
    if (wire >= cursor->r1cs->wires || st != KW_OK) {
        return refuse_here(cursor, KW_RANGE, "no such wire, or no canonical scalar", err);
    }
    *out_wire = wire;
    return KW_OK;
}

kw_status kw_zk_r1cs_end(kw_zk_r1cs_cursor *cursor, kw_error *err)
{
    const kw_zk_section *section = kw_zk_binfile_find(&cursor->r1cs->file, CONSTRAINTS);
    if (cursor->at + cursor->used != section->at + section->size) {
        return refuse_here(cursor, KW_LENGTH, "bytes stand behind the last constraint", err);
    }
    return KW_OK;
}

static kw_status walk_terms(const kw_zk_r1cs *r1cs, kw_zk_fault *fault, const kw_zk_source *source,
                            kw_error *err)
{
    kw_zk_r1cs_cursor cursor;
    kw_zk_r1cs_start(&cursor, r1cs, source, fault);
    for (uint64_t sum = 0; sum < 3 * (uint64_t)r1cs->constraints; sum++) {
        uint32_t terms = 0;
        KW_TRY(kw_zk_r1cs_terms(&terms, &cursor, err));
        for (uint32_t i = 0; i < terms; i++) {
            uint32_t wire = 0;
            kw_zk_scalar value;
            KW_TRY(kw_zk_r1cs_term(&wire, &value, &cursor, err));
        }
    }
    return kw_zk_r1cs_end(&cursor, err);
}

kw_status kw_zk_r1cs_check(kw_zk_r1cs *out, kw_zk_fault *fault, const kw_zk_job *job, kw_error *err)
{
    kw_zk_r1cs r1cs;
    KW_TRY(kw_zk_r1cs_read(&r1cs, fault, job->source, err));
    if (job->level >= KW_ZK_POINTS) {
        KW_TRY(walk_terms(&r1cs, fault, job->source, err));
    }
    *out = r1cs;
    return KW_OK;
}
