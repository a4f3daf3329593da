/* SPDX-License-Identifier: Apache-2.0
 * A repository over HTTP. */
#include "support/tuf_server.h"

#include "support/expect.h"

#include <stdio.h>

static void say(kw_buf *out, const char *status, kw_span body)
{
    EXPECT_OK(kw_buf_append_format(
        out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, body.len));
    EXPECT_OK(kw_buf_append(out, body));
}

/* "dir/HASH.name" is "target:dir/name"; blanks come as %20, which no other test has. */
static const kw_buf *find_target(const tuf_server *server, const char *path)
{
    char name[4 * TUF_NAME_BYTES];
    const char *slash = strrchr(path, '/');
    const char *file = slash == NULL ? path : slash + 1;
    const char *dot = strchr(file, '.');
    (void)snprintf(name, sizeof name, "target:%.*s%s", (int)(file - path), path,
                   server->repo->is_plain || dot == NULL ? file : dot + 1);
    for (char *blank = strstr(name, "%20"); blank != NULL; blank = strstr(name, "%20")) {
        *blank = ' ';
        memmove(blank + 1, blank + 3, strlen(blank + 3) + 1);
    }
    for (size_t i = server->repo->files_count; i > 0; i--) {
        if (strcmp(server->repo->files[i - 1].name, name) == 0) {
            return &server->repo->files[i - 1].bytes;
        }
    }
    return NULL;
}

static const kw_buf *find(tuf_server *server, const char *path)
{
    static const char metadata[] = "/metadata/";
    static const char targets[] = "/targets/";
    if (strncmp(path, metadata, strlen(metadata)) == 0) {
        return tuf_repo_fetch(server->repo, path + strlen(metadata));
    }
    assert_true(strncmp(path, targets, strlen(targets)) == 0);
    (void)snprintf(server->targets[server->targets_count++], sizeof server->targets[0], "%s",
                   path + strlen(targets));
    return find_target(server, path + strlen(targets));
}

static void answer(void *ctx, kw_buf *out, const char *path)
{
    tuf_server *server = ctx;
    const kw_buf *file = find(server, path);
    if (server->spoiled != NULL && strcmp(path, server->spoiled) == 0) {
        EXPECT_OK(kw_buf_append_str(out, kw_str_of(server->answer)));
    } else if (file == NULL) {
        say(out, server->missing == NULL ? "404 Not Found" : server->missing,
            kw_span_of_str(KW_STR("<html>there is no such file</html>")));
    } else {
        say(out, "200 OK", kw_buf_view(file));
    }
}

void tuf_server_start(tuf_server *server, tuf_repo *repo)
{
    *server = (tuf_server){.repo = repo};
    server->http = plain_server_start(answer, server);
    (void)snprintf(server->metadata_url, sizeof server->metadata_url, "%s/metadata",
                   plain_server_url(server->http));
    (void)snprintf(server->targets_url, sizeof server->targets_url, "%s/targets/",
                   plain_server_url(server->http));
}

void tuf_server_stop(tuf_server *server)
{
    plain_server_stop(server->http);
    server->http = NULL;
}
