/* SPDX-License-Identifier: Apache-2.0
 * The table of section 2 of threshold.md. */
#include "threshold/paths.h"

typedef struct path_row {
    const char *genesis; /* while epoch 1 is being made */
    const char *reshare;
} path_row;

static const path_row rows[] = {
    [KW_MESSAGE_HELLO] = {"/dkg/hello", "/reshare/hello"},
    [KW_MESSAGE_DEAL] = {"/dkg/commitment", "/reshare/commitment"},
    [KW_MESSAGE_SHARES] = {"/dkg/share", "/reshare/share"},
    [KW_MESSAGE_HAVE] = {"/dkg/ack", "/reshare/ack"},
    [KW_MESSAGE_ECHO] = {"/dkg/ack", "/reshare/ack"},
    [KW_MESSAGE_PROPOSE] = {"/dkg/agree", "/reshare/agree"},
    [KW_MESSAGE_PREVOTE] = {"/dkg/agree", "/reshare/agree"},
    [KW_MESSAGE_PRECOMMIT] = {"/dkg/agree", "/reshare/agree"},
    [KW_MESSAGE_EXTRACT] = {"/dkg/extract", "/dkg/extract"},
    [KW_MESSAGE_RECONSTRUCT] = {"/dkg/extract", "/dkg/extract"},
    [KW_MESSAGE_COMMIT] = {"/dkg/complete", "/reshare/complete"},
    [KW_MESSAGE_SEAL] = {"/dkg/complete", "/reshare/complete"},
};

static const char *path_of(const kw_message_header *header)
{
    const path_row *row = &rows[header->type];
    return header->epoch <= 1 ? row->genesis : row->reshare;
}

const char *kw_peer_path_of(const kw_authenticated *message)
{
    kw_message_header header;
    kw_status st = kw_message_header_decode(&header, message->payload);
    KW_ASSERT(st == KW_OK);
    return path_of(&header);
}

bool kw_peer_path_takes(const char *path, const kw_message_header *header)
{
    return strcmp(path, path_of(header)) == 0;
}
