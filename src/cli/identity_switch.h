/* SPDX-License-Identifier: Apache-2.0
 * What `keyward identity enable` and `disable` share. */
#ifndef KW_CLI_IDENTITY_SWITCH_H
#define KW_CLI_IDENTITY_SWITCH_H

#include "cli/remote.h"

typedef struct kw_identity_switch_options {
    kw_str id;
    kw_remote_options remote;
} kw_identity_switch_options;

extern const kw_schema kw_identity_switch_options_schema;

/* Asks the daemon for it and prints how the identity stands now. As kw_remote_call. */
KW_MUST_USE kw_status kw_identity_switch(kw_cli *cli, const kw_identity_switch_options *options,
                                         bool is_enabled, kw_error *err);

#endif /* KW_CLI_IDENTITY_SWITCH_H */
