/* SPDX-License-Identifier: Apache-2.0
 * Pairings, GT and signatures of one curve; needs what stands in curve.inc.c above it. */

static void answer_verdict(curve_answer *out, bool verdict)
{
    out->is_verdict = true;
    out->verdict = verdict;
}

static kw_status gt_read(T(gt) * out, const curve_call *call, size_t index)
{
    return call->fmt == CURVE_GT_KYBER ? T(gt_decode_kyber)(out, call->in[index])
                                       : T(gt_decode_coeff)(out, call->in[index]);
}

static void gt_answer(curve_answer *out, const curve_call *call, const T(gt) * value)
{
    T(gt_bytes) bytes;
    if (call->fmt == CURVE_GT_KYBER) {
        T(gt_encode_kyber)(&bytes, value);
    } else {
        T(gt_encode_coeff)(&bytes, value);
    }
    answer_bytes(out, bytes.bytes, sizeof bytes.bytes);
}

static kw_status op_gt_decode(curve_answer *out, const curve_call *call)
{
    T(gt) value;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(gt_read(&value, call, 0));
    gt_answer(out, call, &value);
    return KW_OK;
}

static kw_status op_gt_mul(curve_answer *out, const curve_call *call)
{
    T(gt) a;
    T(gt) b;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(gt_read(&a, call, 0));
    KW_TRY(gt_read(&b, call, 1));
    T(gt_mul)(&a, &a, &b);
    gt_answer(out, call, &a);
    return KW_OK;
}

static kw_status op_gt_inv(curve_answer *out, const curve_call *call)
{
    T(gt) value;
    T(gt) inverse;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(gt_read(&value, call, 0));
    T(gt_inv)(&inverse, &value);
    gt_answer(out, call, &inverse);
    T(gt_mul)(&value, &value, &inverse);
    T(gt) one = T(gt_one)();
    return agree(T(gt_equal)(&value, &one));
}

enum {
    GT_SQUARES_MAX = 1000
};

static kw_status op_gt_exp(curve_answer *out, const curve_call *call)
{
    T(gt) value;
    T(gt) power;
    T(fr) k;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(gt_read(&value, call, 0));
    KW_TRY(fr_read(&k, call, 1));
    T(gt_exp_var)(&power, &value, &k);
    KW_TRY(IF_SECRETS(gt_exp_agrees(&power, &value, &k)));
    gt_answer(out, call, &power);
    T(gt_exp)(&value, &value, &k);
    return agree(T(gt_equal)(&power, &value));
}

/* The element squared so many times, one by one and as a run. */
static kw_status op_gt_squares(curve_answer *out, const curve_call *call)
{
    T(gt) value;
    T(gt) run;
    uint32_t times = 0;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(gt_read(&value, call, 0));
    if (!is_index(&times, call->in[1]) || times > GT_SQUARES_MAX) {
        return KW_ARG;
    }
    T(gt_sqr_times)(&run, &value, times);
    for (uint32_t i = 0; i < times; i++) {
        T(gt_sqr)(&value, &value);
    }
    gt_answer(out, call, &run);
    return agree(T(gt_equal)(&run, &value));
}

/* Alone, as a product, over prepared lines, in two steps: one value. */
static kw_status op_pairing(curve_answer *out, const curve_call *call)
{
    T(g1) p;
    T(g2) q;
    T(gt) value;
    T(gt) again;
    T(lines) lines;
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(g1_read(&p, call, 0, KW_ALLOW_INFINITY));
    KW_TRY(g2_read(&q, call, 1, KW_ALLOW_INFINITY));
    T(pairing)(&value, &p, &q);
    T(prepare)(&lines, &q);
    T(pair) pairs[] = {{.p = &p, .q = &q}, {.p = &p, .prepared = &lines}};
    for (size_t i = 0; i < KW_COUNT(pairs); i++) {
        KW_TRY(T(pair_product)(&again, &pairs[i], 1, KW_ALLOW_INFINITY));
        KW_TRY(agree(T(gt_equal)(&value, &again)));
    }
    T(fp12) looped;
    KW_TRY(T(miller)(&looped, pairs, 1, KW_ALLOW_INFINITY));
    KW_TRY(T(final_exp)(&again, &looped));
    KW_TRY(agree(T(gt_equal)(&value, &again)));
    KW_TRY(IF_SECRETS(pairing_agrees(&value, &p, &q)));
    T(gt_bytes) bytes;
    T(gt_encode_coeff)(&bytes, &value);
    answer_bytes(out, bytes.bytes, sizeof bytes.bytes);
    return KW_OK;
}

