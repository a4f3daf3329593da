/* SPDX-License-Identifier: Apache-2.0
 * Applications: a table in memory that is replaced as a whole, and rows in the store. */
#include "threshold/apps.h"

#include "base/heap.h"
#include "codec/json.h"
#include "os/snapshot.h"
#include "threshold/app_pace.h"
#include "threshold/app_rows.h"
#include "threshold/limits.h"

#include <stdlib.h>

enum {
    TABLE_BYTES_MAX = 256 << 20,
};

typedef struct app {
    kw_str id;
    kw_str text; /* of the policy, as it is stored */
    kw_app_policy policy;
    kw_app_pace *pace;
} app;

/* Immutable but for the paces. */
typedef struct table {
    kw_arena arena; /* owns everything below */
    app *items;     /* ascending by id */
    size_t count;
    size_t room;
} table;

struct kw_apps {
    kw_store *store;
    kw_snapshot current; /* table */
    kw_mutex changing;   /* one change at a time: build, store, publish */
};

/* ---- tables ---- */
static void table_free(void *object)
{
    table *t = object;
    if (t != NULL) {
        kw_arena_drop(&t->arena);
        kw_heap_free(t);
    }
}

static table *table_new(size_t room)
{
    table *t = kw_heap_new(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->arena = kw_arena_init(TABLE_BYTES_MAX);
    t->items = kw_arena_new(&t->arena, room + 1, sizeof *t->items);
    t->room = room;
    if (t->items == NULL) {
        table_free(t);
        return NULL;
    }
    return t;
}

static int compare_ids(const void *key, const void *item)
{
    const kw_str *id = key;
    const app *one = item;
    return kw_str_compare(*id, one->id);
}

static const app *find(const table *t, kw_str id)
{
    return bsearch(&id, t->items, t->count, sizeof *t->items, compare_ids);
}

/* Adds one behind the last; ids come in order. CORRUPT: no such policy. */
static kw_status append(table *t, kw_str id, kw_str text, kw_error *err)
{
    KW_REQUIRE(t->count < t->room, err, KW_LIMIT, "more than %d applications", KW_APPS_MAX);
    app *one = &t->items[t->count];
    one->pace = kw_arena_new(&t->arena, 1, sizeof *one->pace);
    KW_REQUIRE(one->pace != NULL, err, KW_NO_MEMORY, "no memory for an application");
    KW_TRY_AT(err, kw_arena_copy_str(&t->arena, &one->id, id), "an application");
    KW_TRY_AT(err, kw_arena_copy_str(&t->arena, &one->text, text), "an application");
    kw_status st =
        kw_json_decode(&one->policy, &t->arena, &kw_app_policy_schema, kw_span_of_str(text), err);
    KW_REQUIRE(st != KW_BAD_INPUT, err, KW_CORRUPT, "the policy of an application");
    KW_TRY(st);
    t->count++;
    return KW_OK;
}

/* A copy of one that is in another table. What it takes between now and the change is forgotten:
 * that gives it a token, no more. */
static kw_status append_copy(table *t, const app *from, kw_error *err)
{
    KW_TRY(append(t, from->id, from->text, err));
    kw_app_pace_copy(t->items[t->count - 1].pace, from->pace);
    return KW_OK;
}

/* ---- life ---- */
static kw_status append_row(void *ctx, const kw_app_row *row, kw_error *err)
{
    return append(ctx, row->id, row->policy, err);
}

static kw_status read_all(kw_tx *tx, void *ctx, kw_error *err)
{
    kw_app_row_page all = {.after_id = KW_STR(""), .count = KW_APPS_MAX + 1};
    return kw_app_row_each(tx, all, append_row, ctx, err);
}

kw_status kw_apps_open(kw_apps **out, kw_store *store, kw_error *err)
{
    table *first = table_new(KW_APPS_MAX);
    kw_apps *apps = kw_heap_new(1, sizeof *apps);
    kw_status st = KW_NO_MEMORY;
    if (first != NULL && apps != NULL) {
        st = kw_store_read(store, read_all, first, err);
    }
    if (st != KW_OK) {
        table_free(first);
        kw_heap_free(apps);
        return kw_error_at(err, st, "reading the applications");
    }
    apps->store = store;
    kw_snapshot_init(&apps->current, first, table_free);
    *out = apps;
    return KW_OK;
}

void kw_apps_free(kw_apps *apps)
{
    if (apps == NULL) {
        return;
    }
    kw_snapshot_drop(&apps->current);
    kw_heap_free(apps);
}

/* ---- changes ---- */

/* The application that changes; `policy` empty: it goes. */
typedef struct change {
    kw_str id;
    kw_str policy;
    int64_t registered_at;
    kw_store_fn run;
} change;

static kw_status add_row(kw_tx *tx, void *ctx, kw_error *err)
{
    const change *c = ctx;
    kw_app_row row = {.id = c->id, .policy = c->policy, .registered_at = c->registered_at};
    return kw_app_row_add(tx, &row, err);
}

static kw_status set_row(kw_tx *tx, void *ctx, kw_error *err)
{
    const change *c = ctx;
    return kw_app_row_set(tx, c->id, c->policy, err);
}

static kw_status remove_row(kw_tx *tx, void *ctx, kw_error *err)
{
    const change *c = ctx;
    return kw_app_row_remove(tx, c->id, err);
}

/* The table as it is after the change. */
static kw_status build(table *t, const table *old, const change *c, kw_error *err)
{
    size_t i = 0;
    for (; i < old->count && kw_str_compare(old->items[i].id, c->id) < 0; i++) {
        KW_TRY(append_copy(t, &old->items[i], err));
    }
    bool was_there = i < old->count && kw_str_equal(old->items[i].id, c->id);
    if (c->policy.len > 0) {
        KW_TRY(append(t, c->id, c->policy, err));
    }
    if (was_there && c->policy.len > 0) {
        kw_app_pace_copy(t->items[t->count - 1].pace, old->items[i].pace);
    }
    for (i += was_there ? 1 : 0; i < old->count; i++) {
        KW_TRY(append_copy(t, &old->items[i], err));
    }
    return KW_OK;
}

/* All that may fail comes before the store; after it the change is only shown. */
static kw_status apply(kw_apps *apps, change *c, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&apps->changing);
    table *next = NULL;
    {
        KW_AUTO(kw_snapshot_hold) reading = kw_snapshot_enter(&apps->current);
        const table *old = reading.object;
        next = table_new(KW_MIN(old->count + 1, (size_t)KW_APPS_MAX));
        KW_REQUIRE(next != NULL, err, KW_NO_MEMORY, "no memory for applications");
        kw_status st = build(next, old, c, err);
        if (st != KW_OK) {
            table_free(next);
            return st;
        }
    }
    kw_status st = kw_store_write(apps->store, c->run, c, err);
    if (st != KW_OK) {
        table_free(next);
        return st;
    }
    kw_snapshot_publish(&apps->current, next);
    return KW_OK;
}

