/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/draft.h"

#include "crypto/hash.h"
#include "support/expect.h"

#include <stdio.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char whole[] =
    "{\"family\":\"wallet\",\"semver\":\"1.2.0+final\",\"proof_system\":\"groth16\","
    "\"curve\":\"bn254\",\"ceremony\":{\"id\":\"final\",\"transcript_sha256\":\"" HASH
    "\",\"contributors\":3},\"requires\":{\"client\":\">=1.0.0\"},\"supersedes\":\"1.1.0\","
    "\"files\":[{\"name\":\"a.vk.json\",\"kind\":\"vk\",\"from\":\"x\"},"
    "{\"name\":\"a.zkey\",\"kind\":\"zkey\",\"from\":\"y\"},"
    "{\"name\":\"a.r1cs\",\"kind\":\"r1cs\",\"from\":\"/z\"}]}";

static kw_status parse(kw_draft *out, kw_arena *arena, const char *text)
{
    kw_error err = {0};
    kw_status st = kw_draft_parse(out, arena, kw_span_of_str(kw_str_of(text)), &err);
    assert_int_equal(err.status, st);
    return st;
}

static void manifest__becomes_a_record_and_back(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    KW_AUTO(kw_buf) record = kw_buf_init(KW_DRAFT_BYTES_MAX);
    kw_draft draft;
    kw_draft same;
    memset(&draft, 0xaa, sizeof draft);
    EXPECT_OK(parse(&draft, &arena, whole));
    assert_true(draft.request.len == 0 && draft.created == 0);
    EXPECT_STR(kw_draft_version(&draft), "1.2.0");
    EXPECT_STR(draft.files.items[2].from, "/z");
    draft.files.items[0].bytes = UINT64_C(9000000000);
    draft.files.items[1].root.bytes[31] = 7;
    draft.state = KW_RELEASE_CHECKED;
    EXPECT_OK(kw_draft_encode(&record, &draft, NULL));
    EXPECT_OK(kw_draft_decode(&same, &arena, kw_buf_view(&record), NULL));
    assert_int_equal(same.state, KW_RELEASE_CHECKED);
    assert_int_equal(same.files.items[0].bytes, UINT64_C(9000000000));
    assert_int_equal(same.files.items[1].root.bytes[31], 7);
    assert_int_equal(same.files.items[0].from.len, 0);
    EXPECT_STATUS(kw_draft_parse(&same, &arena, kw_buf_view(&record), NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_draft_decode(&same, &arena, kw_span_of_str(KW_STR("{}")), NULL), KW_BAD_INPUT);
}

/* `whole` with the first `from` replaced. */
static kw_status parse_with(const char *from, const char *to)
{
    char text[2 * sizeof whole];
    const char *found = strstr(whole, from);
    assert_non_null(found);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(found - whole), whole, to,
                   found + strlen(from));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_draft draft;
    return parse(&draft, &arena, text);
}

static void manifest__refuses_what_cannot_be_published(void **state)
{
    KW_UNUSED(state);
    static const char *const cases[][2] = {
        {"\"wallet\"", "\"Wallet\""},
        {"\"wallet\"", "\"../wallet\""},
        {"1.2.0+final", "1.2"},
        {"1.2.0+final", "01.2.0"},
        {">=1.0.0", ">>1.0.0"},
        {"\"1.1.0\"", "\"1.1\""},
        {"a.zkey", "a.vk.json"},
        {"a.zkey", "b/a.zkey"},
        {"\"kind\":\"zkey\"", "\"kind\":\"vk\""},
        {"\"kind\":\"zkey\"", "\"kind\":\"key\""},
        {"\"from\":\"y\"", "\"from\":\"\""},
        {"\"from\":\"y\"", "\"from\":\"y\",\"bytes\":1"},
        {"\"curve\"", "\"state\":\"approved\",\"curve\""},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(parse_with(cases[i][0], cases[i][1]), KW_BAD_INPUT);
    }
    EXPECT_OK(parse_with("\"kind\":\"zkey\"", "\"kind\":\"srs\""));
}

static void custom__binds_the_key_to_its_files(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 18);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_CUSTOM_BYTES_MAX);
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_draft draft;
    kw_params_custom custom;
    EXPECT_OK(parse(&draft, &arena, whole));
    draft.files.items[2].sha256.bytes[0] = 0xab;
    EXPECT_OK(kw_draft_custom(&json, &draft, &draft.files.items[0], NULL));
    EXPECT_OK(kw_json_parse(&tree, kw_buf_view(&json), 8, NULL));
    EXPECT_OK(kw_params_custom_decode(&custom, &arena, tree,
                                      KW_STR("params/wallet/1.2.0/a.vk.json"), NULL));
    EXPECT_STR(custom.vk_of, "params/wallet/1.2.0/a.r1cs");
    EXPECT_STR(custom.zkey, "params/wallet/1.2.0/a.zkey");
    EXPECT_STR(custom.chunks.index, "index/wallet/1.2.0/a.vk.json.kci");
    assert_int_equal(custom.circuit_ids.count, 1);
    assert_true(kw_str_starts_with(custom.circuit_ids.items[0], KW_STR("ab00")));
}

