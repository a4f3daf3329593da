/* SPDX-License-Identifier: Apache-2.0
 * keyward audit show: records of an audit folder for a person. */
#include "cli/audit_records.h"
#include "cli/print.h"

enum {
    LINE_BYTES_MAX = 4096
};

static kw_str dash_if_empty(kw_str text)
{
    return text.len == 0 ? KW_STR("-") : text;
}

static kw_status show_line(kw_cli *cli, const kw_audit_entry_view *entry, kw_error *err)
{
    char time[KW_RFC3339_BYTES];
    kw_utc_format(time, entry->time);
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES_MAX);
    KW_TRY_AT(err,
              kw_buf_append_format(&line, "%8llu  %s  %-16s  %.*s  %.*s  by %.*s from %.*s%s%.*s\n",
                                   (unsigned long long)entry->sequence, time, entry->outcome.ptr,
                                   KW_STR_ARG(entry->action),
                                   KW_STR_ARG(dash_if_empty(entry->object)),
                                   KW_STR_ARG(dash_if_empty(entry->actor)),
                                   KW_STR_ARG(dash_if_empty(entry->address)),
                                   entry->detail.len > 0 ? "  " : "", KW_STR_ARG(entry->detail)),
              "printing a record");
    return kw_cli_write(cli, kw_buf_view(&line), err);
}

static kw_status show(kw_cli *cli, const void *given, kw_error *err)
{
    return kw_audit_show_chosen(cli, given, show_line, err);
}

const kw_command kw_command_audit_show = {
    "audit show",
    &kw_audit_choice_schema,
    show,
    "print the records of an audit folder",
    .about = "One line for each record. What is shown is not checked: use keyward audit verify for "
             "that.",
    .examples = {{"keyward audit show data/audit --action emtp.key.",
                  "who got, made and revoked epoch keys"}},
};
