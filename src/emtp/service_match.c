/* SPDX-License-Identifier: Apache-2.0
 * The registry's use cases: the matcher in memory is made from the tables in the store; both change
 * in step, and a matcher that may be out of step is thrown away. Source: emtp.md section 11. */
#include "emtp/service_match.h"

#include "base/heap.h"
#include "emtp/engine/match_join.h"
#include "emtp/engine/stp_row.h"
#include "emtp/engine/token.h"
#include "emtp/match_news.h"
#include "emtp/table_rows.h"

/* ---- members; mutex held ---- */

static kw_emtp_registrant *find_member(const kw_emtp_registry *registry, kw_str participant)
{
    for (size_t i = 0; i < registry->members_count; i++) {
        if (kw_str_equal(kw_str_of(registry->members[i]->participant), participant)) {
            return registry->members[i];
        }
    }
    return NULL;
}

static void member_free(kw_emtp_registrant *each)
{
    if (each == NULL) {
        return;
    }
    kw_emtp_stream_free(each->stream);
    kw_stp_table_free(each->told);
    kw_heap_free(each->participant);
    kw_heap_free(each);
}

static kw_status member_new(kw_emtp_registry *registry, kw_emtp_registrant **out,
                            kw_str participant, kw_error *err)
{
    kw_emtp_registrant *made = kw_heap_new(1, sizeof *made);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for a participant");
    made->participant = kw_heap_new(participant.len + 1, 1);
    kw_buf name = kw_buf_init(sizeof made->name - 1);
    kw_status st = made->participant == NULL
                       ? KW_NO_MEMORY
                       : kw_buf_append_format(&name, "match/%.*s", KW_STR_ARG(participant));
    if (st == KW_OK) {
        memcpy(made->participant, participant.ptr, participant.len);
        memcpy(made->name, name.ptr, name.len);
        kw_emtp_stream_options options = {
            .name = kw_str_of(made->name),
            .media_type = "text/sequence; charset=utf-8; schema=registry_match_stream; version=1",
            .key = registry->ports.stream_key,
            .monotonic = kw_clock_monotonic()};
        st = kw_emtp_stream_new(&made->stream, &options, err);
    }
    kw_buf_drop(&name);
    if (st != KW_OK) {
        member_free(made);
        return kw_error_at(err, st, "adding a participant to the registry");
    }
    *out = made;
    return KW_OK;
}

/* The member of that name, made when there is none. */
static kw_status take_member(kw_emtp_registry *registry, kw_emtp_registrant **out,
                             kw_str participant, kw_error *err)
{
    *out = find_member(registry, participant);
    if (*out != NULL) {
        return KW_OK;
    }
    KW_REQUIRE(registry->members_count < KW_EMTP_TABLES_MAX, err, KW_LIMIT,
               "more than %d participants on the registry", KW_EMTP_TABLES_MAX);
    kw_emtp_registrant *made = NULL;
    KW_TRY(member_new(registry, &made, participant, err));
    KW_ASSERT(made != NULL);
    KW_ASSERT(made != NULL);
    kw_status st = kw_emtp_stream_refresh(made->stream, registry->ports.store, err);
    if (st != KW_OK) {
        member_free(made);
        return st;
    }
    registry->members[registry->members_count] = made;
    registry->members_count++;
    *out = made;
    return KW_OK;
}

/* ---- from the store into memory ---- */

typedef struct load_call {
    kw_emtp_registry *registry;
    kw_match *match;
    kw_emtp_registrant *member; /* whose rows are read */
    kw_hash32 *tokens;          /* room for one row */
    kw_arena *arena;            /* copies of tables */
    kw_emtp_table *tables;
    size_t tables_count;
} load_call;

static kw_status copy_table(void *ctx, const kw_emtp_table *table, kw_error *err)
{
    load_call *call = ctx;
    KW_REQUIRE(call->tables_count < KW_EMTP_TABLES_MAX, err, KW_LIMIT, "too many token tables");
    kw_emtp_table *copy = &call->tables[call->tables_count];
    *copy = *table;
    KW_TRY_AT(err, kw_arena_copy_str(call->arena, &copy->participant, table->participant),
              "reading the token tables");
    call->tables_count++;
    return KW_OK;
}

