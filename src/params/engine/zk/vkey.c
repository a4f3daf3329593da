/* SPDX-License-Identifier: Apache-2.0
 * Verification keys: from decimal texts to points of a group. */
#include "params/engine/zk/vkey.h"

#include "base/heap.h"
#include "codec/json.h"

enum {
    DEPTH_MAX = 5,
    DIGITS_MAX = 116, /* of 2^384 */
    COORDINATES = 4,  /* numbers of a point of G2 */
    GT_NUMBERS = 12,
};

/* What is read, and where a refusal says it is. */
typedef struct reading {
    kw_zk_fault *fault;
    const kw_zk_curve *curve;
    kw_zk_place place;
    kw_error *err;
} reading;

static kw_status refuse(const reading *r, kw_status cause, const char *what)
{
    return kw_zk_refuse(r->fault, &r->place, cause, what, r->err);
}

/* Decimal without leading zeros to fp_bytes, big-endian. RANGE: it does not fit them. */
static kw_status read_number(uint8_t *out, const kw_zk_curve *curve, const kw_json *value)
{
    kw_str text = kw_json_text(value);
    if (text.len == 0 || text.len > DIGITS_MAX || (text.len > 1 && text.ptr[0] == '0')) {
        return KW_ENCODING;
    }
    memset(out, 0, curve->fp_bytes);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return KW_ENCODING;
        }
        unsigned carry = (unsigned)(text.ptr[i] - '0');
        for (size_t k = curve->fp_bytes; k-- > 0;) {
            carry += 10U * out[k];
            out[k] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry != 0) {
            return KW_RANGE;
        }
    }
    return KW_OK;
}

/* "x", or ["x0", "x1"] in G2, into so many numbers. */
static kw_status read_coordinate(uint8_t *out, const reading *r, const kw_json *value, bool is_g2)
{
    if (!is_g2) {
        return read_number(out, r->curve, value);
    }
    if (kw_json_count(value) != 2) {
        return KW_ENCODING;
    }
    KW_TRY(read_number(out, r->curve, kw_json_item(value, 0)));
    return read_number(out + r->curve->fp_bytes, r->curve, kw_json_item(value, 1));
}

/* z is 1: no point at infinity, and one form for each point. */
static bool is_one(const kw_json *z, bool is_g2)
{
    kw_str first = kw_json_text(is_g2 ? kw_json_item(z, 0) : z);
    bool has_rest = !is_g2 || (kw_json_count(z) == 2 &&
                               kw_str_equal(kw_json_text(kw_json_item(z, 1)), KW_STR("0")));
    return kw_str_equal(first, KW_STR("1")) && has_rest;
}

static kw_status read_point(kw_zk_point *out, const reading *r, const kw_json *value, bool is_g2)
{
    uint8_t numbers[COORDINATES * KW_ZK_FP_BYTES_MAX];
    KW_ASSERT(r->curve != NULL); /* read_head comes first */
    const kw_zk_group *group = is_g2 ? r->curve->g2 : r->curve->g1;
    const size_t half = group->wire_bytes / 2;
    if (kw_json_count(value) != 3 || !is_one(kw_json_item(value, 2), is_g2)) {
        return refuse(r, KW_ENCODING, "not x, y and z = 1");
    }
    kw_status st = read_coordinate(numbers, r, kw_json_item(value, 0), is_g2);
    if (st == KW_OK) {
        st = read_coordinate(numbers + half, r, kw_json_item(value, 1), is_g2);
    }
    if (st == KW_OK) {
        st = group->decode_numbers(out, (kw_span){numbers, group->wire_bytes});
    }
    return st == KW_OK ? KW_OK : refuse(r, st, NULL);
}

