/* SPDX-License-Identifier: Apache-2.0
 * A house by hand. */
#include "support/house_wire.h"

#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ROUND_MS = 20
};

static const char *certificate_of(house_who who)
{
    switch (who) {
    case HOUSE_OFFICER:
        return "officer";
    case HOUSE_SECURITY:
        return "security";
    case HOUSE_AUDITOR:
        return "auditor";
    case HOUSE_MEMBER:
        return "member";
    case HOUSE_NOBODY:
    case HOUSE_CLINIC:
        break;
    }
    return NULL;
}

static bool is_administrator(house_who who)
{
    return who == HOUSE_OFFICER || who == HOUSE_SECURITY || who == HOUSE_AUDITOR;
}

void house_dial(const house *h, wire_peer *peer, house_who who)
{
    char certificate[512];
    char key[512];
    const char *name = certificate_of(who);
    if (name != NULL) {
        (void)snprintf(certificate, sizeof certificate, "%s/pki/%s.pem", h->dir.path, name);
        (void)snprintf(key, sizeof key, "%s/pki/%s.key", h->dir.path, name);
    }
    const wire_tls tls = {.certificate = name == NULL ? NULL : certificate,
                          .key = name == NULL ? NULL : key};
    const char *url = is_administrator(who) ? h->admin_url : h->public_url;
    unsigned long port = strtoul(strrchr(url, ':') + 1, NULL, 10);
    assert_true(wire_connect_tls(peer, (uint16_t)port, &tls));
}

void house_write_request(const house *h, kw_buf *out, house_who who, const char *line,
                         const house_body *body)
{
    EXPECT_OK(kw_buf_append_format(out, "%s HTTP/1.1\r\nHost: localhost\r\n", line));
    if (who == HOUSE_CLINIC) {
        KW_AUTO(kw_buf) key = kw_buf_init(256);
        EXPECT_OK(kw_file_read(&key, house_path(h, "clinic.key").text, NULL));
        kw_str text = kw_str_trim(kw_buf_text(&key));
        EXPECT_OK(kw_buf_append_format(out, "Authorization: Bearer %.*s\r\n", KW_STR_ARG(text)));
    }
    if (body != NULL) {
        EXPECT_OK(kw_buf_append_format(out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                                       body->media_type, body->bytes.len));
    }
    EXPECT_OK(kw_buf_append_str(out, KW_STR("\r\n")));
    if (body != NULL) {
        EXPECT_OK(kw_buf_append(out, body->bytes));
    }
}

bool house_ask(const house *h, wire_peer *peer, wire_response *out, house_who who, const char *line)
{
    KW_AUTO(kw_buf) request = kw_buf_init(1 << 16);
    house_write_request(h, &request, who, line, NULL);
    return wire_send(peer, kw_buf_view(&request)) && wire_read_response(peer, out, false);
}

void house_expect_problem(const wire_response *response, int status, const char *code)
{
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "\"code\":\"%s\"", code);
    const kw_buf *body = &response->body;
    static const char id[] = "\"request_id\":\"";
    bool is_as_wanted = response->status == status &&
                        memmem(body->ptr, body->len, wanted, strlen(wanted)) != NULL &&
                        memmem(body->ptr, body->len, id, sizeof id - 1) != NULL;
    if (!is_as_wanted) {
        print_error("wanted %d %s, got %d: %.*s\n", status, code, response->status,
                    KW_STR_ARG(kw_buf_text(body)));
        fail();
    }
    EXPECT_STR(wire_field(response, "content-type"), "application/problem+json");
}

void house_wait_for_status(const house *h, house_who who, const char *path, int status)
{
    char line[256];
    (void)snprintf(line, sizeof line, "GET %s", path);
    uint64_t deadline_ns = kw_monotonic_ns() + (uint64_t)PROCESS_LIMIT_MS * 1000000;
    wire_response response = {0};
    int got = 0;
    while (got != status) {
        if (kw_monotonic_ns() > deadline_ns) {
            print_error("%s: still %d, never %d\n", line, got, status);
            fail();
        }
        wire_peer peer;
        house_dial(h, &peer, who);
        assert_true(house_ask(h, &peer, &response, who, line));
        got = response.status;
        wire_close(&peer);
        (void)poll(NULL, 0, got == status ? 0 : ROUND_MS);
    }
    wire_response_drop(&response);
}

size_t house_count_texts(const house *h, const char *file, const char *needle)
{
    KW_AUTO(kw_buf) text = kw_buf_init((size_t)1 << 30);
    if (kw_file_read(&text, house_path(h, file).text, NULL) != KW_OK || text.len == 0) {
        return 0; /* it is not there yet */
    }
    size_t count = 0;
    const uint8_t *end = text.ptr + text.len;
    const uint8_t *at = text.ptr;
    while ((at = memmem(at, (size_t)(end - at), needle, strlen(needle))) != NULL) {
        at += strlen(needle);
        count++;
    }
    return count;
}

void house_wait_for_texts(const house *h, const char *file, const char *needle, size_t count)
{
    uint64_t deadline_ns = kw_monotonic_ns() + (uint64_t)PROCESS_LIMIT_MS * 1000000;
    while (house_count_texts(h, file, needle) < count) {
        if (kw_monotonic_ns() > deadline_ns) {
            print_error("%s never said %s\n", file, needle);
            fail();
        }
        (void)poll(NULL, 0, ROUND_MS);
    }
}

void house_wait_for_text(const house *h, const char *file, const char *needle)
{
    house_wait_for_texts(h, file, needle, 1);
}