static kw_status load_row(void *ctx, kw_str nurl, kw_str tokens, kw_error *err)
{
    load_call *call = ctx;
    size_t count = 0;
    KW_REQUIRE(kw_emtp_tokens_parse(call->tokens, &count, tokens) == KW_OK, err, KW_CORRUPT,
               "a row of tokens in the store");
    KW_TRY_AT(err, kw_match_load(call->match, call->member->owner, nurl, call->tokens, count),
              "loading the token tables");
    return KW_OK;
}

static kw_status read_tables(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_table_each(tx, copy_table, ctx, err);
}

static kw_status read_rows(kw_tx *tx, void *ctx, kw_error *err)
{
    load_call *call = ctx;
    return kw_emtp_table_row_each(tx, kw_str_of(call->member->participant), load_row, call, err);
}

static kw_status load_members(load_call *call, kw_error *err)
{
    kw_emtp_registry *registry = call->registry;
    KW_TRY(kw_store_read(registry->ports.store, read_tables, call, err));
    for (size_t i = 0; i < call->tables_count; i++) {
        const kw_emtp_table *table = &call->tables[i];
        KW_TRY(take_member(registry, &call->member, table->participant, err));
        call->member->owner = table->owner;
        call->member->last_seq = table->last_seq;
        KW_TRY(kw_store_read(registry->ports.store, read_rows, call, err));
    }
    return KW_OK;
}

static kw_status fill_matcher(load_call *call, kw_error *err)
{
    const kw_emtp_registry_ports *ports = &call->registry->ports;
    kw_match_options options = {.roles = ports->roles,
                                .bucket_max = ports->bucket_max,
                                .rows_max = KW_EMTP_TABLE_ROWS_MAX,
                                .pairs_max = KW_EMTP_TABLE_PAIRS_MAX,
                                .seed = ports->seed};
    KW_TRY_AT(err, kw_match_new(&call->match, &options), "making the matcher");
    call->tables = kw_arena_new(call->arena, KW_EMTP_TABLES_MAX, sizeof *call->tables);
    call->tokens = kw_arena_new(call->arena, KW_EMTP_ROW_TOKENS_MAX, sizeof *call->tokens);
    KW_REQUIRE(call->tables != NULL && call->tokens != NULL, err, KW_NO_MEMORY,
               "no memory for the token tables");
    KW_TRY(load_members(call, err));
    KW_TRY_AT(err, kw_match_join(call->match), "joining the token tables");
    return kw_emtp_streams_correct(call->registry, call->match, err);
}

/* Makes the matcher when there is none. Mutex held. */
static kw_status need_matcher(kw_emtp_registry *registry, kw_error *err)
{
    if (registry->match != NULL) {
        return KW_OK;
    }
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_NEWS_BYTES_MAX);
    load_call call = {.registry = registry, .arena = &arena};
    kw_status st = fill_matcher(&call, err);
    if (st != KW_OK) {
        kw_match_free(call.match);
        return st;
    }
    registry->match = call.match;
    return KW_OK;
}

/* ---- applying rows ---- */

typedef struct apply_call {
    kw_emtp_registry *registry;
    kw_emtp_registrant *from;
    kw_str rows;       /* as far as they are rows */
    kw_hash32 *tokens; /* room for one row */
    kw_emtp_news news;
    kw_emtp_applied applied;
} apply_call;

/* One row into the matcher. A record that is no list of tokens rejects its row. */
static kw_status match_row(apply_call *call, const kw_stp_row *row)
{
    kw_match *match = call->registry->match;
    size_t count = 0;
    if (row->action == KW_STP_DELETE) {
        return kw_match_remove(match, call->from->owner.participant, row->key);
    }
    if (kw_emtp_tokens_parse(call->tokens, &count, row->record) != KW_OK) {
        call->applied.rows_refused++;
        return KW_OK;
    }
    return kw_match_put(match, call->from->owner, row->key, call->tokens, count);
}

/* All whole rows into the matcher; *out_stop is what ended them: END, or why a row is none. */
static kw_status match_rows(apply_call *call, kw_str text, kw_status *out_stop, kw_error *err)
{
    kw_stp_cursor cursor = kw_stp_cursor_of(text, false);
    for (;;) {
        kw_stp_row row = {0};
        call->applied.bytes = text.len - cursor.rest.len;
        *out_stop = kw_stp_next(&cursor, &row, err);
        if (*out_stop != KW_OK) {
            break;
        }
        if (row.seq_no > call->applied.last_seq) {
            call->applied.last_seq = row.seq_no;
            KW_TRY_AT(err, match_row(call, &row), "matching a row of tokens");
        }
    }
    call->rows = (kw_str){text.ptr, call->applied.bytes};
    return KW_OK;
}