static kw_status read_head(kw_zk_vkey *out, reading *r, const kw_json *root)
{
    static const kw_zk_curve *const curves[] = {&kw_zk_bn254, &kw_zk_bls12_381};
    kw_str name = kw_json_text(kw_json_get(root, "curve"));
    int64_t public_count = -1;
    r->place.part = "protocol";
    if (!kw_str_equal(kw_json_text(kw_json_get(root, "protocol")), KW_STR("groth16"))) {
        return refuse(r, KW_BAD_INPUT, "the key is not one of Groth16");
    }
    r->place.part = "curve";
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        if (kw_str_equal(name, kw_str_of(curves[i]->vkey_name))) {
            r->curve = curves[i];
        }
    }
    if (r->curve == NULL) {
        return refuse(r, KW_BAD_INPUT, "the curve is unknown");
    }
    r->place.part = "nPublic";
    if (!kw_json_integer(kw_json_get(root, "nPublic"), &public_count) || public_count < 0 ||
        public_count > KW_ZK_PUBLIC_MAX) {
        return refuse(r, KW_RANGE, "the number of public signals is not possible");
    }
    out->curve = r->curve;
    out->public_count = (uint32_t)public_count;
    return KW_OK;
}

static kw_status read_ic(kw_zk_vkey *out, reading *r, const kw_json *list)
{
    kw_str name;
    const kw_json *item = NULL;
    size_t count = (size_t)out->public_count + 1;
    r->place.part = "IC";
    if (kw_json_kind_of(list) != KW_JSON_ARRAY || kw_json_count(list) != count) {
        return refuse(r, KW_LENGTH, "not one point more than public signals");
    }
    out->ic = kw_heap_new(count, sizeof *out->ic);
    KW_REQUIRE(out->ic != NULL, r->err, KW_NO_MEMORY, "no memory for a verification key");
    r->place.index = 0;
    for (const void *at = NULL; kw_json_next(list, &at, &name, &item); r->place.index++) {
        KW_TRY(read_point(&out->ic[r->place.index], r, item, false));
    }
    r->place.index = KW_ZK_NO_INDEX;
    return KW_OK;
}

/* Two of three of two numbers, as pairings are written. */
static kw_status check_alphabeta(const kw_zk_vkey *key, reading *r, const kw_json *value)
{
    uint8_t wanted[GT_NUMBERS * KW_ZK_FP_BYTES_MAX];
    uint8_t given[KW_ZK_FP_BYTES_MAX];
    const size_t len = key->curve->fp_bytes;
    r->place.part = "vk_alphabeta_12";
    key->curve->pairing(wanted, &key->alpha_g1, &key->beta_g2);
    for (size_t i = 0; i < GT_NUMBERS; i++) {
        const kw_json *half = kw_json_item(value, i / 6);
        const kw_json *pair = kw_json_item(half, i / 2 % 3);
        kw_status st = read_number(given, key->curve, kw_json_item(pair, i % 2));
        if (kw_json_count(value) != 2 || kw_json_count(half) != 3 || kw_json_count(pair) != 2 ||
            st != KW_OK) {
            return refuse(r, KW_ENCODING, NULL);
        }
        if (!kw_span_equal_var((kw_span){given, len}, (kw_span){wanted + i * len, len})) {
            return refuse(r, KW_REFUSED, "not the pairing of alpha and beta");
        }
    }
    return KW_OK;
}

static kw_status check_members(reading *r, const kw_json *root)
{
    static const char *const names[] = {"protocol",   "curve",     "nPublic",
                                        "vk_alpha_1", "vk_beta_2", "vk_gamma_2",
                                        "vk_delta_2", "IC",        "vk_alphabeta_12"};
    kw_str name;
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(root, &at, &name, &value);) {
        bool is_known = false;
        for (size_t i = 0; i < KW_COUNT(names); i++) {
            is_known = is_known || kw_str_equal(name, kw_str_of(names[i]));
        }
        if (!is_known) {
            return refuse(r, KW_BAD_INPUT, "a member is unknown");
        }
    }
    return KW_OK;
}

static kw_status read_key(kw_zk_vkey *out, reading *r, const kw_json *root)
{
    KW_TRY(check_members(r, root));
    KW_TRY(read_head(out, r, root));
    const struct {
        const char *name;
        kw_zk_point *point;
        bool is_g2;
    } rows[] = {{"vk_alpha_1", &out->alpha_g1, false},
                {"vk_beta_2", &out->beta_g2, true},
                {"vk_gamma_2", &out->gamma_g2, true},
                {"vk_delta_2", &out->delta_g2, true}};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        r->place.part = rows[i].name;
        KW_TRY(read_point(rows[i].point, r, kw_json_get(root, rows[i].name), rows[i].is_g2));
    }
    KW_TRY(read_ic(out, r, kw_json_get(root, "IC")));
    if (out->curve->g2->equal(&out->gamma_g2, &out->delta_g2)) {
        r->place.part = "vk_delta_2";
        return refuse(r, KW_REFUSED, "gamma and delta are the same");
    }
    const kw_json *alphabeta = kw_json_get(root, "vk_alphabeta_12");
    return alphabeta == NULL ? KW_OK : check_alphabeta(out, r, alphabeta);
}

