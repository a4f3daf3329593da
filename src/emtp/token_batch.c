/* SPDX-License-Identifier: Apache-2.0
 * Lines to tokens in the four forms of output (emtp.md section 12). Personal data stays in the
 * arena and the batch, which are wiped; the keys stay in their states. */
#include "emtp/token_batch.h"

#include "base/ct.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "emtp/engine/emtk.h"
#include "emtp/engine/explain.h"
#include "emtp/engine/stp_row.h"

#include <inttypes.h>

enum {
    OUT_BYTES_MAX = 1 << 30,
    REFUSALS_BYTES_MAX = 1 << 20
};

/* What became of one line. */
typedef struct outcome {
    uint64_t number;
    kw_emtp_person person;
    kw_emtp_tuples tuples;
} outcome;

kw_status kw_emtp_batch_init(kw_emtp_batch *batch)
{
    batch->in = kw_buf_init(KW_EMTP_BATCH_BYTES_MAX);
    batch->out = kw_buf_init(OUT_BYTES_MAX);
    batch->refusals = kw_buf_init(REFUSALS_BYTES_MAX);
    return kw_buf_reserve(&batch->in, KW_EMTP_BATCH_BYTES_MAX);
}

static void wipe(kw_buf *buf, size_t bytes)
{
    if (buf->ptr != NULL) {
        kw_wipe(buf->ptr, bytes);
    }
    kw_buf_clear(buf);
}

void kw_emtp_batch_clear(kw_emtp_batch *batch)
{
    wipe(&batch->in, batch->in.len);
    wipe(&batch->out, batch->out.len);
    kw_buf_clear(&batch->refusals);
    batch->lines_count = 0;
    batch->refused_count = 0;
    batch->tokens_count = 0;
}

void kw_emtp_batch_drop(kw_emtp_batch *batch)
{
    kw_emtp_batch_clear(batch);
    wipe(&batch->in, batch->in.capacity);
    wipe(&batch->out, batch->out.capacity);
    kw_buf_drop(&batch->in);
    kw_buf_drop(&batch->out);
    kw_buf_drop(&batch->refusals);
}

static kw_status refuse(kw_emtp_batch *batch, uint64_t number, kw_emtp_reject reject)
{
    kw_json_writer w = kw_json_writer_to(&batch->refusals);
    const char *member = kw_emtp_member_name(reject.member);
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("line"));
    kw_json_write_u64(&w, number);
    kw_json_write_key(&w, KW_STR("error"));
    kw_json_write_str(&w, kw_str_of(kw_emtp_fault_name(reject.fault)));
    kw_json_write_key(&w, KW_STR("member"));
    if (member == NULL) {
        kw_json_write_null(&w);
    } else {
        kw_json_write_str(&w, kw_str_of(member));
    }
    kw_json_close_object(&w);
    KW_TRY(kw_json_write_end(&w));
    batch->refused_count++;
    return kw_buf_append_byte(&batch->refusals, '\n');
}

static void write_tokens(kw_json_writer *w, kw_hash32 *tokens, size_t count)
{
    kw_emtp_tokens_sort(tokens, count);
    kw_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        char text[KW_EMTP_TOKEN_CHARS + 2];
        text[0] = '"';
        text[KW_EMTP_TOKEN_CHARS + 1] = '"';
        kw_hex_encode_to(text + 1, KW_SPAN(tokens[i].bytes));
        kw_json_write_raw(w, (kw_str){text, sizeof text});
    }
    kw_json_close_array(w);
}

static kw_status write_jsonl(kw_emtp_batch *batch, const kw_emtp_token_job *job,
                             const outcome *line)
{
    kw_hash32 tokens[KW_EMTP_TUPLES_MAX];
    kw_json_writer w = kw_json_writer_to(&batch->out);
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("line"));
    kw_json_write_u64(&w, line->number);
    kw_json_write_key(&w, KW_STR("tokens"));
    kw_json_open_object(&w);
    for (size_t i = 0; i < job->keys_count; i++) {
        kw_emtp_tokens_make(tokens, &line->tuples, job->keys[i].key);
        kw_json_write_key(&w, job->keys[i].kid);
        write_tokens(&w, tokens, line->tuples.count);
    }
    kw_json_close_object(&w);
    if (kw_emtp_person_is_weak(&line->person)) {
        kw_json_write_key(&w, KW_STR("weak"));
        kw_json_write_bool(&w, true);
        kw_json_write_key(&w, KW_STR("warnings"));
        kw_json_open_array(&w);
        kw_json_write_str(&w, KW_STR("weak"));
        kw_json_close_array(&w);
    }
    kw_json_close_object(&w);
    KW_TRY(kw_json_write_end(&w));
    return kw_buf_append_byte(&batch->out, '\n');
}

static kw_status write_emtk(kw_emtp_batch *batch, const kw_emtp_token_job *job, const outcome *line)
{
    kw_hash32 tokens[KW_EMTP_TUPLES_MAX];
    if (line->number > UINT32_MAX) {
        return KW_LIMIT;
    }
    kw_emtp_tokens_make(tokens, &line->tuples, job->keys[0].key);
    for (size_t i = 0; i < line->tuples.count; i++) {
        kw_emtk_record record =
            kw_emtk_record_make((uint32_t)line->number, line->tuples.items[i].tier, &tokens[i]);
        KW_TRY(kw_buf_append(&batch->out, KW_SPAN(record.bytes)));
    }
    return KW_OK;
}

