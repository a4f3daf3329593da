/* SPDX-License-Identifier: Apache-2.0
 * Between an exchange and its handler: body rules, decoding into `in`, the call, encoding of
 * `out`. */
#ifndef KW_NET_HANDLING_H
#define KW_NET_HANDLING_H

#include "net/exchange.h"

/* Whether the announced body fits the row: TOO_LARGE by Content-Length or because the row takes
 * none; MEDIA_TYPE: not what the row reads, or a content coding. */
KW_MUST_USE kw_status kw_handling_check_body(const kw_exchange *x);

/* Decodes, calls the handler, encodes; on the loop or on a worker. BAD_INPUT and what the handler
 * returns; the text of a failure is in x->err. */
KW_MUST_USE kw_status kw_handling_run(kw_exchange *x);

/* Puts the handler's body into the reply; on the loop, before the reply is sent. */
void kw_handling_put_body(kw_exchange *x);

#endif /* KW_NET_HANDLING_H */