void kw_zk_vkey_drop(kw_zk_vkey *key)
{
    kw_heap_free(key->ic);
    *key = (kw_zk_vkey){.curve = NULL};
}

kw_status kw_zk_vkey_decode(kw_zk_vkey *out, kw_zk_fault *fault, kw_span json, kw_error *err)
{
    KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
    KW_AUTO_PTR(kw_json) root = NULL;
    reading r = {
        .fault = fault, .place = {.index = KW_ZK_NO_INDEX, .offset = KW_ZK_NO_OFFSET}, .err = err};
    if (json.len > KW_ZK_VKEY_BYTES_MAX) {
        return refuse(&r, KW_LIMIT, "longer than any verification key");
    }
    kw_status st = kw_json_parse(&root, json, DEPTH_MAX, NULL);
    KW_REQUIRE(st != KW_NO_MEMORY, err, st, "no memory for a verification key");
    if (st != KW_OK || kw_json_kind_of(root) != KW_JSON_OBJECT) {
        return refuse(&r, KW_BAD_INPUT, "not a JSON object");
    }
    KW_TRY(read_key(&key, &r, root));
    *out = key;
    key = (kw_zk_vkey){.curve = NULL};
    return KW_OK;
}

typedef struct comparison {
    const kw_zk_vkey *key;
    const kw_zk_run *run;
} comparison;

static kw_status see_ic(void *user, kw_zk_work *w, uint64_t first, size_t n, kw_error *err)
{
    const comparison *c = user;
    for (size_t i = 0; i < n; i++) {
        kw_zk_point point = c->run->group->at(w->points, i + 1);
        if (!c->run->group->equal(&point, &c->key->ic[first + i])) {
            const kw_zk_place place = kw_zk_run_place(c->run, first + i);
            return kw_zk_refuse(w->fault, &place, KW_REFUSED, "not that of the verification key",
                                err);
        }
    }
    return KW_OK;
}

static bool is_same_setup(const kw_zk_vkey *key, const kw_zk_setup *setup)
{
    return key->curve->g1->equal(&key->alpha_g1, &setup->alpha_g1) &&
           key->curve->g2->equal(&key->beta_g2, &setup->beta_g2) &&
           key->curve->g2->equal(&key->gamma_g2, &setup->gamma_g2) &&
           key->curve->g2->equal(&key->delta_g2, &setup->delta_g2);
}

kw_status kw_zk_vkey_match(kw_zk_fault *fault, const kw_zk_vkey *key, const kw_zk_job *zkey_job,
                           kw_error *err)
{
    kw_zk_zkey zkey;
    kw_zk_setup setup;
    KW_AUTO(kw_zk_work) w = {0};
    const kw_zk_place header = {2, "header", KW_ZK_NO_INDEX, 0};
    KW_TRY(kw_zk_zkey_read(&zkey, fault, zkey_job->source, err));
    if (zkey.curve != key->curve || zkey.public_count != key->public_count) {
        return kw_zk_refuse(fault, &header, KW_REFUSED,
                            "of another circuit than the verification key", err);
    }
    KW_TRY(kw_zk_work_init(&w, zkey_job, zkey.curve, fault, err));
    KW_TRY(kw_zk_zkey_setup(&setup, &w, &zkey, err));
    if (!is_same_setup(key, &setup)) {
        return kw_zk_refuse(fault, &header, KW_REFUSED,
                            "its secrets are not those of the verification key", err);
    }
    const kw_zk_run run = kw_zk_zkey_run(&zkey, 3);
    comparison c = {key, &run};
    const kw_zk_visitor visitor = {see_ic, &c};
    return kw_zk_walk(&w, &run, &visitor, err);
}
