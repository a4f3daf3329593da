/* SPDX-License-Identifier: Apache-2.0
 * A text for a committee. */
#include "support/sealed_text.h"

#include "os/file.h"
#include "support/expect.h"

#include <stdio.h>

static const char words_of_text[] = "as long as there are enough of them";

static void run(committee *c, const char *words)
{
    process_result result = {0};
    house_run(c->houses[0], &result, 0, HOUSE_NOBODY, words);
    process_result_drop(&result);
}

static void read_master_key(committee *c, sealed_text *out)
{
    static const char name[] = "\"masterPublicKey\":\"";
    process_result result = {0};
    const char *text = NULL;
    assert_int_equal(committee_get(c, 0, "/pubkey", &result), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *found = strstr(text, name);
    assert_non_null(found);
    (void)snprintf(out->master_key, sizeof out->master_key, "%s", found + strlen(name));
    process_result_drop(&result);
}

sealed_text sealed_text_make(committee *c)
{
    sealed_text made = {""};
    char line[512];
    read_master_key(c, &made);
    for (uint32_t i = 0; i < c->plan.count; i++) {
        process_result result = {0};
        if (c->houses[i]->daemon.pid > 0) {
            house_run(c->houses[i], &result, 0, HOUSE_SECURITY, "app register diary --access open");
        }
        process_result_drop(&result);
    }
    house_write(c->houses[0], "text", kw_span_of_str(kw_str_of(words_of_text)));
    (void)snprintf(line, sizeof line,
                   "app encrypt --app diary --in %%/text --out %%/sealed --cluster %%/cluster.json "
                   "--master-key %s",
                   made.master_key);
    run(c, line);
    return made;
}

void sealed_text_expect_opens(committee *c, const sealed_text *sealed)
{
    char line[512];
    KW_AUTO(kw_buf) text = kw_buf_init(256);
    tempdir_path path = house_path(c->houses[0], "opened");
    assert_true(sealed->master_key[0] != '\0');
    (void)snprintf(line, sizeof line,
                   "app decrypt --in %%/sealed --out %%/opened --cluster %%/cluster.json "
                   "--operators %%/operators.json --ca %%/pki/peers.pem --master-key %s",
                   sealed->master_key);
    run(c, line);
    EXPECT_OK(kw_file_read(&text, path.text, NULL));
    EXPECT_STR(kw_buf_text(&text), words_of_text);
    EXPECT_OK(kw_file_remove(path.text, NULL));
}
