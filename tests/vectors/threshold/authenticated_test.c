/* SPDX-License-Identifier: Apache-2.0
 * Messages with their signatures as an independent implementation made them. */
#include "threshold/engine/message/authenticated.h"

#include "curve/bn_hash.h"
#include "curve/bn_wire.h"
#include "support/threshold_file.h"

static threshold_file file;

static void json__keeps_its_bytes(void **state)
{
    (void)state;
    const kw_json *texts = threshold_part(&file, "json");
    assert_true(kw_json_count(texts) > 0);
    for (size_t i = 0; i < kw_json_count(texts); i++) {
        kw_str text = json_tree_text(kw_json_item(texts, i), "text");
        kw_authenticated_list list;
        kw_error err;
        EXPECT_OK(kw_authenticated_decode(&list, &file.arena, kw_span_of_str(text), &err));
        assert_int_equal(list.count, 1);
        KW_AUTO(kw_buf) again = kw_buf_init(1 << 20);
        EXPECT_OK(kw_authenticated_encode(&again, &list.items[0]));
        EXPECT_SPAN(kw_buf_view(&again), kw_span_of_str(text));
    }
}

static void points_and_signatures__match(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(&file, "hash_to_g1");
    assert_int_equal(kw_json_count(rows), 6);
    for (size_t i = 0; i < 6; i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_hash32 digest = threshold_hash(row, "digest");
        kw_bn_g1 point;
        EXPECT_OK(kw_bn_g1_try_and_increment_var(&point, &digest));
        kw_bn_g1_both wire;
        kw_bn_g1_encode_eip196(&wire, &point);
        EXPECT_SPAN(KW_SPAN(wire.bytes), threshold_bytes(&file, row, "point"));
        KW_AUTO(kw_bn_secret) key = {{0}};
        EXPECT_OK(kw_bn_secret_decode(&key, threshold_bytes(&file, row, "secret_key")));
        kw_peer_signer signer = kw_peer_bn254_signer(&key);
        kw_peer_signature signature;
        EXPECT_OK(signer.sign(signer.ctx, &signature, &digest));
        EXPECT_SPAN(kw_peer_signature_view(&signature), threshold_bytes(&file, row, "signature"));
    }
}

/* A payload whose hash is another is refused before its signature is looked at. */
static bool is_valid(const kw_json *row)
{
    kw_authenticated message = {.payload = threshold_bytes(&file, row, "payload"),
                                .hash = threshold_hash(row, "hash")};
    kw_span signature = threshold_bytes(&file, row, "signature");
    assert_in_range(signature.len, 1, sizeof message.signature.bytes);
    memcpy(message.signature.bytes, signature.ptr, signature.len);
    message.signature.len = (uint8_t)signature.len;
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    EXPECT_OK(kw_authenticated_encode(&text, &message));
    kw_authenticated_list list;
    kw_error err;
    kw_status st = kw_authenticated_decode(&list, &file.arena, kw_buf_view(&text), &err);
    if (st != KW_OK) {
        assert_int_equal(st, KW_BAD_INPUT);
        return false;
    }
    kw_member member = {.scheme = kw_peer_scheme_of(&kw_peer_schemes_all,
                                                    (uint8_t)json_tree_integer(row, "curve"))};
    assert_non_null(member.scheme);
    EXPECT_OK(member.scheme->key_decode(&member.key, threshold_bytes(&file, row, "key")));
    bool alone = kw_authenticated_is_from(&list.items[0], &member);
    kw_peer_claim claim = kw_authenticated_claim(&list.items[0], &member);
    const uint8_t weight[KW_PEER_WEIGHT_BYTES] = {7};
    uint8_t ok = 2;
    EXPECT_OK(kw_peer_verify_all(&ok, &claim, 1, KW_SPAN(weight)));
    assert_int_equal(ok, alone ? 1 : 0);
    return alone;
}

static void cases__have_the_verdicts_given(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(&file, "cases");
    assert_int_equal(kw_json_count(rows), 12);
    for (size_t i = 0; i < 12; i++) {
        const kw_json *row = kw_json_item(rows, i);
        if (is_valid(row) != json_tree_is_true(row, "valid")) {
            fail_msg("%.*s", KW_STR_ARG(json_tree_text(row, "name")));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__keeps_its_bytes),
        cmocka_unit_test(points_and_signatures__match),
        cmocka_unit_test(cases__have_the_verdicts_given),
    };
    const threshold_suite suite = {.group = "threshold/authenticated",
                                   .names = {"authenticated.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, &file);
}
