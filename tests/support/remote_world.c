/* SPDX-License-Identifier: Apache-2.0
 * Commands against a script. */
#include "support/remote_world.h"

#include "cli/commands.h"
#include "os/file.h"
#include "support/expect.h"

#include <signal.h>
#include <stdio.h>

remote_world remote_world_make(const char *answer)
{
    return remote_world_make_script(&(tls_peer_script){{answer}, 1});
}

remote_world remote_world_make_script(const tls_peer_script *script)
{
    (void)signal(SIGPIPE, SIG_IGN);
    remote_world world = {.dir = tempdir_make()};
    world.peer = tls_peer_start(&world.dir, script);
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&world.dir, "api.key").text,
                                   kw_span_of_str(KW_STR("kwk1_test\n")), 0600, NULL));
    return world;
}

void remote_world_remove(remote_world *world)
{
    tls_peer_stop(world->peer);
    tempdir_remove(&world->dir);
}

command_result remote_world_run_bare(const remote_world *world, const char *words)
{
    KW_AUTO(kw_buf) line = kw_buf_init(8192);
    for (const char *at = words; *at != '\0'; at++) {
        if (*at == '%') {
            EXPECT_OK(kw_buf_append_str(&line, kw_str_of(world->dir.path)));
        } else {
            EXPECT_OK(kw_buf_append_byte(&line, (uint8_t)*at));
        }
    }
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&line, &text));
    return command_line_run(&kw_keyward, text, 0);
}

command_result remote_world_run(const remote_world *world, const char *words)
{
    char line[4096];
    int len = snprintf(line, sizeof line, "%s --server %s --ca %%/ca.pem --api-key-file %%/api.key",
                       words, tls_peer_url(world->peer));
    assert_true(len > 0 && (size_t)len < sizeof line);
    return remote_world_run_bare(world, line);
}

void remote_world_expect_request(const remote_world *world, const char *text)
{
    kw_str sent = tls_peer_requests(world->peer);
    if (memmem(sent.ptr, sent.len, text, strlen(text)) == NULL) {
        print_error("the daemon did not get\n%s\nbut\n%.*s\n", text, KW_STR_ARG(sent));
        fail();
    }
}
