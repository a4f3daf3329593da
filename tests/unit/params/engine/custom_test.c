/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/custom.h"

#include "support/expect.h"

#include <stdio.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char path[] = "params/rollup/1.2.0/rollup.vk.json";

static const char whole[] =
    "{\"kw\":1,\"family\":\"rollup\",\"semver\":\"1.2.0+final\",\"kind\":\"vk\","
    "\"proof_system\":\"groth16\",\"curve\":\"bn254\",\"circuit_ids\":[\"" HASH "\"],"
    "\"ceremony\":{\"id\":\"final\",\"transcript_sha256\":\"" HASH
    "\",\"contributors\":54,\"beacon\":\"a block\"},"
    "\"created\":\"2026-11-22T00:00:00Z\",\"not_after\":null,\"usage\":\"main network\","
    "\"requires\":{\"client\":\">=1.0.0\",\"prover\":\"*\"},"
    "\"vk_of\":\"params/rollup/1.2.0/rollup.r1cs\",\"zkey\":\"params/rollup/1.2.0/rollup.zkey\","
    "\"supersedes\":\"1.1.0\","
    "\"tree\":{\"alg\":\"rfc6962-sha256\",\"leaf\":65536,\"root\":\"" HASH "\"},"
    "\"chunks\":{\"index\":\"index/rollup/1.2.0/rollup.vk.json.kci\",\"sha256\":\"" HASH "\"},"
    "\"cid\":\"bafy\",\"btmh\":\"1220aa\"}";

static kw_status decode(kw_params_custom *out, kw_arena *arena, const char *json, const char *at)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(json)), 8, NULL));
    return kw_params_custom_decode(out, arena, tree, kw_str_of(at), NULL);
}

static void custom__is_read_and_written_the_same(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_params_custom custom;
    EXPECT_OK(decode(&custom, &arena, whole, path));
    assert_int_equal(custom.kind, KW_PARAMS_VK);
    assert_int_equal(custom.ceremony.contributors, 54);
    EXPECT_STR(custom.vk_of, "params/rollup/1.2.0/rollup.r1cs");
    EXPECT_STR(custom.chunks.index, "index/rollup/1.2.0/rollup.vk.json.kci");
    assert_int_equal(custom.tree.root.bytes[0], 0xaa);
    KW_AUTO(kw_buf) again = kw_buf_init(KW_CUSTOM_BYTES_MAX);
    EXPECT_OK(kw_params_custom_encode(&again, &custom, kw_str_of(path), NULL));
    EXPECT_STR(kw_buf_text(&again), whole);
}

/* `whole` with the first `from` replaced, of the target at `at`. */
static kw_status decode_with(const char *from, const char *to, const char *at)
{
    char text[2 * sizeof whole];
    const char *found = strstr(whole, from);
    assert_non_null(found);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(found - whole), whole, to,
                   found + strlen(from));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_params_custom custom;
    return decode(&custom, &arena, text, at);
}

static void custom__with_a_bad_member_is_refused(void **state)
{
    KW_UNUSED(state);
    static const char *const bad[][2] = {
        {"\"kw\":1", "\"kw\":0"},
        {"\"kw\":1,", ""},
        {"\"rollup\"", "\"other\""},
        {"1.2.0+final", "1.2.1+final"},
        {"1.2.0+final", "1.2"},
        {"\"vk\"", "\"key\""},
        {"groth16", ""},
        {"bn254", ""},
        {HASH, "aa"},
        {"\"final\"", "\"\""},
        {"2026-11-22T00:00:00Z", "yesterday"},
        {">=1.0.0", "new"},
        {"\"prover\":\"*\"", "\"prover\":\"\""},
        {"1.1.0", "one"},
        {"rfc6962-sha256", "sha256"},
        {"65536", "65535"},
        {"65536", "4096"},
        {"\"tree\"", "\"trie\""},
        {"\"chunks\"", "\"chunk\""},
        {"index/rollup", "index rollup"},
        {"bafy", "ba fy"},
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(decode_with(bad[i][0], bad[i][1], path), KW_BAD_INPUT);
    }
    EXPECT_STATUS(decode_with("\"kw\":1", "\"kw\":2", path), KW_INCOMPATIBLE);
}

static void custom__belongs_to_its_path(void **state)
{
    KW_UNUSED(state);
    EXPECT_OK(decode_with("\"kw\"", "\"kw\"", "params/rollup/1.2.0/other.file"));
    EXPECT_STATUS(decode_with("\"kw\"", "\"kw\"", "params/other/1.2.0/rollup.vk.json"),
                  KW_BAD_INPUT);
    EXPECT_STATUS(decode_with("\"kw\"", "\"kw\"", "params/rollup/1.2.1/rollup.vk.json"),
                  KW_BAD_INPUT);
    EXPECT_OK(decode_with("1.2.0+final", "1.2.0", path));
}

static void path__has_four_parts(void **state)
{
    KW_UNUSED(state);
    kw_params_path parts;
    EXPECT_OK(kw_params_path_parse(&parts, KW_STR("params/a-b.c/1.0.0-rc.1/x.zkey"), NULL));
    EXPECT_STR(parts.family, "a-b.c");
    EXPECT_STR(parts.semver, "1.0.0-rc.1");
    EXPECT_STR(parts.file, "x.zkey");
    static const char *const bad[] = {
        "",
        "params",
        "params/a/1.0.0",
        "params/a/1.0.0/",
        "params//1.0.0/x",
        "params/a/1.0.0/x/y",
        "param/a/1.0.0/x",
        "/params/a/1.0.0/x",
        "params/A/1.0.0/x",
        "params/a/1.0.0/X",
        "params/a/1.0/x",
        "params/a/1.0.0+b/x",
        "params/../1.0.0/x",
        "params/a/1.0.0/..",
        "params/a/1.0.0/.x",
        "params/a/1.0.0/a b",
        "params/a/1.0.0/"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xx"
        "x",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(kw_params_path_parse(&parts, kw_str_of(bad[i]), NULL), KW_BAD_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(custom__is_read_and_written_the_same),
        cmocka_unit_test(custom__with_a_bad_member_is_refused),
        cmocka_unit_test(custom__belongs_to_its_path),
        cmocka_unit_test(path__has_four_parts),
    };
    return cmocka_run_group_tests_name("params/engine/custom", tests, NULL, NULL);
}
