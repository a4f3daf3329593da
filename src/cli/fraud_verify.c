/* SPDX-License-Identifier: Apache-2.0
 * keyward fraud verify: does a file prove that an operator broke the protocol (threshold.md
 * section 9)? Needs nothing but the file. */
#include "threshold/engine/fraud/fraud.h"

#include "cli/print.h"
#include "codec/hex.h"
#include "os/stream.h"

enum {
    PATH_BYTES_MAX = 500,
    READ_BYTES = 64 << 10,
    GUILTY = 0,
    NOT_PROVEN = 1,
    MALFORMED = 2,
};

typedef struct verify_options {
    kw_str file;
} verify_options;

static const kw_field verify_fields[] = {
    KW_FIELD(verify_options, file, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file with the proof; -: standard input"),
};
KW_SCHEMA(verify_options, verify_fields);

typedef struct verify_reply {
    kw_str verdict;
    kw_str reason;
    kw_str kind;
    kw_str member;
    uint16_t member_index;
    kw_hash32 member_roster;
    kw_str complainer;
    kw_str dealer;
    kw_str penalty;
    kw_hash32 cluster_id;
    kw_hash32 roster_old;
    kw_hash32 roster_new;
    kw_hash32 sid;
    kw_hash32 handover_id;
    uint64_t epoch;
    uint64_t timestamp; /* Unix seconds */
    uint32_t attempt;
    kw_str holds_for;
} verify_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(verify_reply, verdict, 16, KW_REQ),
    KW_FIELD(verify_reply, reason, KW_ERROR_TEXT_BYTES, KW_REQ),
    KW_FIELD(verify_reply, kind, 64, 0),
    KW_FIELD(verify_reply, member, 42, 0),
    KW_FIELD(verify_reply, member_index, KW_THRESHOLD_MEMBERS_MAX, 0),
    KW_FIELD(verify_reply, member_roster, 0, 0),
    KW_FIELD(verify_reply, complainer, 42, 0),
    KW_FIELD(verify_reply, dealer, 42, 0),
    KW_FIELD(verify_reply, penalty, 96, 0),
    KW_FIELD(verify_reply, cluster_id, 0, 0),
    KW_FIELD(verify_reply, roster_old, 0, 0),
    KW_FIELD(verify_reply, roster_new, 0, 0),
    KW_FIELD(verify_reply, sid, 0, 0),
    KW_FIELD(verify_reply, handover_id, 0, 0),
    KW_FIELD(verify_reply, epoch, UINT64_MAX, 0),
    KW_FIELD(verify_reply, timestamp, UINT64_MAX, 0),
    KW_FIELD(verify_reply, attempt, UINT32_MAX, 0),
    KW_FIELD(verify_reply, holds_for, 96, 0),
};
KW_SCHEMA(verify_reply, reply_fields);

/* What the operators agreed to lose; the contracts take it, this program only names it. */
static const struct {
    const char *name;
    const char *penalty;
} kinds[] = {
    [KW_FRAUD_SHARE] = {"FP1 invalid share", "0.1 ETH at 3 independent complaints, then doubling"},
    [KW_FRAUD_COMPLAINT] = {"FP2 false complaint",
                            "0.1 ETH at 3 independent proofs, then doubling"},
    [KW_FRAUD_EQUIVOCATION] = {"FP3 equivocation", "1 ETH, at once"},
    [KW_FRAUD_EXTRACTION] = {"FP4 false extraction",
                             "as the operators set it for a protocol deviation"},
    [KW_FRAUD_SOURCE] = {"FP5 wrong source",
                         "as the operators set it for an inconsistent commitment"},
};

/* A byte more than any proof has is enough to see that it is none. */
static kw_status read_proof(kw_buf *out, kw_str path, kw_error *err)
{
    KW_AUTO(kw_stream) in = {.is_open = false};
    if (kw_str_equal(path, KW_STR("-"))) {
        in = kw_stream_stdin();
    } else {
        KW_TRY_AT(err, kw_stream_open(&in, path.ptr, err), "reading the proof");
    }
    size_t len = 1;
    while (len > 0 && out->len <= KW_THRESHOLD_FRAUD_BYTES_MAX) {
        KW_TRY_AT(err, kw_buf_reserve(out, READ_BYTES), "reading the proof");
        KW_TRY_AT(err, kw_stream_read(&in, &len, (kw_mspan){out->ptr + out->len, READ_BYTES}, err),
                  "reading the proof");
        out->len += len;
    }
    return KW_OK;
}

static kw_status print_malformed(kw_cli *cli, const kw_error *why, kw_error *err)
{
    verify_reply reply = {.verdict = KW_STR("malformed"), .reason = kw_str_of(why->text)};
    kw_cli_verdict(cli, MALFORMED);
    return kw_cli_print(cli, &verify_reply_schema, &reply, err);
}

