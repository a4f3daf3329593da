/* SPDX-License-Identifier: Apache-2.0
 * The command line of keywardd. */
#ifndef KW_NODE_ARGS_H
#define KW_NODE_ARGS_H

#include "base/error.h"
#include "codec/field.h"

typedef struct kw_node_args {
    kw_str config;     /* YAML file; empty: environment and assignments only */
    kw_strs set;       /* section.name=value */
    kw_str test_clock; /* file */
    bool check_config;
    bool print_config;
    bool help;
    bool version;
} kw_node_args;

/* Reads the words behind the program's name; texts live in the arena or in the words. USAGE. */
KW_MUST_USE kw_status kw_node_args_read(kw_node_args *out, kw_arena *arena, kw_strs words,
                                        kw_error *err);

/* Appends the help page. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_node_args_help(kw_buf *out);

#endif /* KW_NODE_ARGS_H */
