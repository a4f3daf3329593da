/* SPDX-License-Identifier: Apache-2.0
 * The canonical payload of a message. Source: threshold.md section 2. */
#include "threshold/engine/message/message.h"

static const uint8_t magic[4] = {'K', 'W', 'T', '1'};

static kw_status read_header(kw_message_header *out, kw_reader *r)
{
    kw_message_header header = {0};
    kw_span start = kw_read_span(r, sizeof magic);
    uint8_t type = kw_read_u8(r);
    header.suite = kw_read_u8(r);
    uint16_t flags = kw_read_u16be(r);
    kw_read_into(r, KW_MSPAN(header.cluster_id.bytes));
    kw_read_into(r, KW_MSPAN(header.sid.bytes));
    header.epoch = kw_read_u64be(r);
    header.timestamp = kw_read_u64be(r);
    header.attempt = kw_read_u32be(r);
    kw_read_into(r, KW_MSPAN(header.sender.bytes));
    bool is_known = type >= KW_MESSAGE_HELLO && type <= KW_MESSAGE_SEAL;
    if (!kw_read_is_good(r) || !kw_span_equal_var(start, KW_SPAN(magic)) || flags != 0 ||
        !is_known) {
        return KW_BAD_INPUT;
    }
    header.type = (kw_message_type)type;
    *out = header;
    return KW_OK;
}

bool kw_message_is_vote(kw_message_type type)
{
    return type == KW_MESSAGE_PROPOSE || type == KW_MESSAGE_PREVOTE || type == KW_MESSAGE_PRECOMMIT;
}

kw_status kw_message_header_decode(kw_message_header *out, kw_span payload)
{
    kw_reader r = kw_reader_of(payload);
    return read_header(out, &r);
}

static kw_status check_header(const kw_message_header *header, const kw_message_scope *scope)
{
    if (kw_message_is_vote(header->type) && scope->instance == KW_INSTANCE_HANDOVER) {
        bool is_bare = header->suite == 0 && header->timestamp == 0 && header->attempt == 0;
        return is_bare ? KW_OK : KW_REFUSED;
    }
    return header->suite == scope->suite ? KW_OK : KW_REFUSED;
}

static kw_status read_body(kw_message *out, kw_reader *r, const kw_message_scope *scope,
                           kw_arena *arena)
{
    switch (out->header.type) {
    case KW_MESSAGE_HELLO:
        return kw_hello_read(&out->body.hello, r, scope);
    case KW_MESSAGE_DEAL:
        return kw_deal_read(&out->body.deal, r, scope, arena);
    case KW_MESSAGE_SHARES:
        return kw_shares_read(&out->body.shares, r, scope);
    case KW_MESSAGE_HAVE:
        return kw_have_read(&out->body.have, r, scope);
    case KW_MESSAGE_ECHO:
        return kw_echo_read(&out->body.echo, r, scope, arena);
    case KW_MESSAGE_PROPOSE:
        return kw_propose_read(&out->body.propose, r, scope);
    case KW_MESSAGE_PREVOTE:
        return kw_prevote_read(&out->body.vote, r, scope);
    case KW_MESSAGE_PRECOMMIT:
        return kw_precommit_read(&out->body.vote, r);
    case KW_MESSAGE_EXTRACT:
        return kw_extract_read(&out->body.extract, r, scope, arena);
    case KW_MESSAGE_RECONSTRUCT:
        return kw_reconstruct_read(&out->body.reconstruct, r, scope, arena);
    case KW_MESSAGE_COMMIT:
        return kw_commit_read(&out->body.commit, r, scope);
    case KW_MESSAGE_SEAL:
        return kw_seal_read(&out->body.commit, r, scope);
    }
    return KW_BAD_INPUT;
}

kw_status kw_message_decode(kw_message *out, kw_arena *arena, kw_span payload,
                            const kw_message_scope *scope)
{
    kw_reader r = kw_reader_of(payload);
    kw_message message = {0};
    KW_TRY(read_header(&message.header, &r));
    KW_TRY(check_header(&message.header, scope));
    KW_TRY(read_body(&message, &r, scope, arena));
    *out = message;
    return KW_OK;
}

static void write_body(kw_writer *w, const kw_message *message, const kw_message_scope *scope)
{
    switch (message->header.type) {
    case KW_MESSAGE_HELLO:
        kw_hello_write(w, &message->body.hello, scope);
        break;
    case KW_MESSAGE_DEAL:
        kw_deal_write(w, &message->body.deal, scope);
        break;
    case KW_MESSAGE_SHARES:
        kw_shares_write(w, &message->body.shares);
        break;
    case KW_MESSAGE_HAVE:
        kw_have_write(w, &message->body.have);
        break;
    case KW_MESSAGE_ECHO:
        kw_echo_write(w, &message->body.echo, scope);
        break;
    case KW_MESSAGE_PROPOSE:
        kw_propose_write(w, &message->body.propose, scope);
        break;
    case KW_MESSAGE_PREVOTE:
        kw_prevote_write(w, &message->body.vote);
        break;
    case KW_MESSAGE_PRECOMMIT:
        kw_precommit_write(w, &message->body.vote);
        break;
    case KW_MESSAGE_EXTRACT:
        kw_extract_write(w, &message->body.extract, scope);
        break;
    case KW_MESSAGE_RECONSTRUCT:
        kw_reconstruct_write(w, &message->body.reconstruct, scope);
        break;
    case KW_MESSAGE_COMMIT:
        kw_commit_write(w, &message->body.commit, scope);
        break;
    case KW_MESSAGE_SEAL:
        kw_seal_write(w, &message->body.commit, scope);
        break;
    }
}

void kw_message_write(kw_writer *w, const kw_message *message, const kw_message_scope *scope)
{
    const kw_message_header *header = &message->header;
    kw_write_span(w, KW_SPAN(magic));
    kw_write_u8(w, (uint8_t)header->type);
    kw_write_u8(w, header->suite);
    kw_write_u16be(w, 0);
    kw_write_span(w, KW_SPAN(header->cluster_id.bytes));
    kw_write_span(w, KW_SPAN(header->sid.bytes));
    kw_write_u64be(w, header->epoch);
    kw_write_u64be(w, header->timestamp);
    kw_write_u32be(w, header->attempt);
    kw_write_span(w, KW_SPAN(header->sender.bytes));
    write_body(w, message, scope);
}
