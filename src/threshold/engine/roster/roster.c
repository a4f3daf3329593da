/* SPDX-License-Identifier: Apache-2.0
 * The members of a committee, sorted by address. Source: threshold.md section 1. */
#include "threshold/engine/roster/roster.h"

#include "codec/hex.h"
#include "threshold/engine/group/transcript.h"

#include <stdlib.h>

static int by_address(const void *a, const void *b)
{
    const kw_member *left = a;
    const kw_member *right = b;
    return kw_address_compare(&left->address, &right->address);
}

static kw_span key_of(const kw_member *member)
{
    return (kw_span){member->key_bytes, member->scheme->key_bytes};
}

static bool share_a_key(const kw_member *a, const kw_member *b)
{
    return a->scheme == b->scheme && kw_span_equal_var(key_of(a), key_of(b));
}

/* By address they stand side by side; keys are compared in pairs: 131,000 for 512 members. */
static bool has_duplicates(const kw_member *members, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && kw_address_equal(&members[i - 1].address, &members[i].address)) {
            return true;
        }
        for (size_t k = 0; k < i; k++) {
            if (share_a_key(&members[k], &members[i])) {
                return true;
            }
        }
    }
    return false;
}

static kw_status member_of(kw_member *out, const kw_roster_entry *entry,
                           const kw_peer_schemes *schemes)
{
    const kw_peer_scheme *scheme = kw_peer_scheme_of(schemes, entry->curve);
    if (scheme == NULL) {
        return KW_REFUSED;
    }
    KW_ASSERT(scheme->key_bytes <= sizeof out->key_bytes);
    if (entry->key.len != scheme->key_bytes) {
        return KW_LENGTH;
    }
    KW_TRY(scheme->key_decode(&out->key, entry->key));
    out->address = entry->address;
    out->scheme = scheme;
    memcpy(out->key_bytes, entry->key.ptr, entry->key.len);
    return KW_OK;
}

static kw_status check_possession(const kw_member *member, const kw_roster_entry *entry)
{
    kw_hash32 digest;
    kw_possession_digest(&digest, entry);
    kw_peer_claim claim = {member->scheme, &member->key, &digest, entry->possession};
    return member->scheme->verify(&claim) ? KW_OK : KW_UNAUTHENTICATED;
}

static void write_members(kw_transcript *t, const kw_roster *roster)
{
    kw_transcript_u16(t, roster->n);
    for (size_t i = 0; i < roster->n; i++) {
        const kw_member *member = &roster->members[i];
        kw_transcript_span(t, KW_SPAN(member->address.bytes));
        kw_transcript_u8(t, member->scheme->curve);
        kw_transcript_u16(t, member->scheme->key_bytes);
        kw_transcript_span(t, key_of(member));
    }
}

static kw_roster roster_of(const kw_member *members, size_t n)
{
    kw_roster roster = {.members = members, .n = (uint16_t)n};
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-ROSTER-V1"));
    write_members(&t, &roster);
    kw_transcript_end(&t, &roster.hash);
    return roster;
}

static kw_status blame(kw_error *err, kw_status st, const kw_roster_entry *entry, const char *what)
{
    char digits[2 * sizeof entry->address.bytes];
    kw_hex_encode_to(digits, KW_SPAN(entry->address.bytes));
    return kw_fail(err, st, "member 0x%.*s: %s", (int)sizeof digits, digits, what);
}

static kw_status fill_members(kw_member *members, const kw_roster_source *source, kw_error *err)
{
    for (size_t i = 0; i < source->count; i++) {
        const kw_roster_entry *entry = &source->entries[i];
        kw_status st = member_of(&members[i], entry, source->schemes);
        if (st != KW_OK) {
            return blame(err, st, entry, st == KW_REFUSED ? "curve not accepted" : "no valid key");
        }
        if (source->needs_possession) {
            st = check_possession(&members[i], entry);
        }
        if (st != KW_OK) {
            return blame(err, st, entry, "no proof that it holds its key");
        }
    }
    return KW_OK;
}

kw_status kw_roster_make(kw_roster *out, kw_arena *arena, const kw_roster_source *source,
                         kw_error *err)
{
    size_t n = source->count;
    KW_REQUIRE(n > 0 && n <= KW_THRESHOLD_MEMBERS_MAX, err, KW_LIMIT, "1 to 512 members");
    kw_member *members = kw_arena_new(arena, n, sizeof *members);
    KW_REQUIRE(members != NULL, err, KW_LIMIT, "no room for the members");
    KW_TRY(fill_members(members, source, err));
    qsort(members, n, sizeof *members, by_address);
    KW_REQUIRE(!has_duplicates(members, n), err, KW_CONFLICT, "two members share address or key");
    *out = roster_of(members, n);
    return KW_OK;
}

void kw_possession_digest(kw_hash32 *out, const kw_roster_entry *entry)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-POP"));
    kw_transcript_span(&t, KW_SPAN(entry->address.bytes));
    kw_transcript_u8(&t, entry->curve);
    kw_transcript_span(&t, entry->key);
    kw_transcript_end(&t, out);
}

void kw_roster_write(kw_writer *w, const kw_roster *roster)
{
    kw_write_u16be(w, roster->n);
    for (size_t i = 0; i < roster->n; i++) {
        const kw_member *member = &roster->members[i];
        kw_write_span(w, KW_SPAN(member->address.bytes));
        kw_write_u8(w, member->scheme->curve);
        kw_write_span_u16be(w, key_of(member));
    }
}

static kw_status read_member(kw_member *out, kw_reader *r, const kw_peer_schemes *schemes)
{
    kw_roster_entry entry = {0};
    kw_read_into(r, KW_MSPAN(entry.address.bytes));
    entry.curve = kw_read_u8(r);
    entry.key = kw_read_span_u16be(r, KW_PEER_KEY_BYTES_MAX);
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    return member_of(out, &entry, schemes);
}

kw_status kw_roster_decode(kw_roster *out, kw_arena *arena, kw_reader *r,
                           const kw_peer_schemes *schemes)
{
    uint16_t n = kw_read_u16be(r);
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    if (n == 0) {
        *out = (kw_roster){0};
        return KW_OK;
    }
    if (n > KW_THRESHOLD_MEMBERS_MAX) {
        return KW_LENGTH;
    }
    kw_member *members = kw_arena_new(arena, n, sizeof *members);
    if (members == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        KW_TRY(read_member(&members[i], r, schemes));
        if (i > 0 && by_address(&members[i - 1], &members[i]) > 0) {
            return KW_ENCODING;
        }
    }
    if (has_duplicates(members, n)) {
        return KW_CONFLICT;
    }
    *out = roster_of(members, n);
    return KW_OK;
}

uint16_t kw_roster_index(const kw_roster *roster, const kw_address *address)
{
    size_t from = 0;
    size_t to = roster->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = kw_address_compare(address, &roster->members[middle].address);
        if (order == 0) {
            return (uint16_t)(middle + 1);
        }
        from = order > 0 ? middle + 1 : from;
        to = order > 0 ? to : middle;
    }
    return 0;
}

const kw_member *kw_roster_at(const kw_roster *roster, uint16_t index)
{
    KW_ASSERT(index >= 1 && index <= roster->n);
    return &roster->members[index - 1];
}
