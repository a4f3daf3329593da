/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "emtp/engine/emtk.h"
#include "os/file.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>

/* Writes a file of tokens 1, 2, 3 .. count; token i in row `row` with tier `tier`. */
static void write_file(const tempdir *dir, const char *name, const char *kid, uint8_t count,
                       uint8_t tier)
{
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 16);
    EXPECT_OK(kw_emtk_header_encode(&file, kw_str_of(kid), count));
    for (uint8_t i = 1; i <= count; i++) {
        kw_hash32 token = {{i}};
        kw_emtk_record record = kw_emtk_record_make(i / 2U + 7, tier, &token);
        EXPECT_OK(kw_buf_append(&file, KW_SPAN(record.bytes)));
    }
    tempdir_path path = tempdir_join(dir, name);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&file), 0600, NULL));
}

static command_result run(const tempdir *dir, const char *options)
{
    char line[2048];
    (void)snprintf(line, sizeof line, "emtp match %s/a %s/b %s", dir->path, dir->path, options);
    return command_line_run(&kw_keyward, line, 0);
}

static void match__prints_pairs_as_text_or_json(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    write_file(&dir, "a", "2026-01", 3, 1);
    write_file(&dir, "b", "2026-01", 2, 2);
    KW_AUTO(command_result) text = run(&dir, "--tiers");
    assert_string_equal(text.out, "         a           b  shared  tier  kid\n"
                                  "         7           7       1     2  2026-01\n"
                                  "         8           8       1     2  2026-01\n");
    assert_string_equal(text.err, "2 pairs share 2 tokens; 0 more are in too many rows\n");
    static const char json[] = "{\"a\":7,\"b\":7,\"shared\":1,\"kid\":\"2026-01\"}\n"
                               "{\"a\":8,\"b\":8,\"shared\":1,\"kid\":\"2026-01\"}\n";
    KW_AUTO(command_result) lines = run(&dir, "--format jsonl --quiet");
    assert_string_equal(lines.out, json);
    assert_string_equal(lines.err, "");
    KW_AUTO(command_result) same = run(&dir, "--json --threads 5");
    assert_string_equal(same.out, json);
    assert_string_equal(same.err, "");
    KW_AUTO(command_result) tiers = run(&dir, "--json --tiers");
    assert_non_null(strstr(tiers.out, "\"shared\":1,\"tier\":2,\"kid\""));
    tempdir_remove(&dir);
}

static void match__holds_its_limits(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    write_file(&dir, "a", "k", 4, 1);
    write_file(&dir, "b", "k", 4, 1);
    KW_AUTO(command_result) limit = run(&dir, "--max-pairs 1");
    assert_int_equal(limit.exit_code, kw_status_exit_code(KW_LIMIT));
    KW_AUTO(command_result) usage = run(&dir, "--max-bucket 1");
    assert_int_equal(usage.exit_code, 64);
    tempdir_remove(&dir);
}

static void match__refuses_what_cannot_match(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    write_file(&dir, "a", "k", 4, 1);
    KW_AUTO(command_result) missing = run(&dir, "");
    assert_int_equal(missing.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    write_file(&dir, "b", "other", 4, 1);
    KW_AUTO(command_result) refused = run(&dir, "");
    assert_int_equal(refused.exit_code, kw_status_exit_code(KW_REFUSED));
    assert_non_null(strstr(refused.err, "different keys"));
    assert_string_equal(refused.out, "");
    tempdir_path path = tempdir_join(&dir, "b");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("KW")), 0600, NULL));
    KW_AUTO(command_result) damaged = run(&dir, "");
    assert_int_equal(damaged.exit_code, kw_status_exit_code(KW_BAD_INPUT));
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match__prints_pairs_as_text_or_json),
        cmocka_unit_test(match__holds_its_limits),
        cmocka_unit_test(match__refuses_what_cannot_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
