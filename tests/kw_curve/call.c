/* SPDX-License-Identifier: Apache-2.0
 * Requests: members checked, inputs decoded, the operation found. */
#include "kw_curve/call.h"

#include "codec/hex.h"
#include "crypto/h2c_hashes.h"

typedef struct curve_name {
    const char *name;
    const curve_row *(*find)(kw_str op);
    curve_fmt fmt; /* when the request names none */
} curve_name;

static const curve_name curves[] = {
    {"bls12-381", curve_bls_find, CURVE_ZCASH},
    {"bn254", curve_bn_find, CURVE_EIP196},
};

typedef struct fmt_name {
    const char *name;
    const char *curve; /* NULL: for elements of GT; "": for both curves */
} fmt_name;

static const fmt_name fmts[] = {
    [CURVE_ZCASH] = {"zcash", "bls12-381"}, [CURVE_EIP2537] = {"eip2537", "bls12-381"},
    [CURVE_EIP196] = {"eip196", "bn254"},   [CURVE_GNARK] = {"gnark", "bn254"},
    [CURVE_ARK] = {"ark", "bn254"},         [CURVE_SNARKJS] = {"snarkjs", ""},
    [CURVE_GT_COEFF] = {"gt_coeff", NULL},  [CURVE_GT_KYBER] = {"gt_kyber", NULL},
};

static bool is_known(kw_str member)
{
    static const char *const names[] = {"id", "curve", "op", "in", "fmt", "dst", "hash"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        if (kw_str_equal(member, kw_str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static kw_status check_members(const kw_json *request)
{
    kw_str name = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(request, &at, &name, &value);) {
        if (!is_known(name)) {
            return KW_BAD_INPUT;
        }
    }
    return KW_OK;
}

/* A text that is not empty; absent: the empty one, unless it is required. */
static kw_status read_name(kw_str *out, const kw_json *request, const char *member,
                           bool is_required)
{
    const kw_json *value = kw_json_get(request, member);
    *out = kw_json_text(value);
    if (value == NULL && !is_required) {
        return KW_OK;
    }
    if (kw_json_kind_of(value) != KW_JSON_STRING) {
        return KW_BAD_INPUT;
    }
    return out->len > 0 ? KW_OK : KW_ARG;
}

static kw_status read_bytes(kw_arena *arena, kw_span *out, const kw_json *value)
{
    kw_str text = kw_json_text(value);
    if (kw_json_kind_of(value) != KW_JSON_STRING || text.len % 2 != 0) {
        return KW_BAD_INPUT;
    }
    kw_mspan bytes = {kw_arena_new(arena, text.len / 2 + 1, 1), text.len / 2};
    if (bytes.ptr == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(kw_hex_decode_to(bytes, text));
    *out = kw_span_of_mspan(bytes);
    return KW_OK;
}

static kw_status read_inputs(curve_call *call, const kw_json *list)
{
    if (kw_json_kind_of(list) != KW_JSON_ARRAY) {
        return KW_BAD_INPUT;
    }
    size_t count = kw_json_count(list);
    if (count > CURVE_INPUTS_MAX) {
        return KW_LIMIT;
    }
    kw_span *in = kw_arena_new(call->arena, count + 1, sizeof *in);
    if (in == NULL) {
        return KW_LIMIT;
    }
    kw_str name = {0};
    const kw_json *item = NULL;
    for (const void *at = NULL; kw_json_next(list, &at, &name, &item);) {
        KW_TRY(read_bytes(call->arena, &in[call->count++], item));
    }
    call->in = in;
    return KW_OK;
}

static kw_status find_hash(const kw_h2c_hash **out, kw_str name)
{
    if (name.len == 0 || kw_str_equal(name, KW_STR("sha256"))) {
        *out = &kw_h2c_sha256;
        return KW_OK;
    }
    if (kw_str_equal(name, KW_STR("keccak256"))) {
        *out = &kw_h2c_keccak256;
        return KW_OK;
    }
    return KW_ARG;
}

/* Whether the encoding is one of points of that curve, or of GT. */
static bool is_fmt_of(const fmt_name *fmt, const curve_name *curve, bool is_gt)
{
    if (is_gt || fmt->curve == NULL) {
        return is_gt && fmt->curve == NULL;
    }
    kw_str name = kw_str_of(fmt->curve);
    return name.len == 0 || kw_str_equal(name, kw_str_of(curve->name));
}

static kw_status find_fmt(curve_fmt *out, kw_str name, const curve_name *curve, bool is_gt)
{
    if (name.len == 0) {
        *out = is_gt ? CURVE_GT_COEFF : curve->fmt;
        return KW_OK;
    }
    for (size_t i = 0; i < KW_COUNT(fmts); i++) {
        if (kw_str_equal(name, kw_str_of(fmts[i].name)) && is_fmt_of(&fmts[i], curve, is_gt)) {
            *out = (curve_fmt)i;
            return KW_OK;
        }
    }
    return KW_ARG;
}

static const curve_name *find_curve(kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        if (kw_str_equal(name, kw_str_of(curves[i].name))) {
            return &curves[i];
        }
    }
    return NULL;
}

kw_status curve_call_run(curve_answer *out, kw_arena *arena, const kw_json *request)
{
    curve_call call = {.arena = arena, .has_dst = kw_json_get(request, "dst") != NULL};
    kw_str curve_text = {0};
    kw_str op = {0};
    kw_str fmt = {0};
    kw_str hash = {0};
    KW_TRY(check_members(request));
    KW_TRY(read_name(&curve_text, request, "curve", true));
    KW_TRY(read_name(&op, request, "op", true));
    KW_TRY(read_name(&fmt, request, "fmt", false));
    KW_TRY(read_name(&hash, request, "hash", false));
    KW_TRY(read_inputs(&call, kw_json_get(request, "in")));
    if (call.has_dst) {
        KW_TRY(read_bytes(arena, &call.dst, kw_json_get(request, "dst")));
    }
    const curve_name *curve = find_curve(curve_text);
    const curve_row *row = curve == NULL ? NULL : curve->find(op);
    if (row == NULL) {
        return KW_ARG;
    }
    KW_TRY(find_hash(&call.hash, hash));
    KW_TRY(find_fmt(&call.fmt, fmt, curve, kw_str_starts_with(op, KW_STR("gt."))));
    out->bytes = kw_buf_init(CURVE_ANSWER_BYTES_MAX);
    return row->run(out, &call);
}

kw_status curve_call_needs(const curve_call *call, size_t count)
{
    return call->count == count ? KW_OK : KW_ARG;
}

kw_status curve_call_dst(kw_span *out, const curve_call *call, size_t count)
{
    KW_TRY(curve_call_needs(call, call->has_dst ? count : count + 1));
    *out = call->has_dst ? call->dst : call->in[count];
    return out->len > 0 ? KW_OK : KW_ARG;
}

kw_mspan curve_answer_room(curve_answer *out, size_t len)
{
    kw_status st = kw_buf_reserve(&out->bytes, len);
    KW_ASSERT(st == KW_OK);
    if (len == 0) {
        return (kw_mspan){0};
    }
    kw_mspan room = {out->bytes.ptr + out->bytes.len, len};
    out->bytes.len += len;
    return room;
}
