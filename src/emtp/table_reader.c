/* SPDX-License-Identifier: Apache-2.0
 * GET of token tables. Source: emtp.md sections 9.2 and 11. */
#include "emtp/table_reader.h"

#include "base/heap.h"
#include "emtp/engine/stp_row.h"
#include "emtp/errands.h"
#include "emtp/limits.h"
#include "net/http_client.h"

struct kw_emtp_table_reader {
    kw_emtp_registry *registry;
    kw_audit *audit;
    kw_http_client *clients[KW_ERRAND_THREADS_MAX];
    kw_errands *errands;
};

/* One visit. */
typedef struct visit {
    kw_emtp_table_reader *reader;
    kw_str participant;
    kw_buf rows; /* received and not applied */
    size_t bytes;
    kw_error why; /* what the registry said */
} visit;

static kw_status apply(visit *now)
{
    kw_emtp_applied applied = {0};
    KW_TRY(kw_emtp_registry_apply(now->reader->registry, &applied, now->participant,
                                  kw_buf_text(&now->rows), &now->why));
    kw_buf_consume(&now->rows, applied.bytes);
    return KW_OK;
}

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    visit *now = ctx;
    now->bytes += bytes.len;
    if (now->bytes > KW_EMTP_TABLE_PULL_BYTES_MAX) {
        return KW_LIMIT;
    }
    KW_TRY(kw_buf_append(&now->rows, bytes));
    return now->rows.len >= KW_EMTP_TABLE_BATCH_BYTES ? apply(now) : KW_OK;
}

/* The URL of the rows above `last_seq`. `hold` is Keyward's own; others end a quiet answer, or we
 * do. */
static kw_status name_rows(kw_buf *out, const char *surl, uint64_t last_seq)
{
    const char *sign = strchr(surl, '?') == NULL ? "?" : "&";
    return kw_buf_append_format(out, "%s%ssince_id=%llu&hold=0", surl, sign,
                                (unsigned long long)last_seq);
}

static kw_status get_rows(visit *now, size_t worker, const char *url, const _Atomic bool *stop)
{
    kw_http_field accept = {.name = "Accept", .value = "text/sequence, application/stp+tsv"};
    kw_http_call call = {.method = KW_GET,
                         .url = url,
                         .fields = &accept,
                         .fields_count = 1,
                         .on_bytes = take_bytes,
                         .ctx = now,
                         .idle_ms = KW_EMTP_TABLE_IDLE_MS,
                         .cancel = stop};
    KW_AUTO(kw_http_result) result = {0};
    kw_status st = kw_http_client_run(now->reader->clients[worker], &result, &call, NULL);
    /* An answer that stays open after its rows is over for us. */
    bool is_held = st == KW_TIMED_OUT && result.http == 200;
    KW_TRY(is_held ? KW_OK : st);
    return now->rows.len > 0 ? apply(now) : KW_OK;
}

/* The errand's key is the participant, `to` its table. */
static kw_status read_table(void *ctx, size_t worker, const kw_errand *errand,
                            const _Atomic bool *stop)
{
    visit now = {.reader = ctx,
                 .participant = kw_str_of(errand->key),
                 .rows = kw_buf_init(KW_EMTP_TABLE_BATCH_BYTES + 2 * KW_STP_LINE_BYTES_MAX)};
    KW_AUTO(kw_buf) url = kw_buf_init(2 * KW_EMTP_SURL_BYTES_MAX);
    uint64_t last_seq = 0;
    const char *text = NULL;
    kw_status st = kw_emtp_registry_last_seq(now.reader->registry, &last_seq, now.participant);
    if (st == KW_OK) {
        st = name_rows(&url, errand->to, last_seq);
    }
    if (st == KW_OK) {
        st = kw_buf_c_text(&url, &text);
    }
    if (st == KW_OK) {
        st = get_rows(&now, worker, text, stop);
    }
    kw_buf_drop(&now.rows);
    return st;
}

static void record(void *ctx, const kw_errand *errand, kw_status st)
{
    kw_emtp_table_reader *reader = ctx;
    kw_audit_event event = {.actor = KW_STR("system"),
                            .method = KW_AUTH_SYSTEM,
                            .action = KW_STR("emtp.table.read"),
                            .object = kw_str_of(errand->key),
                            .outcome = st};
    /* What was read is applied already; see notifier.c. */
    kw_status recorded = kw_audit_append(reader->audit, &event, NULL, NULL);
    KW_UNUSED(recorded);
}

static const char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static kw_status build(kw_emtp_table_reader *reader, const kw_emtp_notifier_options *options,
                       kw_error *err)
{
    kw_http_client_options http = {.ca_file = or_null(options->ca_file),
                                   .certificate_file = or_null(options->certificate_file),
                                   .key_file = or_null(options->key_file),
                                   .only_global = !options->allow_private};
    for (size_t i = 0; i < options->threads; i++) {
        KW_TRY(kw_http_client_new(&reader->clients[i], &http, err));
    }
    kw_errand_ops ops = {.ctx = reader, .run = read_table, .ended = record};
    return kw_errands_new(&reader->errands, &ops, options->threads, err);
}

kw_status kw_emtp_table_reader_new(kw_emtp_table_reader **out, kw_emtp_registry *registry,
                                   const kw_emtp_notifier_options *options, kw_error *err)
{
    KW_ASSERT(options->threads >= 1 && options->threads <= KW_ERRAND_THREADS_MAX);
    kw_emtp_table_reader *reader = kw_heap_new(1, sizeof *reader);
    KW_REQUIRE(reader != NULL, err, KW_NO_MEMORY, "no memory for reading tables");
    reader->registry = registry;
    reader->audit = options->audit;
    kw_status st = build(reader, options, err);
    if (st != KW_OK) {
        kw_emtp_table_reader_free(reader);
        return kw_error_at(err, st, "starting to read tables");
    }
    *out = reader;
    return KW_OK;
}

void kw_emtp_table_reader_free(kw_emtp_table_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    kw_errands_free(reader->errands);
    for (size_t i = 0; i < KW_COUNT(reader->clients); i++) {
        kw_http_client_free(reader->clients[i]);
    }
    kw_heap_free(reader);
}

kw_status kw_emtp_table_reader_ask(kw_emtp_table_reader *reader, kw_str participant, kw_str surl)
{
    return kw_errands_ask(reader->errands, participant, surl, KW_STR(""));
}

size_t kw_emtp_table_reader_pending(kw_emtp_table_reader *reader)
{
    return kw_errands_count(reader->errands);
}
