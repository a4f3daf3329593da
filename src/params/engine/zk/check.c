/* SPDX-License-Identifier: Apache-2.0
 * From the first bytes of a file to its check. */
#include "params/engine/zk/check.h"

enum {
    HEAD_BYTES = 4
};

/* Magic is a name, of binary files. */
static const char *const names[] = {
    [KW_ZK_UNKNOWN] = "unknown", [KW_ZK_PTAU] = "ptau", [KW_ZK_ZKEY] = "zkey",
    [KW_ZK_R1CS] = "r1cs",       [KW_ZK_VKEY] = "vkey", [KW_ZK_KZG] = "kzg",
};

const char *kw_zk_kind_name(kw_zk_kind kind)
{
    return names[kind];
}

void kw_zk_report_drop(kw_zk_report *report)
{
    kw_zk_vkey_drop(&report->vkey);
}

const kw_zk_curve *kw_zk_report_curve(const kw_zk_report *report)
{
    switch (report->kind) {
    case KW_ZK_UNKNOWN:
        return NULL;
    case KW_ZK_PTAU:
        return report->ptau.curve;
    case KW_ZK_ZKEY:
        return report->zkey.curve;
    case KW_ZK_R1CS:
        return report->r1cs.curve;
    case KW_ZK_VKEY:
        return report->vkey.curve;
    case KW_ZK_KZG:
        return &kw_zk_bls12_381;
    }
    return NULL;
}

/* Is there such a word in the text? JSON of both kinds is small. */
static bool has_word(kw_span text, kw_str word)
{
    for (size_t i = 0; i + word.len <= text.len; i++) {
        if (kw_span_equal_var((kw_span){text.ptr + i, word.len}, kw_span_of_str(word))) {
            return true;
        }
    }
    return false;
}

static kw_status read_all(kw_buf *out, const kw_zk_source *source, kw_error *err)
{
    KW_TRY_AT(err, kw_buf_reserve(out, (size_t)source->size), "reading a text of parameters");
    KW_TRY(kw_zk_read(source, 0, (kw_mspan){out->ptr, (size_t)source->size}, err));
    out->len = (size_t)source->size;
    return KW_OK;
}

static kw_status refuse_unknown(kw_zk_report *out, kw_error *err)
{
    const kw_zk_place place = {0, NULL, KW_ZK_NO_INDEX, 0};
    return kw_zk_refuse(&out->fault, &place, KW_BAD_INPUT, "no known file of parameters", err);
}

/* A JSON object is a verification key or a KZG setup; digits begin a KZG setup. */
static kw_status check_text(kw_zk_report *out, const kw_zk_job *job, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(KW_ZK_VKEY_BYTES_MAX);
    if (job->source->size == 0 || job->source->size > KW_ZK_VKEY_BYTES_MAX) {
        return refuse_unknown(out, err);
    }
    KW_TRY(read_all(&text, job->source, err));
    const uint8_t first = text.ptr[0];
    if (first == '{' && !has_word(kw_buf_view(&text), KW_STR("\"g1_lagrange\""))) {
        out->kind = KW_ZK_VKEY;
        return kw_zk_vkey_decode(&out->vkey, &out->fault, kw_buf_view(&text), err);
    }
    if (first == '{' || (first >= '0' && first <= '9')) {
        out->kind = KW_ZK_KZG;
        return kw_zk_kzg_check(&out->kzg, &out->fault, job, err);
    }
    return refuse_unknown(out, err);
}

kw_status kw_zk_check(kw_zk_report *out, const kw_zk_job *job, kw_error *err)
{
    uint8_t head[HEAD_BYTES] = {0};
    size_t len = (size_t)KW_MIN(job->source->size, (uint64_t)sizeof head);
    KW_TRY(kw_zk_read(job->source, 0, (kw_mspan){head, len}, err));
    const kw_str magic = {(const char *)head, len};
    if (kw_str_equal(magic, kw_str_of(names[KW_ZK_PTAU]))) {
        out->kind = KW_ZK_PTAU;
        return kw_zk_ptau_check(&out->ptau, &out->fault, job, err);
    }
    if (kw_str_equal(magic, kw_str_of(names[KW_ZK_ZKEY]))) {
        out->kind = KW_ZK_ZKEY;
        return kw_zk_zkey_check(&out->zkey, &out->fault, job, err);
    }
    if (kw_str_equal(magic, kw_str_of(names[KW_ZK_R1CS]))) {
        out->kind = KW_ZK_R1CS;
        return kw_zk_r1cs_check(&out->r1cs, &out->fault, job, err);
    }
    return check_text(out, job, err);
}
