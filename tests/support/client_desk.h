/* SPDX-License-Identifier: Apache-2.0
 * A cluster as clients meet it: its files, certificates of two epochs, and operators that play
 * scripts on loopback; and the client that calls them. Whoever holds the desk holds every share. */
#ifndef KW_TESTS_SUPPORT_CLIENT_DESK_H
#define KW_TESTS_SUPPORT_CLIENT_DESK_H

#include "client/threshold_calls.h"
#include "support/command_line.h"
#include "support/epoch_desk.h"
#include "support/tls_peer.h"
#include "threshold/engine/use/purpose.h"

enum {
    CLIENT_DESK_MEMBERS = 4, /* t = 3 */
    CLIENT_DESK_ANSWER_BYTES = 600,
};

/* An answer before its body. */
#define CLIENT_DESK_OK "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

typedef struct client_desk {
    tempdir dir; /* cluster.json without a pin, pinned.json with one; ca.pem once there are peers */
    epoch_desk epochs;
    desk_epoch first;
    desk_epoch second;
    kw_buf first_file; /* certificates */
    kw_buf second_file;
    char master_key[193]; /* digits */
    char urls[CLIENT_DESK_MEMBERS][64];
    const char *hung; /* "https://.." of members that run not; NULL: a port that refuses */
    char answers[CLIENT_DESK_MEMBERS][CLIENT_DESK_ANSWER_BYTES]; /* of those who sign */
    tls_peer *peers[CLIENT_DESK_MEMBERS]; /* of the member with index i + 1; NULL: none */
    kw_client_cluster cluster;            /* as it was called last */
    kw_client_calls *calls;               /* NULL: nobody was called yet */
} client_desk;

/* Makes files and epochs; operators are nowhere yet. The desk stays where it is. */
void client_desk_open(client_desk *desk);
void client_desk_close(client_desk *desk);

/* Starts member `index`, 1..n, with a script; client_desk_write then says where it is. */
void client_desk_start(client_desk *desk, uint16_t index, const tls_peer_script *script);

/* What a member says to POST /app/sign. Borrows. */
typedef struct client_desk_part {
    uint16_t address_of; /* index of who it says it is */
    uint16_t signer;     /* index of whose share signs */
    uint64_t version;    /* epoch that it names */
    const kw_purposed *what;
    uint64_t attested; /* epoch that it names for a time; 0: none */
} client_desk_part;

/* Starts member `index`, who gives a part by shares of `epoch`, and shows that epoch's certificate
 * to each GET. client_desk_sign: an honest one. client_desk_write_part: the answer alone. */
void client_desk_write_part(char out[CLIENT_DESK_ANSWER_BYTES], const desk_epoch *epoch,
                            const client_desk_part *part);
void client_desk_say(client_desk *desk, uint16_t index, const desk_epoch *epoch,
                     const client_desk_part *part);
void client_desk_sign(client_desk *desk, uint16_t index, const desk_epoch *epoch,
                      const kw_purposed *what);

/* Writes cluster.json and pinned.json. */
void client_desk_write(client_desk *desk);

/* Writes them, loads one of them, and opens calls to its operators, in the name of nobody; ends
 * those of before. `timeout_ms` is that of the calls. */
void client_desk_call(client_desk *desk, const char *cluster_file, uint32_t timeout_ms);

/* "https://.." of the member. */
const char *client_desk_url(const client_desk *desk, uint16_t index);

/* Path of a file in the folder. */
tempdir_path client_desk_path(const client_desk *desk, const char *name);

/* Runs `keyward <words>`; "%" stands for the folder. */
command_result client_desk_run(const client_desk *desk, const char *words);

#endif /* KW_TESTS_SUPPORT_CLIENT_DESK_H */