static kw_status apply_policy(kw_apps *apps, change *c, const kw_app_policy *policy, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(KW_APP_POLICY_BYTES_MAX);
    KW_TRY(kw_app_policy_check(policy, err));
    KW_TRY_AT(err, kw_json_encode(&text, &kw_app_policy_schema, policy, KW_JSON_PLAIN),
              "writing a policy");
    c->policy = kw_buf_text(&text);
    return apply(apps, c, err);
}

kw_status kw_apps_register(kw_apps *apps, kw_str id, const kw_app_policy *policy, int64_t now_s,
                           kw_error *err)
{
    change c = {.id = id, .registered_at = now_s, .run = add_row};
    return apply_policy(apps, &c, policy, err);
}

kw_status kw_apps_set(kw_apps *apps, kw_str id, const kw_app_policy *policy, kw_error *err)
{
    change c = {.id = id, .run = set_row};
    return apply_policy(apps, &c, policy, err);
}

kw_status kw_apps_remove(kw_apps *apps, kw_str id, kw_error *err)
{
    change c = {.id = id, .run = remove_row};
    return apply(apps, &c, err);
}

/* ---- listing ---- */
typedef struct listing {
    kw_app_entries *out;
    kw_str after;
    kw_arena *arena;
} listing;

static kw_status list_row(void *ctx, const kw_app_row *row, kw_error *err)
{
    listing *l = ctx;
    if (l->out->apps.count == KW_APPS_PAGE_MAX) {
        l->out->has_more = true;
        return KW_OK;
    }
    kw_app_entry *entry = &l->out->apps.items[l->out->apps.count];
    KW_TRY_AT(err, kw_arena_copy_str(l->arena, &entry->id, row->id), "listing applications");
    kw_status st = kw_json_decode(&entry->policy, l->arena, &kw_app_policy_schema,
                                  kw_span_of_str(row->policy), err);
    KW_REQUIRE(st != KW_BAD_INPUT, err, KW_CORRUPT, "the policy of an application");
    KW_TRY(st);
    entry->uses = row->uses;
    entry->registered = row->registered_at;
    l->out->apps.count++;
    return KW_OK;
}

