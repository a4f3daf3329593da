/* SPDX-License-Identifier: Apache-2.0
 * keyward app list. */
#include "cli/print.h"
#include "cli/remote.h"
#include "guard/limits.h"
#include "threshold/api_types.h"
#include "threshold/limits.h"

typedef struct list_options {
    kw_remote_options remote;
    kw_str after;
} list_options;

static const kw_field list_fields[] = {
    KW_FIELD(list_options, after, KW_THRESHOLD_APP_ID_BYTES_MAX, 0,
             .help = "id of the last application of the page before"),
    KW_REMOTE_FIELDS(list_options),
};
KW_SCHEMA(list_options, list_fields);

/* One line of the answer: a policy beside what it is of. */
typedef struct list_entry {
    kw_str id;
    kw_str access;
    kw_strs callers;
    kw_str audience;
    kw_strs claims;
    bool eigenx_v1;
    uint32_t rate;
    uint32_t burst;
    uint64_t uses_max;
    uint64_t uses;
    kw_unix_s registered;
} list_entry;

static const kw_field entry_fields[] = {
    KW_FIELD(list_entry, id, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(list_entry, access, 32, KW_REQ),
    KW_FIELD(list_entry, callers, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(list_entry, audience, KW_TOKEN_TEXT_BYTES_MAX, 0),
    KW_FIELD(list_entry, claims, 2 * KW_TOKEN_TEXT_BYTES_MAX, 0, .items_max = KW_APP_CLAIMS_MAX),
    KW_FIELD(list_entry, eigenx_v1, 1, KW_REQ),
    KW_FIELD(list_entry, rate, UINT32_MAX, KW_REQ),
    KW_FIELD(list_entry, burst, UINT32_MAX, KW_REQ),
    KW_FIELD(list_entry, uses_max, INT64_MAX, KW_REQ),
    KW_FIELD(list_entry, uses, INT64_MAX, KW_REQ),
    KW_FIELD(list_entry, registered, INT64_MAX, KW_REQ | KW_TIME),
};
KW_SCHEMA(list_entry, entry_fields);

typedef struct list_reply {
    struct {
        list_entry *items;
        size_t count;
    } apps;
    bool has_more;
} list_reply;

static const kw_field reply_fields[] = {
    KW_FIELD_LIST(list_reply, apps, &list_entry_schema, KW_APPS_PAGE_MAX, KW_REQ),
    KW_FIELD(list_reply, has_more, 1, KW_REQ),
};
KW_SCHEMA(list_reply, reply_fields);

static kw_status flatten(kw_cli *cli, list_reply *out, const kw_app_entries *entries)
{
    *out = (list_reply){.has_more = entries->has_more};
    out->apps.items = kw_arena_new(cli->arena, entries->apps.count + 1, sizeof *out->apps.items);
    if (out->apps.items == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < entries->apps.count; i++) {
        const kw_app_entry *from = &entries->apps.items[i];
        out->apps.items[i] = (list_entry){
            .id = from->id,
            .access = kw_str_of(kw_app_access_name(from->policy.access)),
            .callers = from->policy.callers,
            .audience = from->policy.audience,
            .claims = from->policy.claims,
            .eigenx_v1 = from->policy.eigenx_v1,
            .rate = from->policy.rate,
            .burst = from->policy.burst,
            .uses_max = from->policy.uses_max,
            .uses = from->uses,
            .registered = from->registered,
        };
    }
    out->apps.count = entries->apps.count;
    return KW_OK;
}

static kw_status list(kw_cli *cli, const void *given, kw_error *err)
{
    const list_options *options = given;
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_str path = {0};
    KW_TRY_AT(err, kw_remote_page(cli->arena, &path, "/v1/threshold/apps", options->after),
              "building a path");
    kw_app_entries entries = {0};
    kw_remote_request request = {.method = KW_GET,
                                 .path = path,
                                 .out = &kw_app_entries_schema,
                                 .out_object = &entries,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    list_reply reply;
    KW_TRY_AT(err, flatten(cli, &reply, &entries), "showing the applications");
    return kw_cli_print(cli, &list_reply_schema, &reply, err);
}

const kw_command kw_command_app_list = {
    "app list",
    &list_options_schema,
    list,
    "list the applications of an operator, with their policies",
    .examples = {{"keyward app list --server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "the first page"}},
};
