/* SPDX-License-Identifier: Apache-2.0
 * Operators who flip a coin, as files. */
#include "support/coin_folder.h"

#include "base/heap.h"
#include "codec/json.h"
#include "os/file.h"
#include "support/expect.h"

#include <stdio.h>

static void write_named(const coin_folder *folder, const char *format, uint32_t number,
                        kw_span bytes, unsigned mode)
{
    char name[64];
    (void)snprintf(name, sizeof name, format, (unsigned)number);
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&folder->dir, name).text, bytes, mode, NULL));
}

static void write_json(const coin_folder *folder, const char *format, uint32_t number,
                       const kw_schema *schema, const void *object)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_PART_BYTES_MAX);
    EXPECT_OK(kw_json_encode(&json, schema, object, KW_JSON_PLAIN));
    write_named(folder, format, number, kw_buf_view(&json), 0644);
}

void coin_folder_open(coin_folder *folder, uint32_t count)
{
    coin_desk *desk = &folder->desk;
    folder->dir = tempdir_make();
    coin_desk_open(desk, count);
    for (uint32_t at = 0; at < count; at++) {
        kw_span value = kw_declassify_span(kw_secret32_view(&desk->values[at]), "a test's own");
        write_json(folder, "node%u.json", at + 1, &kw_operator_row_schema, &desk->rows.items[at]);
        write_named(folder, "%u.key", at + 1, KW_SPAN(desk->rows.peers[at].secret), 0600);
        write_named(folder, "%u.value", at + 1, value, 0600);
        write_json(folder, "commit%u.json", at + 1, &kw_coin_part_schema, &desk->commitments[at]);
        write_json(folder, "reveal%u.json", at + 1, &kw_coin_part_schema, &desk->reveals[at]);
    }
}

void coin_folder_close(coin_folder *folder)
{
    coin_desk_close(&folder->desk);
    tempdir_remove(&folder->dir);
}

int coin_folder_set_up(void **state)
{
    coin_folder *folder = kw_heap_new(1, sizeof *folder);
    assert_non_null(folder);
    coin_folder_open(folder, 4);
    *state = folder;
    return 0;
}

int coin_folder_tear_down(void **state)
{
    coin_folder_close(*state);
    kw_heap_free(*state);
    return 0;
}

void coin_folder_write_part(const coin_folder *folder, const char *name, const kw_coin_part *part)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_PART_BYTES_MAX);
    EXPECT_OK(kw_json_encode(&json, &kw_coin_part_schema, part, KW_JSON_PLAIN));
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&folder->dir, name).text, kw_buf_view(&json), 0644,
                                   NULL));
}

command_result coin_folder_run(const coin_folder *folder, const char *words)
{
    KW_AUTO(kw_buf) line = kw_buf_init(8192);
    const char *text = NULL;
    EXPECT_OK(kw_buf_append_str(&line, KW_STR("cluster ")));
    EXPECT_OK(kw_buf_append_str(&line, kw_str_of(words)));
    EXPECT_OK(kw_buf_c_text(&line, &text));
    return command_line_run_in(folder->dir.path, text);
}

void coin_folder_expect(const coin_folder *folder, const char *words, kw_status wanted,
                        const char *text)
{
    KW_AUTO(command_result) result = coin_folder_run(folder, words);
    assert_int_equal(result.exit_code, kw_status_exit_code(wanted));
    if (strstr(result.err, text) == NULL) {
        fail_msg("no \"%s\" in %s", text, result.err);
    }
}

bool coin_folder_has(const coin_folder *folder, const char *name)
{
    kw_file_info info;
    return kw_file_stat(&info, tempdir_join(&folder->dir, name).text, NULL) == KW_OK;
}