static kw_status list_page(kw_tx *tx, void *ctx, kw_error *err)
{
    listing *l = ctx;
    kw_app_row_page page = {.after_id = l->after, .count = KW_APPS_PAGE_MAX + 1};
    return kw_app_row_each(tx, page, list_row, l, err);
}

kw_status kw_apps_list(kw_apps *apps, kw_app_entries *out, kw_str after, kw_arena *arena,
                       kw_error *err)
{
    kw_app_entries list = {.apps.items =
                               kw_arena_new(arena, KW_APPS_PAGE_MAX, sizeof *list.apps.items)};
    KW_REQUIRE(list.apps.items != NULL, err, KW_LIMIT, "no room for applications");
    listing l = {.out = &list, .after = after, .arena = arena};
    KW_TRY(kw_store_read(apps->store, list_page, &l, err));
    *out = list;
    return KW_OK;
}

/* ---- requests ---- */
typedef struct use {
    kw_str id;
    uint64_t uses_max;
} use;

static kw_status count_use(kw_tx *tx, void *ctx, kw_error *err)
{
    const use *u = ctx;
    return kw_app_row_use(tx, u->id, u->uses_max, err);
}

/* What needs no store: who asks, and how often. */
static kw_status look(kw_apps *apps, kw_app_verdict *out, use *counted, const kw_app_visit *visit,
                      const kw_json *claims, kw_error *err)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&apps->current);
    const app *one = find(hold.object, visit->app);
    KW_REQUIRE(one != NULL, err, KW_NOT_FOUND, "no such application is registered");
    out->access = one->policy.access;
    KW_TRY(kw_app_policy_admit(&one->policy, visit, claims, err));
    kw_app_rate rate = {.per_1000_s = one->policy.rate, .burst = one->policy.burst};
    KW_REQUIRE(kw_app_pace_take(one->pace, &out->retry_after_s, rate, visit->now_ms), err,
               KW_RATE_LIMITED, "the application is asked too often");
    counted->uses_max = one->policy.uses_max;
    return KW_OK;
}

kw_status kw_apps_admit(kw_apps *apps, kw_app_verdict *out, const kw_app_visit *visit,
                        const kw_json *claims, kw_error *err)
{
    use u = {.id = visit->app};
    *out = (kw_app_verdict){0};
    KW_TRY(look(apps, out, &u, visit, claims, err));
    return u.uses_max == 0 ? KW_OK : kw_store_write(apps->store, count_use, &u, err);
}