static kw_status name_member(kw_cli *cli, kw_str *out, const kw_address *member)
{
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    KW_TRY(kw_buf_append_str(&text, KW_STR("0x")));
    KW_TRY(kw_hex_encode(&text, KW_SPAN(member->bytes)));
    return kw_arena_copy_str(cli->arena, out, kw_buf_text(&text));
}

/* Who is convicted, and of what it may be counted: a handover is of no one session. */
static kw_status add_guilty(kw_cli *cli, verify_reply *reply, const kw_fraud_file *file,
                            const kw_fraud_verdict *verdict)
{
    KW_TRY(name_member(cli, &reply->member, &verdict->member));
    if (file->kind == KW_FRAUD_SHARE) {
        KW_TRY(name_member(cli, &reply->complainer, &verdict->other));
    }
    if (file->kind == KW_FRAUD_COMPLAINT) {
        KW_TRY(name_member(cli, &reply->dealer, &verdict->other));
    }
    if (verdict->instance == KW_INSTANCE_HANDOVER) {
        reply->handover_id = verdict->instance_id;
        reply->sid = (kw_hash32){{0}};
        reply->timestamp = 0;
        reply->attempt = 0;
    }
    reply->member_index = verdict->index;
    reply->member_roster = verdict->roster->hash;
    reply->penalty = kw_str_of(kinds[file->kind].penalty);
    reply->holds_for = KW_STR("who knows this cluster_id and these rosters");
    return KW_OK;
}

static kw_status print_verdict(kw_cli *cli, const kw_fraud_file *file,
                               const kw_fraud_verdict *verdict, kw_error *err)
{
    const kw_fraud_session *session = &file->session;
    bool is_guilty = kw_fraud_convicts(verdict->reason);
    verify_reply reply = {.verdict = is_guilty ? KW_STR("guilty") : KW_STR("not proven"),
                          .reason = kw_str_of(kw_fraud_reason_text(verdict->reason)),
                          .kind = kw_str_of(kinds[file->kind].name),
                          .cluster_id = verdict->cluster_id,
                          .roster_old = session->roster_old.hash,
                          .roster_new = session->roster_new.hash,
                          .sid = verdict->sid,
                          .epoch = session->fields.epoch,
                          .timestamp = session->fields.timestamp,
                          .attempt = session->fields.attempt};
    if (is_guilty) {
        KW_TRY_AT(err, add_guilty(cli, &reply, file, verdict), "printing the verdict");
    }
    kw_cli_verdict(cli, is_guilty ? GUILTY : NOT_PROVEN);
    return kw_cli_print(cli, &verify_reply_schema, &reply, err);
}

static kw_status verify(kw_cli *cli, const void *given, kw_error *err)
{
    const verify_options *options = given;
    KW_AUTO(kw_buf) bytes = kw_buf_init(KW_THRESHOLD_FRAUD_BYTES_MAX + 2 * READ_BYTES);
    KW_TRY(read_proof(&bytes, options->file, err));
    KW_AUTO(kw_arena) arena = kw_arena_init(2 * (size_t)KW_THRESHOLD_FRAUD_ARENA_MAX);
    const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    kw_fraud_file file;
    kw_error why = {.status = KW_OK};
    kw_status st = kw_fraud_file_decode(&file, &arena, kw_buf_view(&bytes), form.schemes, &why);
    if (st == KW_BAD_INPUT) {
        return print_malformed(cli, &why, err);
    }
    kw_fraud_verdict verdict;
    if (st == KW_OK) {
        st = kw_fraud_judge(&verdict, &arena, &file, &form);
    }
    KW_REQUIRE(st == KW_OK, err, KW_NO_MEMORY, "no memory to judge the proof");
    return print_verdict(cli, &file, &verdict, err);
}

const kw_command kw_command_fraud_verify = {
    "fraud verify",
    &verify_options_schema,
    verify,
    "judge a proof that an operator broke the protocol",
    .about =
        "Reads a proof of fraud (KWF1) and judges it offline, from its bytes alone: signatures,\n"
        "proofs in zero knowledge, shares against commitments. Five kinds exist: FP1 invalid\n"
        "share, FP2 false complaint, FP3 equivocation, FP4 false extraction, FP5 wrong source.\n"
        "The cluster_id and the hashes of the rosters are recomputed and printed: the verdict\n"
        "holds for whoever knows that these are the cluster and its operators, since anyone can\n"
        "make up a roster. The penalty is what operators stake on the rule; fraud in three\n"
        "sessions costs all of it, and the seat. A file that cannot be read is an error, not a\n"
        "verdict.",
    .examples = {{"keyward fraud verify proof.kwf", "who broke which rule"},
                 {"keyward fraud verify - --json <proof.kwf", "from standard input, as JSON"}},
    .verdicts = {{GUILTY, "guilty: the file convicts the member that is named"},
                 {NOT_PROVEN, "not proven: the file convicts nobody, and says why"},
                 {MALFORMED, "malformed: no proof of fraud at all"}},
};
