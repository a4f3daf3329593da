/* SPDX-License-Identifier: Apache-2.0
 * Configuration, certificates and notices of a house. */
#include "support/house_emtp.h"

#include "os/file.h"
#include "support/expect.h"

#include <stdio.h>

void house_configure(house *h, const char *yaml)
{
    tempdir_path path = house_path(h, "config.yaml");
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&text, path.text, NULL));
    for (const char *at = yaml; *at != '\0'; at++) {
        EXPECT_OK(*at == '%' ? kw_buf_append_str(&text, kw_str_of(h->dir.path))
                             : kw_buf_append_byte(&text, (uint8_t)*at));
    }
    /* The folder is private already; who reads the file is not who wrote it. */
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&text), 0644, NULL));
}

void house_issue_server(house *h, const char *name)
{
    process_result result = {0};
    char words[256];
    (void)snprintf(words, sizeof words,
                   "dev-ca issue %%/pki %s --server --host localhost --host 127.0.0.1", name);
    house_run(h, &result, 0, HOUSE_NOBODY, words);
    process_result_drop(&result);
}

int house_notify(house *h, house_who who, const char *form)
{
    process_result result = {0};
    KW_AUTO(kw_buf) config = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append_format(&config,
                                   "silent\nmax-time = 20\ncacert = %s/pki/ca.pem\n"
                                   "output = /dev/null\nwrite-out = \"%%{http_code}\"\n"
                                   "data = \"%s\"\nurl = %s/v1/emtp/notify\n",
                                   h->dir.path, form, h->public_url));
    if (who == HOUSE_MEMBER) {
        EXPECT_OK(kw_buf_append_format(&config,
                                       "cert = %s/pki/member.pem\nkey = %s/pki/member.key\n",
                                       h->dir.path, h->dir.path));
    } else {
        KW_AUTO(kw_buf) key = kw_buf_init(256);
        EXPECT_OK(kw_file_read(&key, house_path(h, "clinic.key").text, NULL));
        EXPECT_OK(kw_buf_append_format(&config, "header = \"Authorization: Bearer %.*s\"\n",
                                       KW_STR_ARG(kw_str_trim(kw_buf_text(&key)))));
    }
    static const char *const argv[] = {"curl", "--config", "-", NULL};
    process_run(&result, argv, kw_buf_text(&config));
    uint64_t http = 0;
    assert_true(kw_str_to_u64(kw_buf_text(&result.out), 999, &http));
    process_result_drop(&result);
    return (int)http;
}
