/* SPDX-License-Identifier: Apache-2.0
 * The epoch timer. */
#include "node/ticker.h"

#include "emtp/limits.h"

enum {
    TEST_ROUND_MS = 50,
    FAILING_ROUND_MS = 5000, /* each try to make a key leaves audit records */
};

typedef struct ev_tick_failed {
    kw_str code;
    kw_str text;
} ev_tick_failed;
static const kw_field tick_failed_fields[] = {KW_FIELD(ev_tick_failed, code, 32, KW_REQ),
                                              KW_FIELD(ev_tick_failed, text, 160, KW_REQ)};
KW_LOG_EVENT(ev_tick_failed, "tick_failed", KW_LOG_ERROR, tick_failed_fields);

typedef struct ev_tick_recovered {
    kw_str what;
} ev_tick_recovered;
static const kw_field tick_recovered_fields[] = {KW_FIELD(ev_tick_recovered, what, 32, KW_REQ)};
KW_LOG_EVENT(ev_tick_recovered, "tick_recovered", KW_LOG_INFO, tick_recovered_fields);

typedef struct ev_streams_compacted {
    uint64_t rows;
} ev_streams_compacted;
static const kw_field compacted_fields[] = {
    KW_FIELD(ev_streams_compacted, rows, UINT64_MAX, KW_REQ)};
KW_LOG_EVENT(ev_streams_compacted, "streams_compacted", KW_LOG_INFO, compacted_fields);

typedef struct ev_compaction_failed {
    kw_str code;
    kw_str text;
} ev_compaction_failed;
static const kw_field compaction_failed_fields[] = {
    KW_FIELD(ev_compaction_failed, code, 32, KW_REQ),
    KW_FIELD(ev_compaction_failed, text, 160, KW_REQ)};
KW_LOG_EVENT(ev_compaction_failed, "compaction_failed", KW_LOG_WARN, compaction_failed_fields);

/* Logs the first of a row of failures. */
static void tidy(kw_ticker *ticker)
{
    kw_error err = {0};
    size_t rows = 0;
    kw_status st = kw_emtp_tidy(ticker->emtp, &rows, &err);
    if (st != KW_OK && !ticker->is_untidy) {
        KW_LOG(ticker->log, ev_compaction_failed, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(err.text));
    }
    ticker->is_untidy = st != KW_OK;
    if (rows > 0) {
        KW_LOG(ticker->log, ev_streams_compacted, .rows = rows);
    }
}

static kw_status do_round(kw_ticker *ticker, kw_unix_ms *out_next_ms, kw_error *err)
{
    if (ticker->test_clock != NULL) {
        KW_TRY(kw_test_clock_refresh(ticker->test_clock, err));
    }
    KW_TRY_AT(err, kw_guard_refresh(ticker->guard, err), "reading identities");
    return kw_emtp_tick(ticker->emtp, out_next_ms, err);
}

/* Logs the first of a row of failures, and their end. */
static void report(kw_ticker *ticker, kw_status st, const kw_error *err)
{
    bool was_failing = atomic_exchange(&ticker->is_failing, st != KW_OK);
    if (st != KW_OK && !was_failing) {
        KW_LOG(ticker->log, ev_tick_failed, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(err->text));
    } else if (st == KW_OK && was_failing) {
        KW_LOG(ticker->log, ev_tick_recovered, .what = KW_STR("epochs"));
    }
}

/* Milliseconds to the next round: the moment that is due, but soon enough to see what other nodes
 * do and how the clock steps. */
static int64_t wait_ms(const kw_ticker *ticker, kw_unix_ms next_ms)
{
    int64_t most = ticker->test_clock != NULL ? TEST_ROUND_MS : KW_EMTP_TICK_MS_MAX;
    if (ticker->is_failing && ticker->test_clock == NULL) {
        return FAILING_ROUND_MS;
    }
    int64_t left = next_ms - kw_clock_now_ms(ticker->clock);
    return KW_MAX(1, KW_MIN(left, most));
}

static void run(void *ctx)
{
    kw_ticker *ticker = ctx;
    kw_mutex_lock(&ticker->mutex);
    while (!ticker->is_stopping) {
        kw_mutex_unlock(&ticker->mutex);
        kw_error err = {0};
        kw_unix_ms next_ms = INT64_MAX / 2;
        report(ticker, do_round(ticker, &next_ms, &err), &err);
        tidy(ticker);
        uint64_t until = kw_monotonic_ns() + (uint64_t)wait_ms(ticker, next_ms) * 1000000;
        kw_mutex_lock(&ticker->mutex);
        while (!ticker->is_stopping &&
               kw_cond_wait_until(&ticker->changed, &ticker->mutex, until)) {
        }
    }
    kw_mutex_unlock(&ticker->mutex);
}

kw_status kw_ticker_start(kw_ticker *ticker, kw_error *err)
{
    return kw_thread_start(&ticker->thread, "kw-ticker", run, ticker, err);
}

void kw_ticker_stop(kw_ticker *ticker)
{
    kw_mutex_lock(&ticker->mutex);
    ticker->is_stopping = true;
    kw_cond_broadcast(&ticker->changed);
    kw_mutex_unlock(&ticker->mutex);
    kw_thread_join(&ticker->thread);
}
