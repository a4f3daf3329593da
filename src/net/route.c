/* SPDX-License-Identifier: Apache-2.0
 * Names of the enums of route tables, and the schemas of the special bodies. */
#include "net/route.h"

#include "net/request.h"

const char *kw_method_name(kw_method method)
{
    switch (method) {
    case KW_METHOD_NONE:
        return NULL;
    case KW_GET:
        return "GET";
    case KW_POST:
        return "POST";
    case KW_PUT:
        return "PUT";
    case KW_PATCH:
        return "PATCH";
    case KW_DELETE:
        return "DELETE";
    }
    return NULL;
}

const char *kw_listener_name(kw_listener listener)
{
    switch (listener) {
    case KW_LISTENER_NONE:
        return "none";
    case KW_LISTENER_PUBLIC:
        return "public";
    case KW_LISTENER_PEER:
        return "peer";
    case KW_LISTENER_ADMIN:
        return "admin";
    case KW_LISTENER_METRICS:
        return "metrics";
    }
    return "none";
}

/* Special bodies have no rows: who meets their address knows what to do. */
#define SPECIAL(type) const kw_schema type##_schema = {.name = #type, .size = sizeof(type)}

SPECIAL(kw_no_body);
SPECIAL(kw_form_body);
SPECIAL(kw_raw_body);
SPECIAL(kw_pull_body);
SPECIAL(kw_raw_reply);
SPECIAL(kw_stream_reply);