static kw_status write_table_row(kw_tx *tx, const apply_call *call, const kw_stp_row *row,
                                 kw_error *err)
{
    kw_str participant = kw_str_of(call->from->participant);
    size_t count = 0;
    if (row->action == KW_STP_DELETE) {
        return kw_emtp_table_row_remove(tx, participant, row->key, err);
    }
    if (kw_emtp_tokens_parse(call->tokens, &count, row->record) != KW_OK) {
        return KW_OK;
    }
    return kw_emtp_table_row_put(tx, participant, row->key, row->record, err);
}

/* The same rows into the store, and what they change in the streams. */
static kw_status write_all(kw_tx *tx, void *ctx, kw_error *err)
{
    apply_call *call = ctx;
    kw_stp_cursor cursor = kw_stp_cursor_of(call->rows, false);
    kw_stp_row row = {0};
    uint64_t last_seq = call->from->last_seq;
    while (kw_stp_next(&cursor, &row, NULL) == KW_OK) {
        if (row.seq_no > last_seq) {
            last_seq = row.seq_no;
            KW_TRY(write_table_row(tx, call, &row, err));
        }
    }
    KW_TRY(kw_emtp_news_write(tx, &call->news, err));
    return kw_emtp_table_advance(tx, kw_str_of(call->from->participant), call->applied.last_seq,
                                 err);
}

static kw_status apply_rows(apply_call *call, kw_str text, kw_error *err)
{
    kw_error why = {0};
    kw_status stop = KW_END;
    kw_status st = match_rows(call, text, &stop, &why);
    if (st == KW_OK) {
        st = kw_emtp_news_take(&call->news, call->registry->match, &why);
    }
    if (st == KW_OK && call->rows.len > 0) {
        st = kw_store_write(call->registry->ports.store, write_all, call, &why);
    }
    if (st != KW_OK) { /* the matcher is ahead of the store: make it anew next time */
        kw_match_free(call->registry->match);
        call->registry->match = NULL;
        return kw_fail(err, st, "%s", why.text);
    }
    call->from->last_seq = call->applied.last_seq;
    call->applied.rows_changed = call->news.count;
    KW_TRY(kw_emtp_news_publish(&call->news, err));
    return stop == KW_END ? KW_OK : kw_fail(err, stop, "%s", why.text);
}

kw_status kw_emtp_registry_apply(kw_emtp_registry *registry, kw_emtp_applied *out,
                                 kw_str participant, kw_str rows, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&registry->changing);
    KW_TRY(need_matcher(registry, err));
    kw_emtp_registrant *from = find_member(registry, participant);
    KW_REQUIRE(from != NULL && from->owner.participant != 0, err, KW_NOT_FOUND,
               "the participant announced no table");
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_NEWS_BYTES_MAX);
    apply_call call = {.registry = registry, .from = from, .applied = {.last_seq = from->last_seq}};
    kw_emtp_news_start(&call.news, registry, &arena);
    call.tokens = kw_arena_new(&arena, KW_EMTP_ROW_TOKENS_MAX, sizeof *call.tokens);
    KW_REQUIRE(call.tokens != NULL, err, KW_NO_MEMORY, "no memory for tokens");
    kw_status st = apply_rows(&call, rows, err);
    kw_emtp_news_drop(&call.news);
    *out = call.applied;
    return st;
}

/* ---- announcing and withdrawing ---- */

typedef struct announce_call {
    kw_emtp_table table;
    kw_str participant;
    kw_match_role role;
    kw_str surl;
} announce_call;

static kw_status put_table(kw_tx *tx, void *ctx, kw_error *err)
{
    announce_call *call = ctx;
    return kw_emtp_table_put(tx, &call->table, call->participant, (uint8_t)call->role, call->surl,
                             err);
}

kw_status kw_emtp_registry_announce(kw_emtp_registry *registry, kw_str participant,
                                    kw_match_role role, kw_str surl, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&registry->changing);
    KW_TRY(need_matcher(registry, err));
    kw_emtp_registrant *of = NULL;
    KW_TRY(take_member(registry, &of, participant, err));
    announce_call call = {.participant = participant, .role = role, .surl = surl};
    KW_TRY(kw_store_write(registry->ports.store, put_table, &call, err));
    of->owner = call.table.owner;
    of->last_seq = call.table.last_seq;
    return KW_OK;
}

