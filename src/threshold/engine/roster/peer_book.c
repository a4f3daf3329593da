/* SPDX-License-Identifier: Apache-2.0
 * Prepared keys of operators. */
#include "threshold/engine/roster/peer_book.h"

#include "base/heap.h"

void kw_peer_book_init(kw_peer_book *out, const kw_rng *rng)
{
    *out = (kw_peer_book){.rng = *rng};
}

void kw_peer_book_drop(kw_peer_book *book)
{
    for (size_t i = 0; i < KW_COUNT(book->pages); i++) {
        kw_heap_free(book->pages[i]);
        book->pages[i] = NULL;
    }
    book->count = 0;
}

/* Where the page of the key is, or would be: there is always a free slot. */
static size_t slot_of(const kw_peer_book *book, const kw_bn_g2 *key)
{
    uint64_t first; /* of a coordinate: as good as random */
    memcpy(&first, key, sizeof first);
    size_t slot = (size_t)(first % KW_PEER_BOOK_SLOTS);
    while (book->pages[slot] != NULL && !kw_bn_g2_equal(&book->pages[slot]->key, key)) {
        slot = (slot + 1) % KW_PEER_BOOK_SLOTS;
    }
    return slot;
}

const kw_bn_lines *kw_peer_book_lines(kw_peer_book *book, const kw_bn_g2 *key)
{
    kw_peer_page **page = &book->pages[slot_of(book, key)];
    if (*page == NULL && book->count < KW_PEER_BOOK_MAX) {
        *page = kw_heap_new(1, sizeof **page);
        if (*page != NULL) {
            (*page)->key = *key;
            kw_bn_prepare(&(*page)->lines, key);
            book->count++;
        }
    }
    return *page == NULL ? NULL : &(*page)->lines;
}

static kw_status verify(void *ctx, uint8_t *ok, const kw_peer_claim *claims, size_t n)
{
    kw_peer_book *book = ctx;
    if (book->count == KW_PEER_BOOK_MAX) {
        kw_peer_book_drop(book);
    }
    return kw_peer_verify_drawn(ok, &(kw_peer_claims){.items = claims, .n = n, .book = book},
                                &book->rng);
}

kw_peer_verifier kw_peer_book_verifier(kw_peer_book *book)
{
    return (kw_peer_verifier){verify, book};
}
