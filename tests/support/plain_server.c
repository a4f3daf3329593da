/* SPDX-License-Identifier: Apache-2.0
 * A plain web server. */
#include "support/plain_server.h"

#include "base/heap.h"
#include "os/thread.h"
#include "support/expect.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEAD_BYTES_MAX = 16 << 10,
    ANSWER_BYTES_MAX = 16 << 20,
};

struct plain_server {
    int fd;
    char url[64];
    plain_answer answer;
    void *ctx;
    kw_mutex mutex;
    kw_thread thread;
};

/* Up to the empty line; false: the connection ended before. */
static bool read_head(int fd, char head[HEAD_BYTES_MAX])
{
    size_t len = 0;
    while (len + 1 < HEAD_BYTES_MAX) {
        ssize_t got = recv(fd, head + len, HEAD_BYTES_MAX - 1 - len, 0);
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
        head[len] = '\0';
        if (strstr(head, "\r\n\r\n") != NULL) {
            return true;
        }
    }
    return false;
}

static void send_all(int fd, kw_span bytes)
{
    size_t sent = 0;
    while (sent < bytes.len) {
        ssize_t now = send(fd, bytes.ptr + sent, bytes.len - sent, MSG_NOSIGNAL);
        if (now <= 0) {
            return; /* the client has heard enough */
        }
        sent += (size_t)now;
    }
}

/* Cuts the path out of "GET path HTTP/1.1"; NULL: another request. */
static const char *path_of(char *head)
{
    char *path = head + strlen("GET ");
    char *blank = strncmp(head, "GET ", strlen("GET ")) == 0 ? strchr(path, ' ') : NULL;
    if (blank == NULL) {
        return NULL;
    }
    *blank = '\0';
    return path;
}

static void serve(plain_server *server, int fd)
{
    char head[HEAD_BYTES_MAX];
    KW_AUTO(kw_buf) out = kw_buf_init(ANSWER_BYTES_MAX);
    const char *path = read_head(fd, head) ? path_of(head) : NULL;
    if (path != NULL) {
        kw_mutex_lock(&server->mutex);
        server->answer(server->ctx, &out, path);
        kw_mutex_unlock(&server->mutex);
        send_all(fd, kw_buf_view(&out));
    }
}

static void run(void *ctx)
{
    plain_server *server = ctx;
    int fd = accept(server->fd, NULL, NULL);
    while (fd >= 0) { /* until stop shuts the listening socket down */
        serve(server, fd);
        (void)shutdown(fd, SHUT_WR);
        (void)close(fd);
        fd = accept(server->fd, NULL, NULL);
    }
}

plain_server *plain_server_start(plain_answer answer, void *ctx)
{
    plain_server *server = kw_heap_new(1, sizeof *server);
    assert_non_null(server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    server->answer = answer;
    server->ctx = ctx;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->fd >= 0);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->fd, 16), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
    EXPECT_OK(kw_thread_start(&server->thread, "plain-server", run, server, NULL));
    return server;
}

void plain_server_stop(plain_server *server)
{
    if (server == NULL) {
        return;
    }
    (void)shutdown(server->fd, SHUT_RDWR);
    kw_thread_join(&server->thread);
    (void)close(server->fd);
    kw_heap_free(server);
}

const char *plain_server_url(const plain_server *server)
{
    return server->url;
}

void plain_server_hold(plain_server *server)
{
    kw_mutex_lock(&server->mutex);
}

void plain_server_release(plain_server *server)
{
    kw_mutex_unlock(&server->mutex);
}
