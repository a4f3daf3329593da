/* SPDX-License-Identifier: Apache-2.0
 * From changes of the matcher to rows of match streams. Source: emtp.md section 11. */
#include "emtp/match_news.h"

static kw_emtp_registrant *find_number(const kw_emtp_registry *registry, uint32_t number)
{
    for (size_t i = 0; i < registry->members_count; i++) {
        if (registry->members[i]->owner.participant == number) {
            return registry->members[i];
        }
    }
    return NULL;
}

void kw_emtp_news_start(kw_emtp_news *out, kw_emtp_registry *registry, kw_arena *arena)
{
    *out = (kw_emtp_news){.registry = registry,
                          .now = kw_clock_now_ms(registry->ports.clock) / 1000,
                          .arena = arena,
                          .record = kw_buf_init(KW_EMTP_MATCH_RECORD_MAX)};
    out->last = &out->first;
}

void kw_emtp_news_drop(kw_emtp_news *n)
{
    kw_buf_drop(&n->record);
}

static kw_status add_news(kw_emtp_news *n, const kw_emtp_change *change, kw_error *err)
{
    kw_emtp_news_item *next = kw_arena_new(n->arena, 1, sizeof *next);
    KW_REQUIRE(next != NULL, err, KW_LIMIT, "too many matches change at once");
    next->to = n->to;
    next->change.is_removal = change->is_removal;
    KW_TRY_AT(err, kw_arena_copy_str(n->arena, &next->change.key, change->key), "matches");
    KW_TRY_AT(err, kw_arena_copy_str(n->arena, &next->change.record, change->record), "matches");
    *n->last = next;
    n->last = &next->next;
    n->count++;
    return KW_OK;
}

/* NURLs with a space between, cut at the longest record. */
static kw_status name_peers(kw_buf *out, const kw_match_change *change)
{
    kw_buf_clear(out);
    for (size_t i = 0; i < change->peers_count; i++) {
        kw_str nurl = change->peers[i].nurl;
        if (out->len + nurl.len + 1 > KW_EMTP_MATCH_RECORD_MAX) {
            break;
        }
        KW_TRY(i == 0 ? KW_OK : kw_buf_append_byte(out, ' '));
        KW_TRY(kw_buf_append_str(out, nurl));
    }
    return KW_OK;
}

/* True when the stream says so already; either way its row is no longer in question. */
static bool is_told(kw_emtp_registrant *to, const kw_emtp_change *change)
{
    kw_stp_row row = {0};
    if (to->told == NULL || !kw_stp_table_find(to->told, change->key, &row)) {
        return to->told != NULL && change->is_removal;
    }
    bool is_same = !change->is_removal && kw_str_equal(row.record, change->record);
    kw_stp_row taken = {
        .seq_no = kw_stp_table_last(to->told) + 1, .action = KW_STP_DELETE, .key = change->key};
    KW_ASSERT(kw_stp_table_apply(to->told, &taken) == KW_OK);
    return is_same;
}

static kw_status take_change(kw_emtp_news *n, kw_match *match, kw_error *err)
{
    kw_match_change change;
    kw_status st = kw_match_take_change(match, &change);
    if (st != KW_OK) {
        return st == KW_END ? st : kw_fail(err, st, "taking the matches");
    }
    if (n->to == NULL || n->to->owner.participant != change.participant) {
        n->to = find_number(n->registry, change.participant);
        KW_ASSERT(n->to != NULL);
    }
    KW_TRY_AT(err, name_peers(&n->record, &change), "matches");
    kw_emtp_change row = {.is_removal = change.peers_count == 0,
                          .key = change.nurl,
                          .record = kw_buf_text(&n->record)};
    return is_told(n->to, &row) ? KW_OK : add_news(n, &row, err);
}

kw_status kw_emtp_news_take(kw_emtp_news *n, kw_match *match, kw_error *err)
{
    kw_status st = KW_OK;
    while (st == KW_OK) {
        st = take_change(n, match, err);
    }
    return st == KW_END ? KW_OK : st;
}

kw_status kw_emtp_news_write(kw_tx *tx, const kw_emtp_news *n, kw_error *err)
{
    for (const kw_emtp_news_item *each = n->first; each != NULL; each = each->next) {
        KW_TRY(kw_emtp_stream_write(tx, kw_str_of(each->to->name), n->now, &each->change, err));
    }
    return KW_OK;
}

kw_status kw_emtp_news_publish(const kw_emtp_news *n, kw_error *err)
{
    kw_emtp_registry *registry = n->registry;
    for (const kw_emtp_news_item *each = n->first; each != NULL; each = each->next) {
        each->to->is_affected = true;
    }
    kw_status st = KW_OK;
    for (size_t i = 0; i < registry->members_count; i++) {
        kw_emtp_registrant *to = registry->members[i];
        if (!to->is_affected) {
            continue;
        }
        to->is_affected = false;
        kw_status refreshed = kw_emtp_stream_refresh(to->stream, registry->ports.store, err);
        st = st == KW_OK ? refreshed : st;
        kw_emtp_notifier_tell(registry->ports.notifier, KW_EMTP_TOPIC_MATCH,
                              kw_str_of(to->participant), registry->ports.match_surl);
    }
    return st;
}

/* ---- streams that follow another configuration ---- */

static kw_status read_told(kw_emtp_registry *registry, kw_error *err)
{
    for (size_t i = 0; i < registry->members_count; i++) {
        kw_emtp_registrant *each = registry->members[i];
        if (each->owner.participant != 0) {
            KW_TRY_AT(err, kw_stp_table_new(&each->told, 0, KW_EMTP_STREAM_BYTES_MAX), "matches");
            KW_TRY(kw_emtp_stream_replay(each->stream, each->told, err));
        }
    }
    return KW_OK;
}

/* What is left in question was told and matches nothing any more. */
static kw_status take_back(kw_emtp_news *n, kw_error *err)
{
    for (size_t i = 0; i < n->registry->members_count; i++) {
        n->to = n->registry->members[i];
        kw_stp_row row = {0};
        for (size_t at = 0; n->to->told != NULL && kw_stp_table_next(n->to->told, &at, &row);) {
            kw_emtp_change change = {.is_removal = true, .key = row.key};
            KW_TRY(add_news(n, &change, err));
        }
    }
    return KW_OK;
}

static kw_status write_corrections(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_news_write(tx, ctx, err);
}

static kw_status correct(kw_emtp_news *n, kw_match *match, kw_error *err)
{
    KW_TRY(read_told(n->registry, err));
    KW_TRY(kw_emtp_news_take(n, match, err));
    KW_TRY(take_back(n, err));
    if (n->count == 0) {
        return KW_OK;
    }
    KW_TRY(kw_store_write(n->registry->ports.store, write_corrections, n, err));
    return kw_emtp_news_publish(n, err);
}

kw_status kw_emtp_streams_correct(kw_emtp_registry *registry, kw_match *match, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_NEWS_BYTES_MAX);
    kw_emtp_news corrections;
    kw_emtp_news_start(&corrections, registry, &arena);
    kw_status st = correct(&corrections, match, err);
    kw_emtp_news_drop(&corrections);
    for (size_t i = 0; i < registry->members_count; i++) {
        kw_stp_table_free(registry->members[i]->told);
        registry->members[i]->told = NULL;
    }
    return st;
}
