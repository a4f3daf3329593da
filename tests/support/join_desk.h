/* SPDX-License-Identifier: Apache-2.0
 * An operator that is to join the cluster of a client_desk, three of whose four operators show the
 * second epoch. In the folder: its node5.json, own.key (raw), pki/self.pem and
 * pki/self.key, and operators.json with the four. */
#ifndef KW_TESTS_SUPPORT_JOIN_DESK_H
#define KW_TESTS_SUPPORT_JOIN_DESK_H

#include "support/client_desk.h"

typedef struct join_desk {
    client_desk client;
    peer self;
    kw_operator_row row; /* of node5.json; join_desk_write_entry writes it */
    kw_peer_signature proof;
    char address[43];
    char url[64];
    tls_peer *own; /* the operator, when it runs */
    char share[1024];
} join_desk;

/* It stays where it is. With `is_up` the operator runs, and says that it serves. */
void join_desk_open(join_desk *desk, bool is_up);
void join_desk_close(join_desk *desk);

/* Writes the row as file `name`. */
void join_desk_write_entry(const join_desk *desk, const char *name);

/* Writes operators.json: the four, and with `row` not NULL that one behind them. */
void join_desk_write_operators(const join_desk *desk, const kw_operator_row *row);

#endif /* KW_TESTS_SUPPORT_JOIN_DESK_H */
