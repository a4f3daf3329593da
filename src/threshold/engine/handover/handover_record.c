/* SPDX-License-Identifier: Apache-2.0
 * What a handover must remember over a restart: a record that needs nothing beside it. */
#include "threshold/engine/handover/handover.h"

#include "threshold/engine/handover/handover_parts.h"

/* u8 version | 32 id | u32 length | record of the agreement | u16 count | candidates, each behind
 * u32 length | messages as in authenticated.h. */
enum {
    RECORD_VERSION = 1,
    AGREEMENT_BYTES_MAX = 64 * 1024,
};

static kw_status write_agreement(kw_writer *w, const kw_handover *h)
{
    KW_AUTO(kw_buf) record = kw_buf_init(AGREEMENT_BYTES_MAX);
    KW_TRY(kw_agreement_save(&h->agreement, &record));
    kw_write_span_u32be(w, kw_buf_view(&record));
    return KW_OK;
}

static kw_status write_candidates(kw_writer *w, const kw_handover *h)
{
    kw_write_u16be(w, (uint16_t)h->candidates_count);
    for (size_t i = 0; i < h->candidates_count; i++) {
        KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        KW_TRY(kw_candidate_encode(&file, &h->candidates[i], h->setup.group));
        kw_write_span_u32be(w, kw_buf_view(&file));
    }
    return KW_OK;
}

static kw_status write_messages(kw_writer *w, const kw_handover *h)
{
    const kw_hash32 *ids = NULL;
    size_t count = kw_agreement_rests_on(&h->agreement, &ids);
    kw_arena_reset(h->setup.scratch);
    kw_authenticated *items = kw_arena_new(h->setup.scratch, count + 1, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    kw_authenticated_list list = {items, 0};
    for (size_t i = 0; i < count; i++) {
        const kw_letter *letter = kw_mailbox_find(&h->mailbox, &ids[i]);
        if (letter != NULL) {
            items[list.count++] = letter->message;
        }
    }
    if (h->own_seal != NULL) {
        items[list.count++] = h->own_seal->message;
    }
    kw_authenticated_list_write(w, list);
    return KW_OK;
}

kw_status kw_handover_save(const kw_handover *h, kw_buf *out)
{
    kw_writer w = kw_writer_to(out);
    kw_write_u8(&w, RECORD_VERSION);
    kw_write_span(&w, KW_SPAN(h->iid.bytes));
    KW_TRY(write_agreement(&w, h));
    KW_TRY(write_candidates(&w, h));
    KW_TRY(write_messages(&w, h));
    return kw_write_end(&w);
}

static kw_status read_candidates(kw_handover *h, kw_reader *r, const kw_peer_schemes *schemes,
                                 uint64_t now)
{
    const kw_candidate_form form = {h->setup.group, schemes};
    uint16_t count = kw_read_u16be(r);
    for (uint16_t i = 0; i < count; i++) {
        kw_candidate candidate;
        kw_span file = kw_read_span_u32be(r, KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        kw_arena_reset(h->setup.scratch);
        kw_status st = kw_candidate_decode(&candidate, h->setup.scratch, file, &form);
        st = st == KW_OK ? kw_handover_offer(h, &candidate, now) : st;
        if (st != KW_OK) {
            return st == KW_LIMIT ? st : KW_BAD_INPUT;
        }
    }
    return KW_OK;
}

static bool is_own(const kw_handover *h, const kw_authenticated *message)
{
    kw_message_header header;
    kw_status st = kw_message_header_decode(&header, message->payload);
    return st == KW_OK && kw_address_equal(&header.sender, &h->setup.self);
}

/* LIMIT: it is of a view to which nothing has led yet, for who looks on has no view of its own. */
static kw_status take_all(kw_handover *h, kw_authenticated_list list, uint64_t now)
{
    for (size_t i = 0; i < list.count; i++) {
        kw_status st = kw_handover_take(h, &list.items[i], 0, now);
        if (st == KW_LIMIT && is_own(h, &list.items[i])) {
            return KW_LIMIT;
        }
        if (st != KW_OK && st != KW_END && st != KW_CONFLICT && st != KW_LIMIT) {
            return KW_BAD_INPUT;
        }
    }
    return KW_OK;
}

static kw_status read_messages(kw_handover *h, kw_reader *r, uint64_t now)
{
    kw_authenticated_list list;
    KW_TRY(kw_authenticated_list_read(&list, h->setup.lasting, r));
    KW_TRY(kw_read_end(r));
    KW_TRY(take_all(h, list, now));
    KW_TRY(take_all(h, list, now)); /* the first round showed in which view the others are */
    h->evidence_count = 0;          /* was reported */
    return KW_OK;
}

kw_status kw_handover_resume(kw_handover **out, const kw_handover_setup *setup,
                             const kw_peer_schemes *schemes, kw_span record, uint64_t now)
{
    kw_handover *h = NULL;
    kw_hash32 iid;
    KW_TRY(kw_handover_make(&h, setup));
    kw_reader r = kw_reader_of(record);
    uint8_t version = kw_read_u8(&r);
    kw_read_into(&r, KW_MSPAN(iid.bytes));
    kw_span agreement = kw_read_span_u32be(&r, AGREEMENT_BYTES_MAX);
    bool is_own = kw_span_equal_var(KW_SPAN(iid.bytes), KW_SPAN(h->iid.bytes));
    if (!kw_read_is_good(&r) || version != RECORD_VERSION || !is_own) {
        return KW_BAD_INPUT;
    }
    KW_TRY(kw_handover_vote_resume(h, agreement));
    KW_TRY(read_candidates(h, &r, schemes, now));
    KW_TRY(read_messages(h, &r, now));
    if (h->own_seal != NULL) {
        h->seal_again_at = now; /* others may have got nothing of it */
    }
    *out = h;
    return KW_OK;
}
