/* SPDX-License-Identifier: Apache-2.0
 * Every decoder of both curves on the vectors of tools/curve_vectors.mjs, called by itself: the
 * exact status, nothing written but what is accepted, and each status met that it can give. */
#include "codec/hex.h"
#include "curve/bls_pair.h"
#include "curve/bls_wire.h"
#include "curve/bn_pair.h"
#include "curve/bn_wire.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

enum {
    UNTOUCHED = 0xa5,
    INPUT_BYTES_MAX = 1024,
    STATUSES_MAX = 6, /* that one decoder can give */
};

/* What a decoder writes, whatever its type. */
typedef union output {
    uint8_t bytes[sizeof(kw_bls_gt)];
    uint64_t aligned;
} output;

typedef struct decoder {
    const char *name;
    const char *file; /* of vectors */
    const char *op;   /* whose only input is what this decodes */
    const char *fmt;  /* of those; NULL: any */
    kw_status (*one)(output *out, kw_span in, unsigned flags);
    kw_status (*batch)(output *out, uint8_t *ok, kw_span in, unsigned flags); /* or NULL */
    bool (*is_infinity)(const output *out); /* or NULL; vectors allow it */
    bool is_zero_refused;                   /* vectors allow it too */
    kw_status can[STATUSES_MAX];            /* what it can give but OK */
} decoder;

#define POINT(curve, group, form)                                                                 \
    static kw_status one_##curve##_##group##_##form(output *out, kw_span in, unsigned flags)      \
    {                                                                                             \
        return kw_##curve##_##group##_decode_##form((kw_##curve##_##group *)out, in, flags);      \
    }                                                                                             \
    static kw_status batch_##curve##_##group##_##form(output *out, uint8_t *ok, kw_span in,       \
                                                      unsigned flags)                             \
    {                                                                                             \
        return kw_##curve##_batch_##group##_decode_##form((kw_##curve##_##group *)out, ok, in, 1, \
                                                          flags);                                 \
    }                                                                                             \
    static bool is_infinity_##curve##_##group##_##form(const output *out)                         \
    {                                                                                             \
        return kw_##curve##_##group##_is_infinity((const kw_##curve##_##group *)out);             \
    }
POINT(bls, g1, zcash)
POINT(bls, g2, zcash)
POINT(bls, g1, eip2537)
POINT(bls, g2, eip2537)
POINT(bn, g1, eip196)
POINT(bn, g2, eip196)
POINT(bn, g1, gnark)
POINT(bn, g2, gnark)
POINT(bn, g1, ark)
POINT(bn, g2, ark)

#define VALUE(curve, type, decode)                                                   \
    static kw_status one_##curve##_##decode(output *out, kw_span in, unsigned flags) \
    {                                                                                \
        KW_UNUSED(flags);                                                            \
        return kw_##curve##_##decode((kw_##curve##_##type *)out, in);                \
    }
VALUE(bls, fp, fp_decode)
VALUE(bls, fr, fr_decode)
VALUE(bls, secret, secret_decode)
VALUE(bls, gt, gt_decode_coeff)
VALUE(bls, gt, gt_decode_kyber)
VALUE(bn, fp, fp_decode)
VALUE(bn, fr, fr_decode)
VALUE(bn, secret, secret_decode)
VALUE(bn, gt, gt_decode_coeff)
VALUE(bn, gt, gt_decode_kyber)

#define POINT_ROW(curve, name, group, form, ...)                                 \
    {                                                                            \
#curve " " #group " " #form, name "_encodings", #group ".decode", #form, \
            one_##curve##_##group##_##form, batch_##curve##_##group##_##form,    \
            is_infinity_##curve##_##group##_##form, false,                       \
        {                                                                        \
            __VA_ARGS__                                                          \
        }                                                                        \
    }
#define VALUE_ROW(curve, file, op, fmt, decode, ...)                                  \
    {                                                                                 \
#curve " " #decode, file, op, fmt, one_##curve##_##decode, NULL, NULL, false, \
        {                                                                             \
            __VA_ARGS__                                                               \
        }                                                                             \
    }
