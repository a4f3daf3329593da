/* SPDX-License-Identifier: Apache-2.0
 * The table: what stands here exists, in this order. */
#include "cli/commands.h"

static const kw_command *const commands[] = {
    &kw_command_completion,
    &kw_command_man,
    &kw_command_version,
    &kw_command_help,
};

static const kw_command_group groups[] = {
    {"emtp", "match tokens and the keys they are made with"},
    {"emtp keys", "epoch keys of a key server"},
    {"emtp participants", "who may get keys"},
    {"emtp stream", "key and code streams (STP)"},
    {"audit", "the audit log"},
};

static const char *const schema_ids[] = {"v1", NULL};

const kw_program kw_keyward = {
    .name = "keyward",
    .help = "key infrastructure: keys that no one holds alone, parameters that anyone can check",
    .version = KW_VERSION,
    .released = "2026-11-21",
    .schema_ids = schema_ids,
    .commands = commands,
    .commands_count = KW_COUNT(commands),
    .groups = groups,
    .groups_count = KW_COUNT(groups),
};