kw_status kw_emtp_registry_last_seq(kw_emtp_registry *registry, uint64_t *out, kw_str participant)
{
    KW_AUTO(kw_locked) hold = kw_lock(&registry->changing);
    const kw_emtp_registrant *of = find_member(registry, participant);
    if (of == NULL || of->owner.participant == 0) {
        return KW_NOT_FOUND;
    }
    *out = of->last_seq;
    return KW_OK;
}

typedef struct withdraw_call {
    kw_buf *rows;
    uint64_t seq;
} withdraw_call;

static kw_status write_removal(void *ctx, kw_str nurl, kw_str tokens, kw_error *err)
{
    KW_UNUSED(tokens);
    withdraw_call *call = ctx;
    call->seq++;
    kw_stp_row row = {.seq_no = call->seq, .action = KW_STP_DELETE, .key = nurl};
    return kw_stp_row_encode(call->rows, &row, err);
}

typedef struct read_call {
    kw_str participant;
    withdraw_call inner;
} read_call;

static kw_status read_removals(kw_tx *tx, void *ctx, kw_error *err)
{
    read_call *call = ctx;
    return kw_emtp_table_row_each(tx, call->participant, write_removal, &call->inner, err);
}

/* A `-` row for each row that is there, applied as if the participant had written them. */
kw_status kw_emtp_registry_withdraw(kw_emtp_registry *registry, kw_str participant, kw_error *err)
{
    KW_AUTO(kw_buf) rows = kw_buf_init(KW_EMTP_NEWS_BYTES_MAX);
    read_call call = {.participant = participant, .inner = {.rows = &rows}};
    {
        KW_AUTO(kw_locked) hold = kw_lock(&registry->changing);
        const kw_emtp_registrant *from = find_member(registry, participant);
        if (from == NULL || from->owner.participant == 0) {
            return KW_OK;
        }
        call.inner.seq = from->last_seq;
    }
    KW_TRY(kw_store_read(registry->ports.store, read_removals, &call, err));
    kw_emtp_applied applied = {0};
    return kw_emtp_registry_apply(registry, &applied, participant, kw_buf_text(&rows), err);
}

/* ---- streams and life ---- */

kw_status kw_emtp_registry_stream(kw_emtp_registry *registry, kw_emtp_stream **out,
                                  kw_str participant, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&registry->changing);
    kw_emtp_registrant *of = NULL;
    KW_TRY(take_member(registry, &of, participant, err));
    if (registry->is_closing) {
        kw_emtp_stream_close(of->stream);
    }
    *out = of->stream;
    return KW_OK;
}

kw_emtp_stream *kw_emtp_registry_stream_at(kw_emtp_registry *registry, size_t index)
{
    return index < registry->members_count ? registry->members[index]->stream : NULL;
}

void kw_emtp_registry_close(kw_emtp_registry *registry)
{
    KW_AUTO(kw_locked) hold = kw_lock(&registry->changing);
    registry->is_closing = true;
    for (size_t i = 0; i < registry->members_count; i++) {
        kw_emtp_stream_close(registry->members[i]->stream);
    }
}

kw_status kw_emtp_registry_open(kw_emtp_registry **out, const kw_emtp_registry_ports *ports,
                                kw_error *err)
{
    kw_emtp_registry *registry = kw_heap_new(1, sizeof *registry);
    KW_REQUIRE(registry != NULL, err, KW_NO_MEMORY, "no memory for the registry");
    registry->ports = *ports;
    registry->members = kw_heap_new(KW_EMTP_TABLES_MAX, sizeof(kw_emtp_registrant *));
    if (registry->members == NULL) {
        kw_heap_free(registry);
        return kw_fail(err, KW_NO_MEMORY, "no memory for the registry");
    }
    kw_status st = need_matcher(registry, err);
    if (st != KW_OK) {
        kw_emtp_registry_free(registry);
        return st;
    }
    *out = registry;
    return KW_OK;
}

void kw_emtp_registry_free(kw_emtp_registry *registry)
{
    if (registry == NULL) {
        return;
    }
    for (size_t i = 0; registry->members != NULL && i < registry->members_count; i++) {
        member_free(registry->members[i]);
    }
    kw_match_free(registry->match);
    kw_heap_free(registry->members);
    kw_heap_free(registry);
}