#define SECRET_ROW(curve, name)                                                               \
    {                                                                                         \
#curve " secret_decode", name "_fields", "fr.neg", NULL, one_##curve##_secret_decode, \
            NULL, NULL, true,                                                                 \
        {                                                                                     \
            KW_LENGTH, KW_RANGE                                                               \
        }                                                                                     \
    }
#define FLAGGED  KW_LENGTH, KW_ENCODING, KW_RANGE, KW_NOT_ON_CURVE, KW_INFINITY
#define UNMARKED KW_LENGTH, KW_RANGE, KW_NOT_ON_CURVE, KW_INFINITY
#define BLS      "bls12_381"
#define BN       "bn254"

static const decoder decoders[] = {
    POINT_ROW(bls, BLS, g1, zcash, FLAGGED, KW_NOT_IN_SUBGROUP),
    POINT_ROW(bls, BLS, g2, zcash, FLAGGED, KW_NOT_IN_SUBGROUP),
    POINT_ROW(bls, BLS, g1, eip2537, UNMARKED, KW_NOT_IN_SUBGROUP),
    POINT_ROW(bls, BLS, g2, eip2537, UNMARKED, KW_NOT_IN_SUBGROUP),
    POINT_ROW(bn, BN, g1, eip196, UNMARKED), /* of order r is the whole curve */
    POINT_ROW(bn, BN, g2, eip196, UNMARKED, KW_NOT_IN_SUBGROUP),
    POINT_ROW(bn, BN, g1, gnark, FLAGGED),
    POINT_ROW(bn, BN, g2, gnark, FLAGGED, KW_NOT_IN_SUBGROUP),
    POINT_ROW(bn, BN, g1, ark, FLAGGED),
    POINT_ROW(bn, BN, g2, ark, FLAGGED, KW_NOT_IN_SUBGROUP),
    VALUE_ROW(bls, BLS "_fields", "fp.neg", NULL, fp_decode, KW_LENGTH, KW_RANGE),
    VALUE_ROW(bls, BLS "_fields", "fr.neg", NULL, fr_decode, KW_LENGTH, KW_RANGE),
    VALUE_ROW(bn, BN "_fields", "fp.neg", NULL, fp_decode, KW_LENGTH, KW_RANGE),
    VALUE_ROW(bn, BN "_fields", "fr.neg", NULL, fr_decode, KW_LENGTH, KW_RANGE),
    VALUE_ROW(bls, BLS "_pairings", "gt.decode", "gt_coeff", gt_decode_coeff, KW_LENGTH, KW_RANGE,
              KW_NOT_IN_SUBGROUP),
    VALUE_ROW(bls, BLS "_pairings", "gt.decode", "gt_kyber", gt_decode_kyber, KW_LENGTH, KW_RANGE,
              KW_NOT_IN_SUBGROUP),
    VALUE_ROW(bn, BN "_pairings", "gt.decode", "gt_coeff", gt_decode_coeff, KW_LENGTH, KW_RANGE,
              KW_NOT_IN_SUBGROUP),
    VALUE_ROW(bn, BN "_pairings", "gt.decode", "gt_kyber", gt_decode_kyber, KW_LENGTH, KW_RANGE,
              KW_NOT_IN_SUBGROUP),
    SECRET_ROW(bls, BLS),
    SECRET_ROW(bn, BN),
};

/* Marks a status as met; false when the decoder must not give it. */
static bool meet(bool *met, const decoder *d, kw_status st)
{
    for (size_t i = 0; i < STATUSES_MAX; i++) {
        if (d->can[i] == st) {
            met[i] = true;
            return true;
        }
    }
    return false;
}

static void expect_untouched(const output *out)
{
    for (size_t i = 0; i < sizeof out->bytes; i++) {
        assert_int_equal(out->bytes[i], UNTOUCHED);
    }
}

