/* SPDX-License-Identifier: Apache-2.0
 * Bodies for the peer listener of an operator, by whoever a test wants to send them. */
#ifndef KW_TESTS_SUPPORT_PEER_POST_H
#define KW_TESTS_SUPPORT_PEER_POST_H

#include "support/house.h"

/* POSTs a JSON body to `to` with the certificate `pair` of `from` ("peer": its pki/peer.pem). The
 * HTTP status; 0: no answer, such as to who is not even heard. */
int peer_post(const house *to, const house *from, const char *pair, const char *path, kw_span body);

#endif /* KW_TESTS_SUPPORT_PEER_POST_H */
