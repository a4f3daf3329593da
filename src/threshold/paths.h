/* SPDX-License-Identifier: Apache-2.0
 * Where messages go: the endpoints of operators. Source: threshold.md section 2. */
#ifndef KW_THRESHOLD_PATHS_H
#define KW_THRESHOLD_PATHS_H

#include "threshold/engine/message/authenticated.h"
#include "threshold/engine/message/message.h"

/* The path that a message is POSTed to; equal paths are one pointer. Aborts for a message without a
 * header: the engine sends none. */
const char *kw_peer_path_of(const kw_authenticated *message);

/* True when messages of that type and epoch go there. */
bool kw_peer_path_takes(const char *path, const kw_message_header *header);

#endif /* KW_THRESHOLD_PATHS_H */
