/* SPDX-License-Identifier: Apache-2.0
 * The difference between revocation lists and what the crl stream says, written as rows.
 * Source: emtp.md sections 9.1 and 11. */
#include "emtp/service_crl.h"

#include "base/heap.h"
#include "emtp/engine/stp_table.h"

enum {
    CHANGES_AT_ONCE = 512, /* of one transaction: other writes wait for it */
    TRIES_MAX = 3
};

/* A row to be. */
typedef struct change {
    kw_x509_serial serial;
    char record[KW_RFC3339_BYTES]; /* empty: a removal */
} change;

typedef struct publish_call {
    kw_unix_s now;
    int64_t next_seq; /* of the next row, unless somebody else wrote one */
    change *changes;  /* owned */
    size_t count;
    size_t written;
} publish_call;

static void publish_call_drop(publish_call *call)
{
    kw_heap_free(call->changes);
}

/* ---- what is to change ---- */

static void plan_additions(publish_call *call, const kw_stp_table *listed, const kw_x509_crls *crls)
{
    for (size_t i = 0; i < crls->count; i++) {
        change wanted = {.serial = crls->items[i].serial};
        kw_utc_format(wanted.record, crls->items[i].at);
        kw_stp_row row = {0};
        bool is_listed = kw_stp_table_find(listed, kw_str_of(wanted.serial.text), &row) &&
                         kw_str_equal(row.record, kw_str_of(wanted.record));
        if (!is_listed) {
            call->changes[call->count] = wanted;
            call->count++;
        }
    }
}

static kw_status plan_removals(publish_call *call, const kw_stp_table *listed,
                               const kw_x509_crls *crls, kw_error *err)
{
    kw_stp_row row = {0};
    for (size_t at = 0; kw_stp_table_next(listed, &at, &row);) {
        change gone = {.record = ""};
        KW_REQUIRE(row.key.len < sizeof gone.serial.text, err, KW_CORRUPT,
                   "a key of the crl stream is no serial number");
        memcpy(gone.serial.text, row.key.ptr, row.key.len);
        if (!kw_x509_crls_has(crls, &gone.serial)) {
            call->changes[call->count] = gone;
            call->count++;
        }
    }
    return KW_OK;
}

static kw_status plan(publish_call *call, kw_emtp_stream *stream, const kw_x509_crls *crls,
                      kw_error *err)
{
    KW_AUTO_PTR(kw_stp_table) listed = NULL;
    KW_TRY_AT(err, kw_stp_table_new(&listed, 0, KW_EMTP_STREAM_BYTES_MAX), "the crl stream");
    KW_TRY(kw_emtp_stream_replay(stream, listed, err));
    call->next_seq = (int64_t)kw_stp_table_last(listed) + 1;
    call->changes =
        kw_heap_new(crls->count + kw_stp_table_count(listed) + 1, sizeof *call->changes);
    KW_REQUIRE(call->changes != NULL, err, KW_NO_MEMORY, "no memory for the crl stream");
    plan_additions(call, listed, crls);
    return plan_removals(call, listed, crls, err);
}

/* ---- writing it ---- */

static size_t count_now(const publish_call *call)
{
    return KW_MIN(call->count - call->written, (size_t)CHANGES_AT_ONCE);
}

/* The plan holds for the rows that it was made from, and for no others. */
static kw_status write_some(kw_tx *tx, void *ctx, kw_error *err)
{
    const publish_call *call = ctx;
    int64_t next_seq = 0;
    KW_TRY(kw_emtp_stream_next_seq(tx, &next_seq, KW_EMTP_STREAM_CRL, err));
    KW_REQUIRE(next_seq == call->next_seq, err, KW_CONFLICT, "another node wrote the crl stream");
    for (size_t i = 0; i < count_now(call); i++) {
        const change *each = &call->changes[call->written + i];
        kw_emtp_change row = {.is_removal = each->record[0] == '\0',
                              .key = kw_str_of(each->serial.text),
                              .record = kw_str_of(each->record)};
        KW_TRY(kw_emtp_stream_write(tx, KW_EMTP_STREAM_CRL, call->now, &row, err));
    }
    return KW_OK;
}

static kw_status write_all(publish_call *call, kw_store *store, kw_error *err)
{
    while (call->written < call->count) {
        KW_TRY_AT(err, kw_store_write(store, write_some, call, err), "publishing the crl stream");
        size_t count = count_now(call);
        call->written += count;
        call->next_seq += (int64_t)count;
    }
    return KW_OK;
}

static kw_status publish(kw_store *store, kw_emtp_stream *stream, const kw_x509_crls *crls,
                         kw_unix_s now, kw_error *err)
{
    KW_AUTO(publish_call) call = {.now = now};
    KW_TRY(kw_emtp_stream_refresh(stream, store, err));
    KW_TRY(plan(&call, stream, crls, err));
    KW_TRY(write_all(&call, store, err));
    return kw_emtp_stream_refresh(stream, store, err);
}

kw_status kw_emtp_crl_publish(kw_store *store, kw_emtp_stream *stream, const kw_x509_crls *crls,
                              kw_unix_s now, kw_error *err)
{
    kw_error why = {0};
    kw_status st = KW_CONFLICT;
    for (int i = 0; i < TRIES_MAX && st == KW_CONFLICT; i++) {
        st = publish(store, stream, crls, now, &why);
    }
    return st == KW_OK ? KW_OK : kw_fail(err, st, "%s", why.text);
}
