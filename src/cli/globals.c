/* SPDX-License-Identifier: Apache-2.0
 * The rows of the global options. */
#include "cli/globals.h"

static const kw_field globals_fields[] = {
    KW_FIELD(kw_cli_globals, json, 0, 0, .help = "print results and errors as JSON"),
    KW_FIELD(kw_cli_globals, help, 0, 0, .help = "print help and exit"),
    KW_FIELD(kw_cli_globals, version, 0, 0, .help = "print the version and exit"),
    KW_FIELD(kw_cli_globals, quiet, 0, 0, .help = "no notes and no progress"),
    KW_FIELD(kw_cli_globals, color, 0, 0, .fallback = "true", .help = "colours on a terminal"),
    KW_FIELD(kw_cli_globals, config, 4096, 0, .min = 1, .help = "file with the configuration"),
};
KW_SCHEMA_EXTERN(kw_cli_globals, globals_fields);
