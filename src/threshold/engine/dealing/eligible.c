/* SPDX-License-Identifier: Apache-2.0
 * Who deals. Source: threshold.md section 5. */
#include "threshold/engine/dealing/eligible.h"

#include "base/error.h"

static bool is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

static bool stands_twice(const kw_judged_echo *echoes, size_t count, size_t at)
{
    uint16_t member = echoes[at].ref.member;
    return (at > 0 && echoes[at - 1].ref.member == member) ||
           (at + 1 < count && echoes[at + 1].ref.member == member);
}

static bool is_well_formed(const kw_judged_echo *echoes, size_t count, const kw_eligible_rule *rule)
{
    for (size_t i = 0; i < count; i++) {
        const kw_echo_ref *ref = &echoes[i].ref;
        if (ref->member == 0 || ref->member > rule->quorum.n ||
            echoes[i].echo->count != rule->dealers ||
            (i > 0 && kw_hash_list_compare(echoes[i - 1].ref.member, &echoes[i - 1].ref.hash,
                                           ref->member, &ref->hash) >= 0) ||
            (i > 1 && echoes[i - 2].ref.member == ref->member)) {
            return false;
        }
    }
    return true;
}

/* The DEAL that an ECHO calls good, if it counts; else NULL. */
static const kw_hash32 *ok_of(const kw_judged_echo *echoes, size_t count, size_t at, size_t dealer)
{
    const kw_echo_entry *entry = &echoes[at].echo->entries[dealer];
    return entry->verdict == KW_ECHO_OK && !stands_twice(echoes, count, at) ? &entry->deal : NULL;
}

static size_t count_oks(const kw_judged_echo *echoes, size_t count, size_t dealer,
                        const kw_hash32 *deal)
{
    size_t oks = 0;
    for (size_t i = 0; i < count; i++) {
        const kw_hash32 *ok = ok_of(echoes, count, i, dealer);
        oks += ok != NULL && is_same(ok, deal);
    }
    return oks;
}

static bool has_complaint(const kw_judged_echo *echoes, size_t count, size_t dealer,
                          const kw_hash32 *deal)
{
    for (size_t i = 0; i < count; i++) {
        const kw_echo_entry *entry = &echoes[i].echo->entries[dealer];
        if (entry->verdict == KW_ECHO_COMPLAINT && echoes[i].holds != NULL &&
            echoes[i].holds[dealer] && is_same(&entry->deal, deal)) {
            return true;
        }
    }
    return false;
}

/* Q - f = n - 2f is more than a third of n, so at most two hashes have so many oks. Misra and Gries
 * (1982): two counters find every value that more than a third of a sequence holds, in one pass. */
static void find_candidates(const kw_hash32 *out[2], const kw_judged_echo *echoes, size_t count,
                            size_t dealer)
{
    size_t counters[2] = {0};
    for (size_t i = 0; i < count; i++) {
        const kw_hash32 *ok = ok_of(echoes, count, i, dealer);
        if (ok == NULL) {
            continue;
        }
        size_t own = 2;
        for (size_t k = 0; k < 2; k++) {
            own = counters[k] > 0 && is_same(out[k], ok) ? k : own;
        }
        for (size_t k = 0; k < 2 && own == 2; k++) {
            own = counters[k] == 0 ? k : own;
        }
        if (own < 2) {
            out[own] = ok;
            counters[own]++;
        } else {
            counters[0]--;
            counters[1]--;
        }
    }
}

/* The DEAL of a dealer that enters D; NULL: none. */
static const kw_hash32 *eligible_deal(const kw_judged_echo *echoes, size_t count, size_t dealer,
                                      const kw_quorum *quorum)
{
    const kw_hash32 *candidates[2] = {NULL, NULL};
    const kw_hash32 *found = NULL;
    find_candidates(candidates, echoes, count, dealer);
    for (size_t k = 0; k < 2; k++) {
        const kw_hash32 *deal = candidates[k];
        if (deal == NULL ||
            count_oks(echoes, count, dealer, deal) < (size_t)(quorum->q - quorum->f)) {
            continue;
        }
        if (found != NULL && !is_same(found, deal)) {
            return NULL; /* two dealings of one dealer */
        }
        found = deal;
    }
    return found == NULL || has_complaint(echoes, count, dealer, found) ? NULL : found;
}

kw_status kw_eligible_dealings(kw_dealing_ref *out, uint16_t *out_count,
                               const kw_judged_echo *echoes, size_t count,
                               const kw_eligible_rule *rule)
{
    if (!is_well_formed(echoes, count, rule)) {
        return KW_BAD_INPUT;
    }
    size_t single = 0;
    for (size_t i = 0; i < count; i++) {
        single += stands_twice(echoes, count, i) ? 0 : 1;
    }
    if (single < rule->quorum.q) {
        return KW_REFUSED;
    }
    uint16_t dealings = 0;
    for (uint16_t dealer = 0; dealer < rule->dealers; dealer++) {
        const kw_hash32 *deal = eligible_deal(echoes, count, dealer, &rule->quorum);
        if (deal != NULL) {
            out[dealings++] = (kw_dealing_ref){.dealer = (uint16_t)(dealer + 1), .hash = *deal};
        }
    }
    if (dealings < rule->least) {
        return KW_REFUSED;
    }
    *out_count = dealings;
    return KW_OK;
}

size_t kw_eligible_wanted(kw_hash32 *out, const kw_echo_ref *own, size_t own_count,
                          const kw_echo_ref *set, size_t set_count)
{
    size_t wanted = 0;
    size_t at = 0;
    for (size_t i = 0; i < own_count; i++) {
        while (at < set_count && set[at].member < own[i].member) {
            at++;
        }
        bool is_in = false;
        size_t of_sender = 0;
        for (size_t k = at; k < set_count && set[k].member == own[i].member; k++) {
            is_in = is_in || is_same(&set[k].hash, &own[i].hash);
            of_sender++;
        }
        if (!is_in && of_sender < 2) {
            out[wanted++] = own[i].hash;
        }
    }
    return wanted;
}
