/* SPDX-License-Identifier: Apache-2.0
 * HAVE and ECHO. Source: threshold.md section 2. */
#include "threshold/engine/message/msg_echo.h"

kw_status kw_have_read(kw_have *out, kw_reader *r, const kw_message_scope *scope)
{
    uint16_t count = kw_read_u16be(r);
    if (kw_read_is_good(r) && count != scope->dealers) {
        return KW_LENGTH;
    }
    kw_have have = {.deals = kw_read_hashes(r, count)};
    KW_TRY(kw_read_end(r));
    *out = have;
    return KW_OK;
}

void kw_have_write(kw_writer *w, const kw_have *have)
{
    kw_write_hash_list(w, have->deals);
}

/* An entry as it stands in the payload. */
typedef struct raw_entry {
    kw_echo_verdict verdict;
    kw_span deal;
    kw_span p;
    kw_span proof;
} raw_entry;

static raw_entry read_entry(kw_reader *r, const kw_group *group)
{
    raw_entry entry = {0};
    uint8_t verdict = kw_read_u8(r);
    if (verdict > KW_ECHO_COMPLAINT) {
        kw_read_fail(r);
        return entry;
    }
    entry.verdict = (kw_echo_verdict)verdict;
    if (entry.verdict != KW_ECHO_MISSING) {
        entry.deal = kw_read_span(r, sizeof(kw_hash32));
    }
    if (entry.verdict == KW_ECHO_COMPLAINT) {
        entry.p = kw_read_span(r, group->g1_bytes);
        entry.proof = kw_read_span(r, KW_PROOF_BYTES);
    }
    return entry;
}

static kw_status open_entry(kw_echo_entry *out, const raw_entry *raw, const kw_group *group)
{
    out->verdict = raw->verdict;
    if (raw->verdict == KW_ECHO_MISSING) {
        return KW_OK;
    }
    memcpy(out->deal.bytes, raw->deal.ptr, sizeof out->deal.bytes);
    if (kw_hash32_is_none(&out->deal)) {
        return KW_ENCODING; /* nothing cannot be judged */
    }
    if (raw->verdict == KW_ECHO_OK) {
        return KW_OK;
    }
    KW_TRY(kw_proof_of(&out->proof, group, raw->proof));
    return group->g1_decode(&out->p, raw->p);
}

kw_status kw_echo_read(kw_echo *out, kw_reader *r, const kw_message_scope *scope, kw_arena *arena)
{
    uint16_t count = kw_read_u16be(r);
    if (kw_read_is_good(r) && count != scope->dealers) {
        return KW_LENGTH;
    }
    kw_reader again = *r;
    for (size_t i = 0; i < count && kw_read_is_good(r); i++) {
        (void)read_entry(r, scope->group); /* the shape of all, before any point */
    }
    KW_TRY(kw_read_end(r));
    kw_echo_entry *entries = kw_arena_new(arena, count, sizeof *entries);
    if (entries == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        raw_entry raw = read_entry(&again, scope->group);
        KW_TRY(open_entry(&entries[i], &raw, scope->group));
    }
    *out = (kw_echo){entries, count};
    return KW_OK;
}

void kw_echo_write(kw_writer *w, const kw_echo *echo, const kw_message_scope *scope)
{
    kw_write_u16be(w, echo->count);
    for (size_t i = 0; i < echo->count; i++) {
        const kw_echo_entry *entry = &echo->entries[i];
        kw_write_u8(w, (uint8_t)entry->verdict);
        if (entry->verdict != KW_ECHO_MISSING) {
            kw_write_span(w, KW_SPAN(entry->deal.bytes));
        }
        if (entry->verdict == KW_ECHO_COMPLAINT) {
            kw_write_g1(w, scope->group, &entry->p);
            kw_write_proof(w, scope->group, &entry->proof);
        }
    }
}
