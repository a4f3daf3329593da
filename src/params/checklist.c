/* SPDX-License-Identifier: Apache-2.0
 * Checks of all files, and of what binds them. */
#include "params/checklist.h"

#include "codec/json.h"
#include "params/engine/zk/check.h"
#include "params/engine/zk/zkey_circuit.h"
#include "params/intake.h"

/* A line of the report. */
typedef struct finding {
    kw_str name;
    kw_hash32 sha256;
    kw_str check; /* "file", "vkey_of_zkey", "zkey_of_circuit" */
    bool is_valid;
    kw_str reason; /* why not */
} finding;

static const kw_field finding_fields[] = {
    KW_FIELD(finding, name, KW_TARGET_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(finding, sha256, 0, KW_REQ),
    KW_FIELD(finding, check, 32, KW_REQ),
    KW_FIELD(finding, is_valid, 0, KW_REQ),
    KW_FIELD(finding, reason, KW_ERROR_TEXT_BYTES, 0),
};
KW_SCHEMA(finding, finding_fields);

/* An open file of the draft. */
typedef struct subject {
    const kw_draft_file *file;
    kw_intake intake;
    kw_zk_source source;
    kw_zk_job job;
    kw_zk_report report;
} subject;

typedef struct run {
    const kw_checklist_ports *ports;
    const kw_draft *draft;
    kw_json_writer w;
    kw_error first; /* reason of the first refusal */
    kw_str first_name;
    subject subjects[KW_DRAFT_FILES_MAX];
} run;

static void run_drop(run *r)
{
    for (size_t i = 0; i < r->draft->files.count; i++) {
        kw_intake_drop(&r->subjects[i].intake);
        kw_zk_report_drop(&r->subjects[i].report);
    }
}

/* Writes down how a check ended; a refusal is a finding, all else an error. */
static kw_status note(run *r, const kw_draft_file *file, const char *check, kw_status st,
                      const kw_error *why, kw_error *err)
{
    KW_REQUIRE(st == KW_OK || st == KW_ZK_INVALID, err, st, "%s", why->text);
    const finding found = {.name = file->name,
                           .sha256 = file->sha256,
                           .check = kw_str_of(check),
                           .is_valid = st == KW_OK,
                           .reason = st == KW_OK ? (kw_str){0} : kw_str_of(why->text)};
    kw_json_write_object(&r->w, &finding_schema, &found, KW_JSON_PLAIN);
    if (st != KW_OK && r->first.status == KW_OK) {
        r->first = *why;
        r->first_name = file->name;
    }
    return KW_OK;
}

static kw_zk_kind kind_of(kw_params_kind kind)
{
    switch (kind) {
    case KW_PARAMS_VK:
        return KW_ZK_VKEY;
    case KW_PARAMS_ZKEY:
        return KW_ZK_ZKEY;
    case KW_PARAMS_PTAU:
        return KW_ZK_PTAU;
    case KW_PARAMS_SRS:
        return KW_ZK_KZG;
    case KW_PARAMS_R1CS:
        return KW_ZK_R1CS;
    }
    return KW_ZK_UNKNOWN;
}

/* What the draft says of a file is what the file is. */
static kw_status look_at(subject *s, const kw_draft *draft, kw_error *err)
{
    KW_TRY(kw_zk_check(&s->report, &s->job, err));
    const kw_zk_kind kind = s->report.kind;
    const kw_zk_curve *curve = kw_zk_report_curve(&s->report);
    KW_REQUIRE(kind == kind_of(s->file->kind), err, KW_ZK_INVALID, "the draft does not say %s",
               kw_zk_kind_name(kind));
    KW_REQUIRE(curve != NULL && kw_str_equal(draft->curve, kw_str_of(curve->name)), err,
               KW_ZK_INVALID, "the draft does not say curve %s", curve == NULL ? "" : curve->name);
    KW_REQUIRE((kind != KW_ZK_ZKEY && kind != KW_ZK_VKEY) ||
                   kw_str_equal(draft->proof_system, KW_STR("groth16")),
               err, KW_ZK_INVALID, "the draft does not say groth16");
    return KW_OK;
}

static kw_status check_file(run *r, size_t at, kw_error *err)
{
    subject *s = &r->subjects[at];
    s->file = &r->draft->files.items[at];
    KW_TRY_AT(err, kw_intake_open(&s->intake, r->ports->blobs, s->file, err), "opening file %zu",
              at + 1);
    s->source = kw_intake_source(&s->intake);
    s->job = (kw_zk_job){.source = &s->source, .level = KW_ZK_FULL};
    KW_TRY_AT(err, kw_rng_fill(r->ports->rng, KW_MSPAN(s->job.seed.bytes)), "drawing multipliers");
    kw_error why = {.status = KW_OK};
    kw_status st = look_at(s, r->draft, &why);
    return note(r, s->file, "file", st, &why, err);
}

/* The subject of that kind whose file is valid so far; NULL: there is none. */
static subject *valid_of(run *r, kw_params_kind kind)
{
    for (size_t i = 0; i < r->draft->files.count; i++) {
        subject *s = &r->subjects[i];
        if (s->file->kind == kind && s->report.kind == kind_of(kind) &&
            s->report.fault.cause == KW_OK) {
            return s;
        }
    }
    return NULL;
}

static kw_status check_bonds(run *r, kw_error *err)
{
    subject *vkey = valid_of(r, KW_PARAMS_VK);
    subject *zkey = valid_of(r, KW_PARAMS_ZKEY);
    subject *r1cs = valid_of(r, KW_PARAMS_R1CS);
    subject *ptau = valid_of(r, KW_PARAMS_PTAU);
    kw_zk_fault fault = {.cause = KW_OK};
    kw_error why = {.status = KW_OK};
    if (vkey != NULL && zkey != NULL) {
        kw_status st = kw_zk_vkey_match(&fault, &vkey->report.vkey, &zkey->job, &why);
        KW_TRY(note(r, vkey->file, "vkey_of_zkey", st, &why, err));
    }
    if (zkey != NULL && r1cs != NULL) {
        const kw_zk_circuit_job job = {&zkey->job, ptau == NULL ? NULL : &ptau->job, &r1cs->source};
        kw_status st = ptau == NULL
                           ? kw_fail(&why, KW_ZK_INVALID, "a circuit needs its powers of tau, too")
                           : kw_zk_zkey_circuit_check(&fault, &job, &why);
        KW_TRY(note(r, zkey->file, "zkey_of_circuit", st, &why, err));
    }
    return KW_OK;
}

kw_status kw_checklist_run(kw_buf *out, const kw_checklist_ports *ports, const kw_draft *draft,
                           kw_error *err)
{
    KW_AUTO(run) r = {.ports = ports, .draft = draft, .w = kw_json_writer_to(out)};
    kw_json_open_object(&r.w);
    kw_json_write_key(&r.w, KW_STR("k"));
    kw_json_write_str(&r.w, KW_STR("kw/checklist@1"));
    kw_json_write_key(&r.w, KW_STR("findings"));
    kw_json_open_array(&r.w);
    for (size_t i = 0; i < draft->files.count; i++) {
        KW_TRY(check_file(&r, i, err));
    }
    KW_TRY(check_bonds(&r, err));
    kw_json_close_array(&r.w);
    kw_json_write_key(&r.w, KW_STR("is_valid"));
    kw_json_write_bool(&r.w, r.first.status == KW_OK);
    kw_json_close_object(&r.w);
    KW_TRY_AT(err, kw_json_write_end(&r.w), "writing the report");
    KW_REQUIRE(r.first.status == KW_OK, err, KW_ZK_INVALID, "%.*s: %s", KW_STR_ARG(r.first_name),
               r.first.text);
    return KW_OK;
}
