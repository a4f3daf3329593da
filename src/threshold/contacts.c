/* SPDX-License-Identifier: Apache-2.0
 * Who is behind a certificate. */
#include "threshold/contacts.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "store/sql.h"
#include "threshold/limits.h"

enum {
    PAGES_BYTES_MAX = 4 << 20,
};

typedef struct pages {
    kw_arena arena;
    kw_courier_member *members;
    size_t count;
} pages;

static void free_pages(void *object)
{
    pages *p = object;
    if (p != NULL) {
        kw_arena_drop(&p->arena);
        kw_heap_free(p);
    }
}

void kw_contacts_init(kw_contacts *contacts)
{
    kw_snapshot_init(&contacts->pages, NULL, free_pages);
    contacts->is_kept = false;
}

void kw_contacts_drop(kw_contacts *contacts)
{
    kw_snapshot_drop(&contacts->pages);
}

static pages *pages_new(void)
{
    pages *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->arena = kw_arena_init(PAGES_BYTES_MAX);
    made->members = kw_arena_new(&made->arena, KW_COURIER_MEMBERS_MAX, sizeof *made->members);
    if (made->members == NULL) {
        free_pages(made);
        return NULL;
    }
    return made;
}

static bool has(const pages *p, const kw_address *address)
{
    for (size_t i = 0; i < p->count; i++) {
        if (kw_address_equal(&p->members[i].address, address)) {
            return true;
        }
    }
    return false;
}

/* Of a member that is there the entry stays. */
static kw_status add(pages *p, const kw_courier_member *from)
{
    if (p->count == KW_COURIER_MEMBERS_MAX || has(p, &from->address)) {
        return KW_OK;
    }
    kw_courier_member *member = &p->members[p->count];
    *member = *from;
    KW_TRY(kw_arena_copy_str(&p->arena, &member->peer_url, from->peer_url));
    p->count++;
    return KW_OK;
}

static kw_status add_set(pages *p, const kw_operators *set)
{
    for (size_t i = 0; i < set->roster.n; i++) {
        const kw_courier_member member = {.address = set->roster.members[i].address,
                                          .peer_url = set->places[i].peer_url,
                                          .tls_spki = set->places[i].tls_spki};
        KW_TRY(add(p, &member));
    }
    return KW_OK;
}

static kw_status fill(pages *p, const pages *before, const kw_contacts_change *change)
{
    KW_TRY(add_set(p, change->now));
    for (size_t i = 0; before != NULL && i < before->count; i++) {
        if (change->is_needed(change->ctx, &before->members[i].address)) {
            KW_TRY(add(p, &before->members[i]));
        }
    }
    return add_set(p, change->genesis);
}

static bool are_same(const pages *a, const pages *b)
{
    bool is_same = b != NULL && a->count == b->count;
    for (size_t i = 0; is_same && i < a->count; i++) {
        const kw_courier_member *x = &a->members[i];
        const kw_courier_member *y = &b->members[i];
        is_same = kw_address_equal(&x->address, &y->address) &&
                  kw_hash32_equal(&x->tls_spki, &y->tls_spki) &&
                  kw_str_equal(x->peer_url, y->peer_url);
    }
    return is_same;
}

/* Only the writer replaces pages, so those that it sees stay until it publishes others. */
static const pages *pages_of(kw_contacts *contacts)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&contacts->pages);
    return hold.object;
}

kw_status kw_contacts_write(kw_contacts *contacts, const kw_contacts_change *change)
{
    const pages *before = pages_of(contacts);
    pages *made = pages_new();
    if (made == NULL) {
        return KW_NO_MEMORY;
    }
    if (fill(made, before, change) != KW_OK) {
        free_pages(made);
        return KW_NO_MEMORY;
    }
    contacts->is_kept = contacts->is_kept && are_same(made, before);
    kw_snapshot_publish(&contacts->pages, made);
    return KW_OK;
}

/* ---- in the store ---- */
static kw_status put(kw_tx *tx, const kw_courier_member *member, kw_error *err)
{
    return kw_sql_run(tx, NULL,
                      "INSERT INTO threshold_contacts (address, peer_url, tls_spki)"
                      " VALUES ($1, $2, $3)",
                      KW_SQL_ARGS(kw_sql_blob(KW_SPAN(member->address.bytes)),
                                  kw_sql_text(member->peer_url),
                                  kw_sql_blob(KW_SPAN(member->tls_spki.bytes))),
                      err);
}

static kw_status put_all(kw_tx *tx, void *ctx, kw_error *err)
{
    const pages *p = ctx;
    KW_TRY(kw_sql_run(tx, NULL, "DELETE FROM threshold_contacts", KW_SQL_NO_ARGS, err));
    for (size_t i = 0; i < p->count; i++) {
        KW_TRY(put(tx, &p->members[i], err));
    }
    return KW_OK;
}

kw_status kw_contacts_keep(kw_contacts *contacts, kw_store *store, kw_error *err)
{
    pages nobody = {.count = 0};
    const pages *p = pages_of(contacts);
    if (contacts->is_kept) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_store_write(store, put_all, p == NULL ? &nobody : (void *)p, err),
              "keeping where operators are");
    contacts->is_kept = true;
    return KW_OK;
}

static kw_status read_all(kw_tx *tx, void *ctx, kw_error *err)
{
    pages *p = ctx;
    KW_AUTO(kw_rows) rows = {0};
    p->count = 0;
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT address, peer_url, tls_spki FROM threshold_contacts"
                        " ORDER BY address",
                        KW_SQL_NO_ARGS, err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        kw_courier_member member;
        KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(member.address.bytes), 0, err));
        KW_TRY(kw_rows_text(&rows, &member.peer_url, 1, err));
        KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(member.tls_spki.bytes), 2, err));
        KW_TRY_AT(err, add(p, &member), "reading where operators are");
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

kw_status kw_contacts_load(kw_contacts *contacts, kw_store *store, kw_error *err)
{
    pages *read = pages_new();
    KW_REQUIRE(read != NULL, err, KW_NO_MEMORY, "no memory for the places of operators");
    kw_status st = kw_store_read(store, read_all, read, err);
    if (st != KW_OK) {
        free_pages(read);
        return kw_error_at(err, st, "reading where operators are");
    }
    kw_snapshot_publish(&contacts->pages, read);
    contacts->is_kept = true;
    return KW_OK;
}

/* ---- readers ---- */
bool kw_contacts_find(kw_contacts *contacts, kw_address *out, const kw_hash32 *tls_spki)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&contacts->pages);
    const pages *p = hold.object;
    for (size_t i = 0; p != NULL && i < p->count; i++) {
        if (kw_hash32_equal(&p->members[i].tls_spki, tls_spki)) {
            *out = p->members[i].address;
            return true;
        }
    }
    return false;
}

kw_status kw_contacts_tell(kw_contacts *contacts, kw_courier *courier, kw_error *err)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&contacts->pages);
    const pages *p = hold.object;
    return p == NULL ? KW_OK : kw_courier_members(courier, p->members, p->count, err);
}
