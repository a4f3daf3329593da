/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/verify.h"

#include "support/expect.h"
#include "support/tuf_repo.h"

#define BODY                                                                   \
    "{\"_type\":\"timestamp\",\"expires\":\"2027-01-15T08:00:00Z\",\"meta\":{" \
    "\"snapshot.json\":{\"version\":2}},\"spec_version\":\"1.0.31\",\"version\":1}"

/* A file that keys 1, 2 and so on have signed. */
static void make_file(kw_buf *out, size_t signers_count)
{
    static const unsigned signers[] = {1, 2, 3, 4, 5};
    *out = kw_buf_init(1 << 16);
    tuf_sign(out, KW_STR(BODY), signers, signers_count);
}

/* A role of keys 1 to `keys_count`, whose document `tree` holds. */
static void make_role(kw_tuf_role *out, kw_json **tree, unsigned keys_count, unsigned threshold)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("{\"keys\":{")));
    for (unsigned i = 1; i <= keys_count; i++) {
        EXPECT_OK(kw_buf_append_str(&text, i == 1 ? KW_STR("") : KW_STR(",")));
        tuf_write_key(&text, i);
    }
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("},\"role\":{\"keyids\":[")));
    for (unsigned i = 1; i <= keys_count; i++) {
        EXPECT_OK(kw_buf_append_format(&text, "%s\"%s\"", i == 1 ? "" : ",", tuf_keyid(i).text));
    }
    EXPECT_OK(kw_buf_append_format(&text, "],\"threshold\":%u}}", threshold));
    kw_json_free(*tree);
    *tree = NULL;
    EXPECT_OK(kw_json_parse(tree, kw_buf_view(&text), 8, NULL));
    EXPECT_OK(kw_tuf_role_read(out, KW_STR("role"), kw_json_get(*tree, "role"),
                               kw_json_get(*tree, "keys"), NULL));
}

static kw_status verify(kw_span bytes, const kw_tuf_role *role)
{
    KW_AUTO(kw_tuf_file) file = {0};
    kw_error err = {0};
    EXPECT_OK(kw_tuf_file_parse(&file, bytes, KW_TUF_TIMESTAMP, KW_TUF_KEYIDS_OPAQUE, NULL));
    kw_status st = kw_tuf_verify_threshold(&file, role, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void verify__wants_as_many_keys_as_the_threshold(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tuf_role role;
    for (unsigned signers = 0; signers <= 5; signers++) {
        KW_AUTO(kw_buf) bytes = {0};
        make_file(&bytes, signers);
        for (unsigned threshold = 1; threshold <= 6; threshold++) {
            make_role(&role, &tree, 5, threshold);
            EXPECT_STATUS(verify(kw_buf_view(&bytes), &role),
                          signers >= threshold ? KW_OK : KW_THRESHOLD);
        }
    }
}

static void verify__counts_no_strangers(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_buf) bytes = {0};
    kw_tuf_role role;
    make_file(&bytes, 5);
    make_role(&role, &tree, 2, 2);
    EXPECT_OK(verify(kw_buf_view(&bytes), &role));
    make_role(&role, &tree, 2, 3);
    EXPECT_STATUS(verify(kw_buf_view(&bytes), &role), KW_THRESHOLD);
}

/* A wrong signature counts for nothing, and the others still do. */
static void verify__passes_over_wrong_signatures(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_buf) bytes = {0};
    const char *text = NULL;
    kw_tuf_role role;
    make_file(&bytes, 3);
    EXPECT_OK(kw_buf_c_text(&bytes, &text));
    char *sig = strstr((char *)bytes.ptr, "\"sig\":\"");
    sig[10] = sig[10] == '0' ? '1' : '0';
    make_role(&role, &tree, 3, 2);
    EXPECT_OK(verify(kw_buf_view(&bytes), &role));
    make_role(&role, &tree, 3, 3);
    EXPECT_STATUS(verify(kw_buf_view(&bytes), &role), KW_THRESHOLD);
    sig[10] = 'x'; /* no hex at all */
    EXPECT_STATUS(verify(kw_buf_view(&bytes), &role), KW_THRESHOLD);
    make_role(&role, &tree, 3, 2);
    EXPECT_OK(verify(kw_buf_view(&bytes), &role));
}

static void verify__refuses_a_body_that_was_changed(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_buf) bytes = {0};
    const char *text = NULL;
    kw_tuf_role role;
    make_file(&bytes, 3);
    EXPECT_OK(kw_buf_c_text(&bytes, &text));
    make_role(&role, &tree, 3, 1);
    char *version = strstr((char *)bytes.ptr, "\"version\":2");
    version[10] = '3';
    EXPECT_STATUS(verify(kw_buf_view(&bytes), &role), KW_THRESHOLD);
}

/* One public key under two keyids, whose owner signs for both. */
static void verify__counts_a_public_key_once(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_buf) bytes = {0};
    kw_tuf_role role;
    make_file(&bytes, 2);
    make_role(&role, &tree, 2, 2);
    EXPECT_OK(verify(kw_buf_view(&bytes), &role));
    KW_AUTO(kw_buf) doubled = kw_buf_init(1 << 16);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&bytes, &text));
    const char *first = strstr(text, "\"sig\":\"") + strlen("\"sig\":\"");
    EXPECT_OK(kw_buf_append_format(&doubled,
                                   "{\"signatures\":[{\"keyid\":\"%s\",\"sig\":\"%.128s\"},"
                                   "{\"keyid\":\"%s\",\"sig\":\"%.128s\"}],\"signed\":" BODY "}",
                                   tuf_keyid(1).text, first, tuf_keyid(2).text, first));
    role.keys[1].value = role.keys[0].value; /* the second name, the first key */
    EXPECT_STATUS(verify(kw_buf_view(&doubled), &role), KW_THRESHOLD);
    role.threshold = 1;
    EXPECT_OK(verify(kw_buf_view(&doubled), &role));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__wants_as_many_keys_as_the_threshold),
        cmocka_unit_test(verify__counts_no_strangers),
        cmocka_unit_test(verify__passes_over_wrong_signatures),
        cmocka_unit_test(verify__refuses_a_body_that_was_changed),
        cmocka_unit_test(verify__counts_a_public_key_once),
    };
    return cmocka_run_group_tests_name("tuf/engine/verify", tests, NULL, NULL);
}