static void expect_refusal(const decoder *d, kw_span in, unsigned flags, kw_status wanted)
{
    output out;
    uint8_t ok = 2;
    memset(&out, UNTOUCHED, sizeof out);
    EXPECT_STATUS(d->one(&out, in, flags), wanted);
    if (d->batch != NULL) {
        EXPECT_STATUS(d->batch(&out, &ok, in, flags), wanted == KW_LENGTH ? KW_LENGTH : KW_OK);
        assert_int_equal(ok, wanted == KW_LENGTH ? 2 : 0);
    }
    expect_untouched(&out);
}

/* One vector: refused with that status, or taken. */
static void expect_verdict(bool *met, const decoder *d, kw_span in, kw_status wanted)
{
    output out;
    output again;
    uint8_t ok = 2;
    if (wanted != KW_OK) {
        assert_true(meet(met, d, wanted));
        expect_refusal(d, in, KW_ALLOW_INFINITY, wanted);
        expect_refusal(d, in, KW_POINT_STRICT, wanted);
        return;
    }
    memset(&out, UNTOUCHED, sizeof out);
    memset(&again, UNTOUCHED, sizeof again);
    EXPECT_OK(d->one(&out, in, KW_ALLOW_INFINITY));
    if (d->batch != NULL) {
        EXPECT_OK(d->batch(&again, &ok, in, KW_ALLOW_INFINITY));
        assert_int_equal(ok, 1);
        assert_memory_equal(&out, &again, sizeof out);
    }
    if (d->is_infinity != NULL && d->is_infinity(&out)) {
        assert_true(meet(met, d, KW_INFINITY));
        expect_refusal(d, in, KW_POINT_STRICT, KW_INFINITY);
    }
}

static kw_status status_of(const kw_json *item)
{
    kw_str name = kw_json_text(kw_json_get(item, "error"));
    for (int st = KW_OK + 1; name.len > 0; st++) {
        if (kw_str_equal(name, kw_str_of(kw_status_name((kw_status)st)))) {
            return (kw_status)st;
        }
    }
    return KW_OK;
}

static bool is_for(const decoder *d, const kw_json *ask)
{
    kw_str fmt = kw_json_text(kw_json_get(ask, "fmt"));
    return kw_str_equal(json_tree_text(ask, "op"), kw_str_of(d->op)) &&
           (d->fmt == NULL || kw_str_equal(fmt, kw_str_of(d->fmt)));
}

static bool is_zero(kw_span bytes)
{
    uint8_t any = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        any |= bytes.ptr[i];
    }
    return any == 0;
}

static void expect_vectors(bool *met, const decoder *d, const kw_json *cases)
{
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        const kw_json *item = kw_json_item(cases, i);
        const kw_json *ask = json_tree_at(item, "ask");
        if (!is_for(d, ask)) {
            continue;
        }
        uint8_t bytes[INPUT_BYTES_MAX];
        kw_str text = kw_json_text(kw_json_item(json_tree_at(ask, "in"), 0));
        kw_mspan in = {bytes, text.len / 2};
        assert_in_range(in.len, 0, sizeof bytes);
        EXPECT_OK(kw_hex_decode_to(in, text));
        kw_status wanted = status_of(item);
        if (wanted == KW_OK && d->is_zero_refused && is_zero(kw_span_of_mspan(in))) {
            wanted = KW_RANGE;
        }
        expect_verdict(met, d, kw_span_of_mspan(in), wanted);
    }
}

static void decoders__refuse_exactly_and_write_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(decoders); i++) {
        const decoder *d = &decoders[i];
        char path[128];
        bool met[STATUSES_MAX] = {false};
        KW_AUTO(kw_buf) file = {0};
        (void)snprintf(path, sizeof path, "tests/vectors/curve/%s.json", d->file);
        tree_read(&file, path);
        KW_AUTO_PTR(kw_json) root = json_tree_parse(kw_buf_text(&file));
        expect_vectors(met, d, json_tree_at(root, "cases"));
        for (size_t k = 0; k < STATUSES_MAX; k++) {
            if (d->can[k] != KW_OK && !met[k]) {
                print_error("%s: no vector for %s\n", d->name, kw_status_name(d->can[k]));
                fail();
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoders__refuse_exactly_and_write_nothing),
    };
    return curve_run_on_backends("vectors/curve/refusals", tests, KW_COUNT(tests));
}
