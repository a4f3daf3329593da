/* SPDX-License-Identifier: Apache-2.0
 * A small route table for fuzz targets: every kind of input and output, all inline. */
#ifndef KW_TESTS_SUPPORT_NET_TABLE_H
#define KW_TESTS_SUPPORT_NET_TABLE_H

#include "net/request.h"

typedef struct net_table_item {
    kw_str id;
    uint32_t n;
    kw_str text;
    kw_strs words;
} net_table_item;

static const kw_field net_table_item_fields[] = {
    KW_FIELD(net_table_item, id, 32, KW_REQ | KW_PATH, .made_of = "-_"),
    KW_FIELD(net_table_item, n, 1000, KW_QUERY, .fallback = "1"),
    KW_FIELD(net_table_item, text, 256, KW_REQ),
    KW_FIELD(net_table_item, words, 16, 0),
};
KW_SCHEMA(net_table_item, net_table_item_fields);

KW_HANDLER(net_table_post, net_table_item, net_table_item)
KW_HANDLER(net_table_form, kw_raw_reply, kw_form_body)
KW_HANDLER(net_table_get, kw_raw_reply, kw_no_body)

static kw_status net_table_post(kw_request *request, net_table_item *out, const net_table_item *in,
                                kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(err);
    *out = *in;
    return KW_OK;
}

static kw_status net_table_form(kw_request *request, kw_raw_reply *out, const kw_form_body *in,
                                kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(err);
    *out = (kw_raw_reply){.media_type = "text/plain", .bytes = kw_span_of_str(in->text)};
    return KW_OK;
}

static kw_status net_table_get(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                               kw_error *err)
{
    static const char *const offered[] = {"text/plain", "application/json"};
    KW_UNUSED(in);
    size_t choice = 0;
    KW_TRY(kw_request_choose(request, &choice, offered, 2, err));
    if (kw_request_is_current(request, KW_STR("v1"))) {
        return KW_OK;
    }
    *out = (kw_raw_reply){.media_type = offered[choice], .bytes = kw_span_of_str(KW_STR("{}"))};
    return KW_OK;
}

#define NET_TABLE_ROW(verb, where, name, Out, In, most)                                          \
    {                                                                                            \
        .method = (verb), .path = (where), KW_HANDLED_BY(name, Out, In),                         \
        .listener = KW_LISTENER_PUBLIC, .permission = "fuzz.thing.do", .body_bytes_max = (most), \
        .rate = KW_RATE_READ, .audit = KW_AUDIT_NONE, .runs = KW_RUNS_INLINE,                    \
        .summary = "for fuzzing"                                                                 \
    }

static const kw_route net_table[] = {
    NET_TABLE_ROW(KW_GET, "/g", net_table_get, kw_raw_reply, kw_no_body, 0),
    NET_TABLE_ROW(KW_POST, "/f", net_table_form, kw_raw_reply, kw_form_body, 1000),
    NET_TABLE_ROW(KW_POST, "/i/{id}", net_table_post, net_table_item, net_table_item, 1000),
};

static const kw_mount net_table_mount = {net_table, 3, NULL};

#endif /* KW_TESTS_SUPPORT_NET_TABLE_H */