/* Pairs of the inputs, every second one with prepared lines. */
static kw_status pairs_read(T(pair) * pairs, const curve_call *call, size_t count)
{
    T(g1) *p = kw_arena_new(call->arena, count, sizeof *p);
    T(g2) *q = kw_arena_new(call->arena, count, sizeof *q);
    T(lines) *lines = kw_arena_new(call->arena, count / 2 + 1, sizeof *lines);
    if (p == NULL || q == NULL || lines == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        KW_TRY(g1_read(&p[i], call, 2 * i, KW_ALLOW_INFINITY));
        KW_TRY(g2_read(&q[i], call, 2 * i + 1, KW_ALLOW_INFINITY));
        pairs[i] = (T(pair)){.p = &p[i], .q = &q[i]};
        if (i % 2 != 0) {
            T(prepare)(&lines[i / 2], &q[i]);
            pairs[i] = (T(pair)){.p = &p[i], .prepared = &lines[i / 2]};
        }
    }
    return KW_OK;
}

/* The empty product is one (EIP-197); the library refuses it. */
static kw_status op_pairing_check(curve_answer *out, const curve_call *call)
{
    bool is_one = true;
    size_t count = call->count / 2;
    if (call->count % 2 != 0) {
        return KW_ARG;
    }
    if (count > 0) {
        T(gt) product;
        T(gt) one = T(gt_one)();
        T(pair) *pairs = kw_arena_new(call->arena, count, sizeof *pairs);
        KW_TRY(pairs == NULL ? KW_LIMIT : pairs_read(pairs, call, count));
        KW_TRY(T(pair_product_is_one)(&is_one, pairs, count, KW_ALLOW_INFINITY));
        KW_TRY(T(pair_product)(&product, pairs, count, KW_ALLOW_INFINITY));
        KW_TRY(agree(is_one == T(gt_equal)(&product, &one)));
    }
    answer_verdict(out, is_one);
    return KW_OK;
}

/* ---- signatures: key, message and signature stand behind the mode ---- */

static kw_status verify_min_pk(bool *out, const curve_call *call, kw_span dst)
{
    min_pk_case c = {.call = call, .dst = dst};
    T(g2) hashed;
    T(g1) minus = T(g1_generator)();
    KW_TRY(g1_read(&c.key, call, 1, KW_POINT_STRICT));
    KW_TRY(g2_read(&c.sig, call, 3, KW_POINT_STRICT));
    KW_TRY(T(hash_to_g2)(&hashed, call->hash, call->in[2], dst));
    T(g1_neg)(&minus, &minus);
    T(pair) pairs[] = {{.p = &minus, .q = &c.sig}, {.p = &c.key, .q = &hashed}};
    KW_TRY(T(pair_product_is_one)(&c.is_valid, pairs, KW_COUNT(pairs), KW_POINT_STRICT));
    *out = c.is_valid;
    return IF_SECRETS(min_pk_agrees(&c));
}

static kw_status verify_min_sig(bool *out, const curve_call *call, kw_span dst)
{
    min_sig_case c = {.call = call, .dst = dst};
    T(g1) hashed;
    T(g2) minus = T(g2_generator)();
    KW_TRY(g2_read(&c.key, call, 1, KW_POINT_STRICT));
    KW_TRY(g1_read(&c.sig, call, 3, KW_POINT_STRICT));
    KW_TRY(T(hash_to_g1)(&hashed, call->hash, call->in[2], dst));
    T(g2_neg)(&minus, &minus);
    T(pair) pairs[] = {{.p = &c.sig, .q = &minus}, {.p = &hashed, .q = &c.key}};
    KW_TRY(T(pair_product_is_one)(&c.is_valid, pairs, KW_COUNT(pairs), KW_POINT_STRICT));
    *out = c.is_valid;
    return IF_SECRETS(min_sig_agrees(&c));
}

static kw_status op_bls_verify(curve_answer *out, const curve_call *call)
{
    kw_span dst = {0};
    bool is_valid = false;
    KW_TRY(curve_call_dst(&dst, call, 4));
    kw_str mode = kw_str_of_span(call->in[0]);
    if (kw_str_equal(mode, KW_STR("min_pk"))) {
        KW_TRY(verify_min_pk(&is_valid, call, dst));
    } else if (kw_str_equal(mode, KW_STR("min_sig"))) {
        KW_TRY(verify_min_sig(&is_valid, call, dst));
    } else {
        return KW_ARG;
    }
    answer_verdict(out, is_valid);
    return KW_OK;
}
