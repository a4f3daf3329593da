/* SPDX-License-Identifier: Apache-2.0
 * A proof of fraud as a file. Source: threshold.md section 9. */
#include "threshold/engine/fraud/fraud_file.h"

static const uint8_t magic[4] = {'K', 'W', 'F', '1'};

enum {
    ANY = 0, /* of the types of messages */
};

/* The messages of each kind. */
static const struct {
    uint8_t count;
    uint8_t types[KW_FRAUD_MESSAGES_MAX];
} forms[] = {
    [KW_FRAUD_SHARE] = {4, {KW_MESSAGE_DEAL, KW_MESSAGE_HELLO, KW_MESSAGE_SHARES, KW_MESSAGE_ECHO}},
    [KW_FRAUD_COMPLAINT] = {4,
                            {KW_MESSAGE_DEAL, KW_MESSAGE_HELLO, KW_MESSAGE_SHARES,
                             KW_MESSAGE_ECHO}},
    [KW_FRAUD_EQUIVOCATION] = {2, {ANY, ANY}},
    [KW_FRAUD_EXTRACTION] = {2, {KW_MESSAGE_DEAL, KW_MESSAGE_EXTRACT}},
    [KW_FRAUD_SOURCE] = {1, {KW_MESSAGE_DEAL}},
};

static bool is_kind(uint8_t number)
{
    return number >= KW_FRAUD_SHARE && number <= KW_FRAUD_SOURCE;
}

kw_status kw_fraud_file_check(const kw_fraud_file *file)
{
    if (!is_kind((uint8_t)file->kind) || file->messages.count != forms[file->kind].count) {
        return KW_BAD_INPUT;
    }
    for (size_t i = 0; i < file->messages.count; i++) {
        kw_message_header header;
        KW_TRY(kw_message_header_decode(&header, file->messages.items[i].payload));
        uint8_t wanted = forms[file->kind].types[i];
        if (wanted != ANY && wanted != header.type) {
            return KW_BAD_INPUT;
        }
    }
    return KW_OK;
}

/* ---- reading ---- */
/* A file at work. */
typedef struct reading {
    kw_reader r;
    kw_arena *arena;
    const kw_peer_schemes *schemes;
    kw_error *err;
} reading;

static kw_status read_start(kw_fraud_file *out, reading *in)
{
    kw_span start = kw_read_span(&in->r, sizeof magic);
    uint8_t number = kw_read_u8(&in->r);
    KW_REQUIRE(kw_read_is_good(&in->r) && kw_span_equal_var(start, KW_SPAN(magic)), in->err,
               KW_BAD_INPUT, "it does not begin with KWF1");
    KW_REQUIRE(is_kind(number), in->err, KW_BAD_INPUT, "there is no kind %u", number);
    out->kind = (kw_fraud_kind)number;
    return KW_OK;
}

/* All defects of a roster are defects of the file; want of room is none. */
static kw_status read_roster(kw_roster *out, reading *in, const char *name)
{
    kw_status st = kw_roster_decode(out, in->arena, &in->r, in->schemes);
    if (st == KW_OK) {
        return KW_OK;
    }
    return kw_fail(in->err, st == KW_LIMIT ? KW_LIMIT : KW_BAD_INPUT, "the %s roster: %s", name,
                   kw_status_text(st));
}

static kw_status read_session(kw_fraud_session *out, reading *in)
{
    out->cluster.chain_id = kw_read_u64be(&in->r);
    kw_read_into(&in->r, KW_MSPAN(out->cluster.avs.bytes));
    out->cluster.set_id = kw_read_u32be(&in->r);
    kw_config_fields_read(&out->config, &in->r);
    kw_sid_fields_read(&out->fields, &in->r);
    KW_REQUIRE(kw_read_is_good(&in->r), in->err, KW_BAD_INPUT, "it is too short");
    kw_config_hash(&out->cluster.config_hash, &out->config);
    KW_TRY(read_roster(&out->roster_old, in, "old"));
    return read_roster(&out->roster_new, in, "new");
}

static kw_status read_messages(kw_fraud_file *out, reading *in)
{
    kw_status st = kw_authenticated_list_read(&out->messages, in->arena, &in->r);
    if (st != KW_OK) {
        return kw_fail(in->err, st, "the messages: %s", kw_status_text(st));
    }
    KW_REQUIRE(kw_fraud_file_check(out) == KW_OK, in->err, KW_BAD_INPUT,
               "the messages are not those of kind %d", (int)out->kind);
    return KW_OK;
}

kw_status kw_fraud_file_decode(kw_fraud_file *out, kw_arena *arena, kw_span file,
                               const kw_peer_schemes *schemes, kw_error *err)
{
    KW_REQUIRE(file.len <= KW_THRESHOLD_FRAUD_BYTES_MAX, err, KW_BAD_INPUT,
               "it is longer than any proof");
    reading in = {kw_reader_of(file), arena, schemes, err};
    kw_fraud_file read = {0};
    KW_TRY(read_start(&read, &in));
    KW_TRY(read_session(&read.session, &in));
    KW_TRY(read_messages(&read, &in));
    if (read.kind == KW_FRAUD_SOURCE) {
        read.certificate = kw_read_span_u32be(&in.r, KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    }
    KW_REQUIRE(kw_read_end(&in.r) == KW_OK, err, KW_BAD_INPUT,
               "its end is missing, or not its end");
    *out = read;
    return KW_OK;
}

/* ---- writing ---- */
void kw_fraud_file_write(kw_writer *w, const kw_fraud_file *file)
{
    const kw_fraud_session *session = &file->session;
    kw_write_span(w, KW_SPAN(magic));
    kw_write_u8(w, (uint8_t)file->kind);
    kw_write_u64be(w, session->cluster.chain_id);
    kw_write_span(w, KW_SPAN(session->cluster.avs.bytes));
    kw_write_u32be(w, session->cluster.set_id);
    kw_config_fields_write(w, &session->config);
    kw_sid_fields_write(w, &session->fields);
    kw_roster_write(w, &session->roster_old);
    kw_roster_write(w, &session->roster_new);
    kw_authenticated_list_write(w, file->messages);
    if (file->kind == KW_FRAUD_SOURCE) {
        kw_write_span_u32be(w, file->certificate);
    }
}
