/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/write.h"

#include "support/expect.h"
#include "support/tuf_repo.h"
#include "tuf/engine/meta.h"
#include "tuf/engine/verify.h"

static const kw_tuf_head head = {.version = 7, .expires = TUF_NOW};

static void meta__is_a_body_that_is_canonical(void **state)
{
    (void)state;
    kw_tuf_listing files[] = {
        {.role = KW_STR("targets"), .version = 3},
        {.role = KW_STR("a"), .version = 4, .has_content = true, .length = 5},
    };
    KW_AUTO(kw_buf) out = kw_buf_init(4096);
    EXPECT_OK(kw_tuf_write_meta(&out, KW_TUF_SNAPSHOT, &head, files, 1));
    EXPECT_STR(kw_buf_text(&out),
               "{\"_type\":\"snapshot\",\"expires\":\"2027-01-15T08:00:00Z\",\"meta\":{"
               "\"targets.json\":{\"version\":3}},\"spec_version\":\"1.0.34\",\"version\":7}");
    kw_buf_clear(&out);
    EXPECT_OK(kw_tuf_write_meta(&out, KW_TUF_TIMESTAMP, &head, &files[1], 1));
    EXPECT_STR(
        kw_buf_text(&out),
        "{\"_type\":\"timestamp\",\"expires\":\"2027-01-15T08:00:00Z\",\"meta\":{\"a.json\":{"
        "\"hashes\":{\"sha256\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\"},"
        "\"length\":5,\"version\":4}},\"spec_version\":\"1.0.34\",\"version\":7}");
}

static void keyid__is_that_of_the_metadata(void **state)
{
    (void)state;
    for (unsigned number = 1; number < 20; number++) {
        kw_tuf_signer signer = tuf_signer(number);
        assert_string_equal(kw_tuf_keyid_of_ed25519(&signer.key).text, tuf_keyid(number).text);
    }
}

static void make_file(kw_buf *out, unsigned number)
{
    KW_AUTO(kw_buf) body = kw_buf_init(4096);
    kw_tuf_signer signer = tuf_signer(number);
    kw_tuf_listing targets = {.role = KW_STR("targets"), .version = 3};
    EXPECT_OK(kw_tuf_write_meta(&body, KW_TUF_SNAPSHOT, &head, &targets, 1));
    EXPECT_OK(kw_tuf_write_signed(out, kw_buf_text(&body), &signer, NULL));
}

/* Under a role of key 1. */
static kw_status verify(const kw_buf *bytes)
{
    KW_AUTO(kw_tuf_file) file = {0};
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tuf_role role;
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("{\"keys\":{")));
    tuf_write_key(&text, 1);
    EXPECT_OK(kw_buf_append_format(&text, "},\"role\":{\"keyids\":[\"%s\"],\"threshold\":1}}",
                                   tuf_keyid(1).text));
    EXPECT_OK(kw_json_parse(&tree, kw_buf_view(&text), 8, NULL));
    EXPECT_OK(kw_tuf_role_read(&role, KW_STR("snapshot"), kw_json_get(tree, "role"),
                               kw_json_get(tree, "keys"), NULL));
    EXPECT_OK(
        kw_tuf_file_parse(&file, kw_buf_view(bytes), KW_TUF_SNAPSHOT, KW_TUF_KEYIDS_STRICT, NULL));
    return kw_tuf_verify_threshold(&file, &role, NULL);
}

static void signed_file__verifies_under_its_key_alone(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= 2; number++) {
        KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
        make_file(&out, number);
        EXPECT_STATUS(verify(&out), number == 1 ? KW_OK : KW_THRESHOLD);
    }
}

static kw_status refuse(void *ctx, kw_ed25519_signature *out, kw_span message, kw_error *err)
{
    (void)ctx;
    (void)out;
    (void)message;
    return kw_fail(err, KW_UNAVAILABLE, "the token is away");
}

static void signed_file__needs_a_body_and_a_signer(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
    kw_tuf_signer signer = tuf_signer(1);
    kw_error err = {0};
    EXPECT_STATUS(kw_tuf_write_signed(&out, KW_STR("no json"), &signer, &err), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tuf_write_signed(&out, KW_STR("{\"a\":1.5}"), &signer, &err), KW_BAD_INPUT);
    signer.sign = refuse;
    EXPECT_STATUS(kw_tuf_write_signed(&out, KW_STR("{}"), &signer, &err), KW_UNAVAILABLE);
    assert_int_equal(err.status, KW_UNAVAILABLE);
    assert_int_equal(out.len, 0);
    signer = tuf_signer(1);
    for (size_t max = 0; max < 200; max += 20) {
        KW_AUTO(kw_buf) small = kw_buf_init(max);
        EXPECT_STATUS(kw_tuf_write_signed(&small, KW_STR("{}"), &signer, NULL), KW_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meta__is_a_body_that_is_canonical),
        cmocka_unit_test(keyid__is_that_of_the_metadata),
        cmocka_unit_test(signed_file__verifies_under_its_key_alone),
        cmocka_unit_test(signed_file__needs_a_body_and_a_signer),
    };
    return cmocka_run_group_tests_name("tuf/engine/write", tests, NULL, NULL);
}
