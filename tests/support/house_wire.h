/* SPDX-License-Identifier: Apache-2.0
 * Connections to a house by hand: exactly the bytes that a test wants, as somebody. */
#ifndef KW_TESTS_SUPPORT_HOUSE_WIRE_H
#define KW_TESTS_SUPPORT_HOUSE_WIRE_H

#include "support/house.h"
#include "support/wire_peer.h"

/* HTTP/1.1 over TLS to the listener that `who` uses in house_run, with its certificate; the house
 * must serve. */
void house_dial(const house *h, wire_peer *peer, house_who who);

/* A body and what it is. */
typedef struct house_body {
    const char *media_type;
    kw_span bytes;
} house_body;

/* Builds a request with Host and the API key for HOUSE_CLINIC; `body`: NULL for none. */
void house_write_request(const house *h, kw_buf *out, house_who who, const char *line,
                         const house_body *body);

/* Sends a request and reads its answer; false when the connection ended before. */
bool house_ask(const house *h, wire_peer *peer, wire_response *out, house_who who,
               const char *line);

/* Fails the test unless an answer is a problem with that status and code, and a request id. */
void house_expect_problem(const wire_response *response, int status, const char *code);

/* Repeats a GET on new connections until it is answered with that status; fails after
 * PROCESS_LIMIT_MS. */
void house_wait_for_status(const house *h, house_who who, const char *path, int status);

/* Reads the file of the house again and again until it holds `needle`; house_wait_for_texts: so
 * many times. */
void house_wait_for_text(const house *h, const char *file, const char *needle);
void house_wait_for_texts(const house *h, const char *file, const char *needle, size_t count);

/* How often the file of the house holds `needle` now. */
size_t house_count_texts(const house *h, const char *file, const char *needle);

#endif /* KW_TESTS_SUPPORT_HOUSE_WIRE_H */
