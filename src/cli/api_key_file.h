/* SPDX-License-Identifier: Apache-2.0
 * The private file that a new API key is written into, once. */
#ifndef KW_CLI_API_KEY_FILE_H
#define KW_CLI_API_KEY_FILE_H

#include "base/error.h"
#include "base/span.h"

/* Before the key is asked for: nothing may stand at `path`, which has a NUL behind it. CONFLICT. */
KW_MUST_USE kw_status kw_api_key_file_check(kw_str path, kw_error *err);

/* Writes the key that a server showed, mode 0600, and wipes its text. PEER_REFUSED: there is none.
 * IO, NO_MEMORY: the key is lost. */
KW_MUST_USE kw_status kw_api_key_file_write(kw_str path, kw_str key, kw_error *err);

#endif /* KW_CLI_API_KEY_FILE_H */
