/* SPDX-License-Identifier: Apache-2.0
 * A scheme of signatures in a microsecond: a signature is a hash of the key and what was signed, so
 * everybody can sign as anybody. For tests that verify many of them. Never in a program. */
#ifndef KW_TESTS_SUPPORT_TOY_PEER_H
#define KW_TESTS_SUPPORT_TOY_PEER_H

#include "threshold/engine/roster/own_key.h"

enum {
    TOY_PEER = 201, /* its number in a roster */
    TOY_PEER_KEY_BYTES = 20,
};

extern const kw_peer_schemes toy_peer_schemes;

/* Of the member whose address and key are `number` and zeros; equal numbers, equal members. They
 * are sorted as their numbers. The entry borrows the address. */
kw_address toy_peer_address(uint8_t number);
kw_roster_entry toy_peer_entry(const kw_address *address);

/* Borrow the address. */
kw_peer_signer toy_peer_signer(const kw_address *address);
kw_own_key toy_peer_own_key(const kw_address *address);

#endif /* KW_TESTS_SUPPORT_TOY_PEER_H */
