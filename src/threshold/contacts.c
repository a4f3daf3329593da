/* SPDX-License-Identifier: Apache-2.0
 * Who is behind a certificate. */
#include "threshold/contacts.h"

#include "base/heap.h"
#include "crypto/hash.h"

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
}

void kw_contacts_drop(kw_contacts *contacts)
{
    kw_snapshot_drop(&contacts->pages);
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

static kw_status add(pages *p, const kw_operators *set)
{
    for (size_t i = 0; i < set->roster.n; i++) {
        if (has(p, &set->roster.members[i].address)) {
            continue;
        }
        kw_courier_member *member = &p->members[p->count];
        member->address = set->roster.members[i].address;
        member->tls_spki = set->places[i].tls_spki;
        KW_TRY(kw_arena_copy_str(&p->arena, &member->peer_url, set->places[i].peer_url));
        p->count++;
    }
    return KW_OK;
}

static kw_status fill(pages *p, const kw_operators *const *sets, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most += sets[i]->roster.n;
    }
    p->members = kw_arena_new(&p->arena, KW_MAX(most, (size_t)1), sizeof *p->members);
    if (p->members == NULL) {
        return KW_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        KW_TRY(add(p, sets[i]));
    }
    return KW_OK;
}

kw_status kw_contacts_write(kw_contacts *contacts, const kw_operators *const *sets, size_t count)
{
    pages *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return KW_NO_MEMORY;
    }
    made->arena = kw_arena_init(PAGES_BYTES_MAX);
    if (fill(made, sets, count) != KW_OK) {
        free_pages(made);
        return KW_NO_MEMORY;
    }
    kw_snapshot_publish(&contacts->pages, made);
    return KW_OK;
}

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
