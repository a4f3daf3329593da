/* SPDX-License-Identifier: Apache-2.0
 * An operator that rejoined says nothing until a certificate is newer than that moment: whatever it
 * signed before, of which it knows nothing any more, belongs to sessions and handovers that are
 * over then. Source: threshold.md section 2. */
#include "threshold/holder_inner.h"

#include "threshold/limits.h"

enum {
    ASKS_PER_INTERVAL = 8,
};

bool kw_holder_is_quiet(const kw_holder *h)
{
    /* The engine is given no certificate before one ends the silence. */
    return h->options.rejoined_at != 0 && kw_operator_decoded(h->op, 0) == NULL;
}

bool kw_holder_may_take(const kw_holder *h, kw_span file)
{
    static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_certificate certificate;
    if (!kw_holder_is_quiet(h)) {
        return true;
    }
    return kw_certificate_decode(&certificate, &arena, file, &form) == KW_OK &&
           certificate.candidate.fields.timestamp > h->options.rejoined_at;
}

void kw_holder_ask_quietly(kw_holder *h)
{
    const kw_roster *roster = &h->sets[h->set_now].operators.roster;
    uint64_t every_ms = (uint64_t)h->options.cluster->config.interval_s * 1000 / ASKS_PER_INTERVAL;
    if (h->now_ms < h->ask_ms) {
        return;
    }
    h->ask_ms = h->now_ms + every_ms;
    kw_courier_trip trip = {.to_count = 1, .until_ms = h->ask_ms};
    for (uint16_t i = 0; i < roster->n; i++) {
        trip.to = &roster->members[i].address;
        if (!kw_address_equal(trip.to, &h->options.self)) {
            kw_status st = kw_courier_ask(h->courier, 0, &trip);
            KW_UNUSED(st); /* others are asked too, and soon again */
        }
    }
}