/* Tokens of all keys, sorted; they live in the arena. LIMIT. */
static kw_status make_all(kw_arena *arena, kw_hash32 **out, const kw_emtp_token_job *job,
                          const kw_emtp_tuples *tuples)
{
    kw_hash32 *tokens = kw_arena_new(arena, job->keys_count * tuples->count, sizeof *tokens);
    if (tokens == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < job->keys_count; i++) {
        kw_emtp_tokens_make(tokens + i * tuples->count, tuples, job->keys[i].key);
    }
    kw_emtp_tokens_sort(tokens, job->keys_count * tuples->count);
    *out = tokens;
    return KW_OK;
}

static kw_status write_table(kw_emtp_batch *batch, kw_arena *arena, const kw_emtp_token_job *job,
                             const outcome *line)
{
    kw_hash32 *tokens = NULL;
    kw_stp_row row = {.seq_no = line->number, .action = KW_STP_ADD};
    size_t count = job->keys_count * line->tuples.count;
    char timestamp[KW_RFC3339_BYTES];
    if (count > KW_EMTP_ROW_TOKENS_MAX) {
        return KW_LIMIT;
    }
    KW_TRY(make_all(arena, &tokens, job, &line->tuples));
    char *text = kw_arena_new(arena, count, KW_EMTP_TOKEN_CHARS + 1);
    if (text == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        char *at = text + i * (KW_EMTP_TOKEN_CHARS + 1);
        kw_hex_encode_to(at, KW_SPAN(tokens[i].bytes));
        at[KW_EMTP_TOKEN_CHARS] = ' ';
    }
    kw_utc_format(timestamp, job->now);
    row.timestamp = kw_str_of(timestamp);
    row.record = (kw_str){text, count == 0 ? 0 : count * (KW_EMTP_TOKEN_CHARS + 1) - 1};
    KW_TRY(kw_arena_format(arena, &row.key, "%.*s%" PRIu64, KW_STR_ARG(job->nurl), line->number));
    return kw_stp_row_encode(&batch->out, &row, NULL);
}

static kw_status write_explanation(kw_emtp_batch *batch, kw_arena *arena,
                                   const kw_emtp_token_job *job, const outcome *line)
{
    kw_str kids[KW_EMTP_TOKEN_KEYS_MAX];
    kw_hash32 *tokens = NULL;
    for (size_t i = 0; i < job->keys_count; i++) {
        kids[i] = job->keys[i].kid;
    }
    KW_TRY(make_all(arena, &tokens, job, &line->tuples));
    kw_emtp_explanation facts = {.line = line->number,
                                 .options = &job->options,
                                 .person = &line->person,
                                 .tuples = &line->tuples,
                                 .kids = {kids, job->keys_count},
                                 .tokens = tokens,
                                 .tokens_count = job->keys_count * line->tuples.count,
                                 .library_version = job->version};
    KW_TRY(kw_emtp_explain(&batch->out, arena, &facts));
    return kw_buf_append_byte(&batch->out, '\n');
}

static kw_status write_outcome(kw_emtp_batch *batch, kw_arena *arena, const kw_emtp_token_job *job,
                               const outcome *line)
{
    batch->tokens_count += job->keys_count * line->tuples.count;
    switch (job->output) {
    case KW_EMTP_OUTPUT_JSONL:
        return write_jsonl(batch, job, line);
    case KW_EMTP_OUTPUT_EMTK:
        return write_emtk(batch, job, line);
    case KW_EMTP_OUTPUT_TABLE:
        return write_table(batch, arena, job, line);
    case KW_EMTP_OUTPUT_EXPLAIN:
        return write_explanation(batch, arena, job, line);
    }
    return KW_INTERNAL;
}

static kw_status compute_line(kw_emtp_batch *batch, kw_arena *arena, const kw_emtp_token_job *job,
                              const kw_emtp_batch_line *line)
{
    outcome result = {.number = line->number};
    kw_emtp_reject reject = {0};
    kw_str text = {(const char *)batch->in.ptr + line->at, line->len};
    kw_status st = kw_emtp_record_read(arena, &result.person, &reject, text, &job->options);
    if (st == KW_BAD_INPUT) {
        return refuse(batch, line->number, reject);
    }
    KW_TRY(st);
    KW_TRY(kw_emtp_tuples_make(arena, &result.tuples, &result.person, &job->options));
    return write_outcome(batch, arena, job, &result);
}

kw_status kw_emtp_batch_compute(kw_emtp_batch *batch, kw_arena *arena, const kw_emtp_token_job *job,
                                kw_error *err)
{
    KW_ASSERT(job->keys_count >= 1 && job->keys_count <= KW_EMTP_TOKEN_KEYS_MAX);
    KW_ASSERT(job->output != KW_EMTP_OUTPUT_EMTK || job->keys_count == 1);
    for (size_t i = 0; i < batch->lines_count; i++) {
        kw_status st = compute_line(batch, arena, job, &batch->lines[i]);
        kw_arena_wipe(arena);
        KW_TRY_AT(err, st, "computing line %" PRIu64, batch->lines[i].number);
    }
    return KW_OK;
}
