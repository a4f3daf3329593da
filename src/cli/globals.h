/* SPDX-License-Identifier: Apache-2.0
 * Options that every command takes. */
#ifndef KW_CLI_GLOBALS_H
#define KW_CLI_GLOBALS_H

#include "codec/field.h"

typedef struct kw_cli_globals {
    bool json;
    bool help;
    bool version;
    bool quiet;
    bool color;
    kw_str config;
} kw_cli_globals;

extern const kw_schema kw_cli_globals_schema;

#endif /* KW_CLI_GLOBALS_H */
