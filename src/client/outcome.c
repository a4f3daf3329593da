/* SPDX-License-Identifier: Apache-2.0
 * Public statuses. */
#include "client/outcome.h"

#include <stdio.h>

/* Statuses that the public API knows by the same name and number. */
#define PUBLIC_TABLE(X) \
    X(OK)               \
    X(BAD_INPUT)        \
    X(UNAUTHENTICATED)  \
    X(FORBIDDEN)        \
    X(BUSY)             \
    X(NOT_FOUND)        \
    X(TIMED_OUT)        \
    X(TOO_LARGE)        \
    X(REFUSED)          \
    X(RATE_LIMITED)     \
    X(INTERNAL)         \
    X(NO_MEMORY)        \
    X(IO)               \
    X(CORRUPT)          \
    X(LIMIT)            \
    X(UNAVAILABLE)      \
    X(NETWORK)          \
    X(PEER_REFUSED)     \
    X(CANCELLED)

#define X(name) _Static_assert((int)KW_CLIENT_##name == (int)KW_##name, #name " has two numbers");
PUBLIC_TABLE(X)
#undef X

_Static_assert(sizeof(((kw_client_error *)0)->text) == KW_ERROR_TEXT_BYTES,
               "the public error text is copied whole");

static bool is_public(kw_status st)
{
    static const kw_status table[] = {
#define X(name) KW_##name,
        PUBLIC_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < KW_COUNT(table); i++) {
        if (table[i] == st) {
            return true;
        }
    }
    return false;
}

kw_client_status kw_client_status_of(kw_status st)
{
    if (st == KW_NO_SPACE) {
        return KW_CLIENT_IO;
    }
    return is_public(st) ? (kw_client_status)st : KW_CLIENT_INTERNAL;
}

kw_client_status kw_client_outcome(kw_status st, const kw_error *err, kw_client_error *error)
{
    kw_client_status outcome = kw_client_status_of(st);
    if (outcome != KW_CLIENT_OK && error != NULL) {
        error->status = outcome;
        bool has_text = err->status == st && err->text[0] != '\0';
        (void)snprintf(error->text, sizeof error->text, "%s",
                       has_text ? err->text : kw_status_text(st));
    }
    return outcome;
}

const char *kw_client_status_name(kw_client_status status)
{
    return kw_status_name((kw_status)status);
}

const char *kw_client_version(void)
{
    return KW_VERSION;
}
