/* SPDX-License-Identifier: Apache-2.0
 * A session as the threshold protocol's vectors have it: who takes part, and what each member says.
 * Whatever is not of its form fails the test. */
#ifndef KW_TESTS_SUPPORT_SESSION_FILE_H
#define KW_TESTS_SUPPORT_SESSION_FILE_H

#include "support/threshold_file.h"
#include "threshold/engine/message/authenticated.h"
#include "threshold/engine/message/message.h"
#include "threshold/engine/roster/roster.h"

typedef struct session_file {
    threshold_file *file;
    bool is_reshare;
    bool is_opening; /* a dealer of D does not extract */
    kw_sid_fields fields;
    kw_roster roster_old; /* empty at genesis */
    kw_roster roster_new;
} session_file;

/* Reads who takes part; the file stays open as long. */
void session_file_read(session_file *out, threshold_file *file);

/* The roster that deals. */
const kw_roster *session_file_dealers(const session_file *from);

/* Keys of one member. */
typedef union session_file_keys {
    kw_bn_secret bn254;
    kw_secp256k1_key ecdsa;
} session_file_keys;

/* Signs as a member of one of the lists "roster", "roster_old", "roster_new"; the keys live in
 * `out`. */
kw_peer_signer session_file_signer(session_file_keys *out, threshold_file *file,
                                   const kw_json *member);

/* A list or an object of the file. */
const kw_json *session_file_at(const session_file *from, const char *name);

/* The object of a list whose text of that name is the address; NULL: none. */
const kw_json *session_file_of_address(const kw_json *items, const char *name,
                                       const kw_address *address);

/* The dealing, and the extraction, of a dealer; NULL: it is silent, or dealer is 0. */
const kw_json *session_file_dealing(const session_file *from, uint16_t dealer);
const kw_json *session_file_extraction(const session_file *from, uint16_t dealer);

/* The message of that type and sender, of the agreement on the set or on whom to open; NULL: it
 * says nothing there. */
const kw_json *session_file_message(const session_file *from, kw_message_type type,
                                    kw_instance instance, const kw_address *sender);

/* A message of the vectors as it travels. */
kw_authenticated session_file_authenticated(threshold_file *file, const kw_json *message);

#endif /* KW_TESTS_SUPPORT_SESSION_FILE_H */
