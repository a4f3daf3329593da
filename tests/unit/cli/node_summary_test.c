/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/node_summary.h"

#include "support/expect.h"

#include <stdlib.h>

/* What is printed as JSON, owned by the caller. */
static char *printed(const kw_backup_summary *summary, kw_unix_s restored_at)
{
    char *text = NULL;
    size_t len = 0;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    kw_cli cli = {.out = out, .err = stderr, .arena = &arena, .is_json = true};
    const kw_node_event event = {.file = KW_STR("b.kwb"), .restored_at = restored_at};
    EXPECT_OK(kw_node_summary_print(&cli, summary, &event, NULL));
    assert_int_equal(fclose(out), 0);
    return text;
}

static void summary__says_where_the_key_is_and_what_was_done(void **state)
{
    KW_UNUSED(state);
    static const struct {
        kw_operator_key_source source;
        const char *text;
    } rows[] = {{KW_OPERATOR_KEY_SEALED, "\"operator_key\":\"in it\""},
                {KW_OPERATOR_KEY_RAW, "\"operator_key\":\"not in it: threshold.key_file"},
                {KW_OPERATOR_KEY_TOKEN, "\"operator_key\":\"not in it: it stays on its token"}};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_backup_summary summary = {.about = {.made_at = 1800000000, .key = rows[i].source},
                                     .counts = {4, 3, 2},
                                     .epoch = 9,
                                     .epoch_at = 1799999400};
        char *text = printed(&summary, 0);
        assert_non_null(strstr(text, rows[i].text));
        assert_non_null(strstr(text, "\"made_at\":\"2027-01-15T08:00:00Z\",\"epoch\":9"));
        assert_non_null(strstr(text, "\"files\":4,\"certificates\":3,\"applications\":2"));
        assert_null(strstr(text, "restored_at"));
        free(text);
        text = printed(&summary, 1800000001);
        assert_non_null(strstr(text, "\"restored_at\":\"2027-01-15T08:00:01Z\""));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary__says_where_the_key_is_and_what_was_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
