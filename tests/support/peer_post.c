/* SPDX-License-Identifier: Apache-2.0
 * POSTs to operators, by curl. */
#include "support/peer_post.h"

#include "support/expect.h"

#include <stdio.h>
#include <stdlib.h>

int peer_post(const house *to, const house *from, const char *pair, const char *path, kw_span body)
{
    const char *dir = from->dir.path;
    process_result result = {0};
    KW_AUTO(kw_buf) config = kw_buf_init(1 << 16);
    house_write(from, "post.bin", body);
    EXPECT_OK(kw_buf_append_format(&config,
                                   "silent\nmax-time = 20\ncacert = %s/pki/ca.pem\n"
                                   "cert = %s/pki/%s.pem\nkey = %s/pki/%s.key\n"
                                   "header = \"Content-Type: application/json\"\n"
                                   "data-binary = @%s/post.bin\nwrite-out = \"\\n%%{http_code}\"\n",
                                   to->dir.path, dir, pair, dir, pair, dir));
    char url[256];
    (void)snprintf(url, sizeof url, "%s%s", to->peer_url, path);
    const char *const argv[] = {"curl", "--config", "-", url, NULL};
    process_run(&result, argv, kw_buf_text(&config));
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    assert_true(result.out.len >= 4);
    int http = (int)strtol(text + result.out.len - 3, NULL, 10);
    process_result_drop(&result);
    return http;
}
