/* SPDX-License-Identifier: Apache-2.0
 * Operators as files name them. */
#include "support/operator_rows.h"

#include "codec/hex.h"
#include "support/expect.h"

#include <stdio.h>

static void make_row(operator_rows *o, uint32_t i)
{
    peer *p = &o->peers[i];
    peer_make(p, i, i % 2 == 0 ? KW_PEER_BN254 : KW_PEER_ECDSA);
    kw_roster_entry entry = peer_entry(p);
    kw_hash32 digest;
    kw_possession_digest(&digest, &entry);
    o->proofs[i] = peer_sign(p, &digest);
    memcpy(o->addresses[i], "0x", 2);
    kw_hex_encode_to(o->addresses[i] + 2, KW_SPAN(p->address.bytes));
    (void)snprintf(o->urls[i], sizeof o->urls[i], "https://node%u.example:8444", (unsigned)i);
    o->items[i] = (kw_operator_row){
        .address = kw_str_of(o->addresses[i]),
        .curve = p->curve,
        .key = entry.key,
        .proof = kw_peer_signature_view(&o->proofs[i]),
        .peer_url = kw_str_of(o->urls[i]),
        .public_url = KW_STR("https://[::1]:8443"),
        .tls_spki = {{0x51, (uint8_t)i}},
    };
}

void operator_rows_make(operator_rows *out, uint32_t count)
{
    assert_in_range(count, 1, OPERATOR_ROWS_MAX);
    *out = (operator_rows){.rows = {out->items, count}};
    for (uint32_t i = 0; i < count; i++) {
        make_row(out, i);
    }
}