static void fingerprint__is_of_report_files_and_custom(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_draft draft;
    kw_hash32 before;
    kw_hash32 after;
    EXPECT_OK(parse(&draft, &arena, whole));
    EXPECT_OK(kw_draft_fingerprint(&before, &draft, NULL));
    uint8_t *const bytes[] = {&draft.report.bytes[3], &draft.files.items[1].sha256.bytes[0],
                              &draft.files.items[1].root.bytes[0],
                              &draft.files.items[2].index.bytes[0]};
    for (size_t i = 0; i < KW_COUNT(bytes); i++) {
        *bytes[i] ^= 1;
        EXPECT_OK(kw_draft_fingerprint(&after, &draft, NULL));
        assert_memory_not_equal(before.bytes, after.bytes, sizeof after.bytes);
        *bytes[i] ^= 1;
    }
    draft.usage = KW_STR("another");
    EXPECT_OK(kw_draft_fingerprint(&after, &draft, NULL));
    assert_memory_not_equal(before.bytes, after.bytes, sizeof after.bytes);
    draft.usage = (kw_str){0};
    draft.state = KW_RELEASE_CHECKED; /* how far it has come is not approved */
    EXPECT_OK(kw_draft_fingerprint(&after, &draft, NULL));
    assert_memory_equal(before.bytes, after.bytes, sizeof after.bytes);
}

static void subject__is_lines_that_anybody_can_hash(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    KW_AUTO(kw_buf) subject = kw_buf_init(KW_DRAFT_BYTES_MAX);
    KW_AUTO(kw_buf) small = kw_buf_init(100);
    kw_draft draft;
    kw_hash32 hash;
    kw_hash32 wanted;
    EXPECT_OK(parse(&draft, &arena, whole));
    memset(&draft.report, 0xaa, sizeof draft.report);
    EXPECT_OK(kw_draft_subject(&subject, &draft, NULL));
    assert_true(kw_str_starts_with(kw_buf_text(&subject),
                                   KW_STR("report " HASH "\nparams/wallet/1.2.0/a.vk.json 0000")));
    kw_sha256(&wanted, kw_buf_view(&subject));
    EXPECT_OK(kw_draft_fingerprint(&hash, &draft, NULL));
    EXPECT_SPAN(KW_SPAN(hash.bytes), KW_SPAN(wanted.bytes));
    EXPECT_STATUS(kw_draft_subject(&small, &draft, NULL), KW_LIMIT);
}

static void files__have_paths_and_ways_of_cutting(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_draft draft;
    kw_draft_path path;
    uint32_t point_bytes = 9;
    EXPECT_OK(parse(&draft, &arena, whole));
    const kw_draft_file *zkey = kw_draft_file_of(&draft, KW_PARAMS_ZKEY);
    EXPECT_OK(kw_draft_path_of(&path, &draft, zkey, NULL));
    assert_string_equal(path.text, "params/wallet/1.2.0/a.zkey");
    EXPECT_OK(kw_draft_index_path_of(&path, &draft, zkey, NULL));
    assert_string_equal(path.text, "index/wallet/1.2.0/a.zkey.kci");
    assert_null(kw_draft_file_of(&draft, KW_PARAMS_PTAU));
    assert_int_equal(kw_draft_cut(&draft, KW_PARAMS_VK, &point_bytes), KW_CUT_CONTENT);
    assert_int_equal(point_bytes, 0);
    assert_int_equal(kw_draft_cut(&draft, KW_PARAMS_ZKEY, &point_bytes), KW_CUT_SECTIONED);
    assert_int_equal(point_bytes, 128);
    draft.curve = KW_STR("bls12-381");
    assert_int_equal(kw_draft_cut(&draft, KW_PARAMS_PTAU, &point_bytes), KW_CUT_SECTIONED);
    assert_int_equal(point_bytes, 192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest__becomes_a_record_and_back),
        cmocka_unit_test(manifest__refuses_what_cannot_be_published),
        cmocka_unit_test(custom__binds_the_key_to_its_files),
        cmocka_unit_test(fingerprint__is_of_report_files_and_custom),
        cmocka_unit_test(subject__is_lines_that_anybody_can_hash),
        cmocka_unit_test(files__have_paths_and_ways_of_cutting),
    };
    return cmocka_run_group_tests_name("unit/params/engine/draft", tests, NULL, NULL);
}
