/* SPDX-License-Identifier: Apache-2.0
 * Audit records as commands show and export them, and which of them. */
#ifndef KW_CLI_AUDIT_RECORDS_H
#define KW_CLI_AUDIT_RECORDS_H

#include "cli/command.h"
#include "guard/audit_verify.h"

/* Options that both commands take. */
typedef struct kw_audit_choice {
    kw_str folder;
    uint64_t since; /* first sequence */
    uint64_t until; /* last sequence; 0: no bound */
    kw_str actor;   /* empty: all */
    kw_str action;  /* empty: all; "emtp." is a prefix */
} kw_audit_choice;
extern const kw_schema kw_audit_choice_schema;

/* A record with texts for its numbers. */
typedef struct kw_audit_entry_view {
    uint64_t sequence;
    kw_unix_s time;
    int64_t time_ms;
    kw_str node;
    kw_str tenant;
    kw_str actor;
    kw_str method;
    kw_str address;
    kw_str action;
    kw_str object;
    uint64_t version;
    kw_str detail;
    kw_str outcome;
    kw_str request_id;
    kw_str approval_id;
    kw_hash32 previous;
} kw_audit_entry_view;
extern const kw_schema kw_audit_entry_view_schema;

/* Shows one entry; its texts live for the call. */
typedef kw_status (*kw_audit_show)(kw_cli *cli, const kw_audit_entry_view *entry, kw_error *err);

/* Calls `show` for each chosen record in order, in constant memory. */
KW_MUST_USE kw_status kw_audit_show_chosen(kw_cli *cli, const kw_audit_choice *choice,
                                           kw_audit_show show, kw_error *err);

#endif /* KW_CLI_AUDIT_RECORDS_H */
