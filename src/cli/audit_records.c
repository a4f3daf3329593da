/* SPDX-License-Identifier: Apache-2.0
 * From stored records to what a person or a program reads. */
#include "cli/audit_records.h"

#include <stdio.h>

enum {
    PATH_BYTES_MAX = 500,
    TEXT_BYTES_MAX = 255,
};

static const kw_field choice_fields[] = {
    KW_FIELD(kw_audit_choice, folder, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "audit folder"),
    KW_FIELD(kw_audit_choice, since, INT64_MAX, 0, .help = "sequence of the first record"),
    KW_FIELD(kw_audit_choice, until, INT64_MAX, 0, .help = "sequence of the last record"),
    KW_FIELD(kw_audit_choice, actor, TEXT_BYTES_MAX, 0, .help = "only what this identity did"),
    KW_FIELD(kw_audit_choice, action, TEXT_BYTES_MAX, 0,
             .help = "only this action, or with a '.' at its end all that begin so"),
};
KW_SCHEMA_EXTERN(kw_audit_choice, choice_fields);

static const kw_field entry_fields[] = {
    KW_FIELD(kw_audit_entry_view, sequence, UINT64_MAX, KW_REQ),
    KW_FIELD(kw_audit_entry_view, time, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(kw_audit_entry_view, time_ms, INT64_MAX, KW_REQ),
    KW_FIELD(kw_audit_entry_view, node, TEXT_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_audit_entry_view, tenant, TEXT_BYTES_MAX, 0),
    KW_FIELD(kw_audit_entry_view, actor, TEXT_BYTES_MAX, 0),
    KW_FIELD(kw_audit_entry_view, method, 16, KW_REQ),
    KW_FIELD(kw_audit_entry_view, address, 64, 0),
    KW_FIELD(kw_audit_entry_view, action, TEXT_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_audit_entry_view, object, 1024, 0),
    KW_FIELD(kw_audit_entry_view, version, UINT64_MAX, 0),
    KW_FIELD(kw_audit_entry_view, detail, TEXT_BYTES_MAX, 0),
    KW_FIELD(kw_audit_entry_view, outcome, 32, KW_REQ),
    KW_FIELD(kw_audit_entry_view, request_id, TEXT_BYTES_MAX, 0),
    KW_FIELD(kw_audit_entry_view, approval_id, TEXT_BYTES_MAX, 0),
    KW_FIELD(kw_audit_entry_view, previous, 0, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_audit_entry_view, entry_fields);

typedef struct showing {
    kw_cli *cli;
    const kw_audit_choice *choice;
    kw_audit_show show;
} showing;

static bool is_chosen(const kw_audit_choice *choice, const kw_audit_record *record)
{
    if (record->sequence < choice->since ||
        (choice->until != 0 && record->sequence > choice->until)) {
        return false;
    }
    if (choice->actor.len > 0 && !kw_str_equal(choice->actor, record->actor)) {
        return false;
    }
    return choice->action.len == 0 || kw_str_equal(choice->action, record->action) ||
           (kw_str_ends_with(choice->action, KW_STR(".")) &&
            kw_str_starts_with(record->action, choice->action));
}

/* The address without its prefix length; empty for the zero address. */
static kw_str address_text(char out[KW_NETWORK_TEXT_BYTES], const kw_ip *ip)
{
    static const kw_ip none = {{0}};
    if (kw_span_equal_var(KW_SPAN(ip->bytes), KW_SPAN(none.bytes))) {
        return (kw_str){0};
    }
    kw_network_format(out, &(kw_network){.base = *ip, .prefix_bits = 128});
    kw_str text;
    kw_str prefix;
    (void)kw_str_split(kw_str_of(out), '/', &text, &prefix);
    return text;
}

/* An empty text that the encoder leaves out. */
static kw_str given(kw_str text)
{
    return text.len > 0 ? text : (kw_str){0};
}

static kw_status visit(void *data, const kw_audit_record *record, kw_error *err)
{
    const showing *s = data;
    if (!is_chosen(s->choice, record)) {
        return KW_OK;
    }
    char address[KW_NETWORK_TEXT_BYTES];
    kw_audit_entry_view entry = {.sequence = record->sequence,
                                 .time = record->time_ms / 1000,
                                 .time_ms = record->time_ms,
                                 .node = record->node,
                                 .tenant = given(record->tenant),
                                 .actor = given(record->actor),
                                 .method = kw_str_of(kw_auth_method_name(record->method)),
                                 .address = address_text(address, &record->address),
                                 .action = record->action,
                                 .object = given(record->object),
                                 .version = record->version,
                                 .detail = given(record->detail),
                                 .outcome = kw_str_of(kw_status_name(record->outcome)),
                                 .request_id = given(record->request_id),
                                 .approval_id = given(record->approval_id),
                                 .previous = record->previous};
    return s->show(s->cli, &entry, err);
}

kw_status kw_audit_show_chosen(kw_cli *cli, const kw_audit_choice *choice, kw_audit_show show,
                               kw_error *err)
{
    showing s = {.cli = cli, .choice = choice, .show = show};
    return kw_audit_read(choice->folder.ptr, visit, &s, err);
}
