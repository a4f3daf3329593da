/* SPDX-License-Identifier: Apache-2.0
 * DEAL and SHARES: making the own dealing, checking all. Source: threshold.md section 4. Secret
 * inputs: the source share, polynomials, the session key. */
#include "threshold/engine/session/session_parts.h"

enum {
    DRAWS_MAX = 8,
};

kw_status session_deal_init(kw_session *s)
{
    s->dealers = kw_arena_new(s->setup.memory.lasting, s->scope.dealers, sizeof *s->dealers);
    if (s->dealers == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t i = 1; i <= s->scope.dealers; i++) {
        s->dealers[i - 1].rank =
            kw_audience_rank(&s->audience, &kw_roster_at(s->dealers_roster, i)->address);
    }
    return KW_OK;
}

/* ---- the own dealing ---- */
static kw_status draw_polynomials(kw_session *s)
{
    kw_arena *secret = s->setup.memory.secrets;
    size_t len = kw_dealer_random_bytes(&s->scope);
    uint8_t *random = kw_arena_new(secret, len, 1);
    kw_status st = random == NULL ? KW_LIMIT : KW_RANGE;
    for (size_t i = 0; i < DRAWS_MAX && st == KW_RANGE; i++) {
        st = kw_rng_fill(&s->setup.rng, (kw_mspan){random, len});
        if (st == KW_OK) {
            st = kw_dealer_secrets_draw(&s->polynomials, secret, &s->scope, (kw_span){random, len},
                                        s->setup.source);
        }
    }
    if (random != NULL) {
        kw_wipe(random, len);
    }
    s->has_polynomials = st == KW_OK;
    return st;
}

void session_forget_polynomials(kw_session *s)
{
    kw_dealer_secrets_drop(&s->polynomials);
    s->has_polynomials = false;
}

void kw_session_certified(kw_session *session)
{
    session->is_certified = true;
    session->setup.give_up_ms = KW_SESSION_NEVER;
    session_forget_polynomials(session);
    if (session->self_new == 0) {
        kw_group_secret_drop(&session->ek);
        session->has_key = false;
    }
}

/* Members of the new roster whose HELLO is here; NULL: too few, or no memory. */
static const kw_receiver *find_receivers(kw_session *s)
{
    kw_receiver *receivers = kw_arena_new(s->setup.memory.scratch, s->scope.n, sizeof *receivers);
    uint16_t found = 0;
    for (uint16_t j = 1; receivers != NULL && j <= s->scope.n; j++) {
        const kw_letter *hello = session_letter(s, session_rank_of(s, j), KW_MESSAGE_HELLO);
        if (hello != NULL) {
            const session_hello *read = hello->read;
            receivers[j - 1] = (kw_receiver){hello->message.hash, read->ek};
            found++;
        }
    }
    return found >= s->setup.quorum.q ? receivers : NULL;
}

static kw_dealing_place place_of(const kw_session *s, uint16_t dealer)
{
    return (kw_dealing_place){.sid = s->sid,
                              .sender = kw_roster_at(s->dealers_roster, dealer)->address,
                              .dealer = dealer,
                              .h = s->setup.h};
}

void session_deal_out(kw_session *s, uint64_t now)
{
    bool lacks_source = s->scope.kind == KW_SESSION_RESHARE && s->setup.source == NULL;
    if (s->self_dealer == 0 || lacks_source || s->is_certified) {
        return;
    }
    const kw_receiver *receivers = find_receivers(s);
    if (receivers == NULL) {
        return;
    }
    const kw_dealing_place place = place_of(s, s->self_dealer);
    const kw_dealing_parts parts = {&s->scope, &place, &s->polynomials, receivers};
    kw_message deal = {.header.type = KW_MESSAGE_DEAL};
    kw_message shares = {.header.type = KW_MESSAGE_SHARES};
    if (draw_polynomials(s) != KW_OK || kw_dealing_make(&deal.body.deal, &shares.body.shares,
                                                        s->setup.memory.scratch, &parts) != KW_OK) {
        session_fail(s);
        return;
    }
    if (session_say(s, &deal, &s->sid, now)) {
        session_say(s, &shares, &s->sid, now);
    }
}

/* ---- finding ---- */
session_deal *session_deal_of(const kw_session *s, uint16_t dealer, const kw_hash32 *hash)
{
    const kw_letter *letter = kw_mailbox_find(&s->mailbox, hash);
    bool is_its = letter != NULL && letter->place.type == KW_MESSAGE_DEAL &&
                  letter->place.sender == s->dealers[dealer - 1].rank;
    return is_its ? letter->read : NULL;
}

static const kw_letter *first_letter(const kw_session *s, uint16_t dealer, kw_message_type type)
{
    const kw_letter_place place = {.sender = s->dealers[dealer - 1].rank, .type = type};
    return kw_mailbox_at(&s->mailbox, &place);
}

bool session_is_double(const kw_session *s, uint16_t dealer)
{
    const kw_letter *deal = first_letter(s, dealer, KW_MESSAGE_DEAL);
    const kw_letter *shares = first_letter(s, dealer, KW_MESSAGE_SHARES);
    return (deal != NULL && deal->second != NULL) || (shares != NULL && shares->second != NULL);
}

session_deal *session_single_deal(const kw_session *s, uint16_t dealer)
{
    const kw_letter *deal = first_letter(s, dealer, KW_MESSAGE_DEAL);
    return deal == NULL || session_is_double(s, dealer) ? NULL : deal->read;
}

const session_deal *session_bad_deal(const kw_session *s, uint16_t dealer)
{
    const session_deal *bad = NULL;
    const kw_letter *at = first_letter(s, dealer, KW_MESSAGE_DEAL);
    for (; at != NULL; at = at->second) {
        const session_deal *deal = at->read;
        bool is_bad = deal != NULL && deal->state == SESSION_DEAL_SOUND &&
                      deal->share_state == SESSION_SHARE_BAD;
        if (is_bad &&
            (bad == NULL || session_is_same(&at->message.hash, &s->dealers[dealer - 1].had))) {
            bad = deal;
        }
    }
    return bad;
}

/* The SHARES of the same dealer that have the root which the DEAL names. */
static const kw_letter *find_shares(const kw_session *s, const session_deal *deal)
{
    const kw_letter *at = first_letter(s, deal->place.dealer, KW_MESSAGE_SHARES);
    while (at != NULL) {
        const session_shares *shares = at->read;
        if (shares != NULL && session_is_same(&shares->root, &deal->deal.shares_root)) {
            return at;
        }
        at = at->second;
    }
    return NULL;
}

/* ---- checking ---- */
/* The HELLO that a DEAL names for member j, if it is here. */
static const kw_letter *find_hello(const kw_session *s, const session_deal *deal, uint16_t j)
{
    return kw_mailbox_find(&s->mailbox, &deal->deal.receivers.items[j - 1]);
}

/* SOUND: each receiver is a HELLO of its member; PROVEN: some are not here. */
static session_deal_state check_receivers(kw_session *s, session_deal *deal, uint64_t now)
{
    session_deal_state state = SESSION_DEAL_SOUND;
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        const kw_hash32 *hash = &deal->deal.receivers.items[j - 1];
        uint16_t rank = session_rank_of(s, j);
        if (session_is_none(hash)) {
            continue;
        }
        const kw_letter *hello = find_hello(s, deal, j);
        if (hello == NULL) {
            session_want(s, hash, KW_MESSAGE_HELLO, deal->letter->place.sender, now);
            state = SESSION_DEAL_PROVEN;
        } else if (hello->read == NULL || hello->place.type != KW_MESSAGE_HELLO ||
                   hello->place.sender != rank) {
            return SESSION_DEAL_UNSOUND;
        }
    }
    return state;
}

/* The own share, once the proof for R has verified: a copied R would harvest K by complaints. */
static void open_share(kw_session *s, session_deal *deal)
{
    if (s->self_new == 0 || !s->has_key) {
        return;
    }
    KW_AUTO(kw_share) share = {0};
    kw_status st = kw_dealing_open(&share, &deal->dealing, s->self_new, &s->ek);
    if (st == KW_RANGE || st == KW_REFUSED) {
        deal->share_state = SESSION_SHARE_BAD;
    }
    if (st != KW_OK) {
        return;
    }
    deal->share = kw_arena_new(s->setup.memory.secrets, 1, sizeof *deal->share);
    if (deal->share == NULL) {
        session_fail(s);
        return;
    }
    *deal->share = share;
    deal->share_state = SESSION_SHARE_GOOD;
}

static void check_proofs(kw_session *s, session_deal *deal)
{
    const session_shares *shares = deal->shares_letter->read;
    const kw_dealing_claim claim = {.deal = &deal->deal,
                                    .hash = deal->letter->message.hash,
                                    .shares = &shares->shares,
                                    .scope = &s->scope,
                                    .place = &deal->place};
    kw_status st = kw_dealing_check(&deal->dealing, &claim);
    deal->state = st == KW_OK ? SESSION_DEAL_PROVEN : SESSION_DEAL_UNSOUND;
}

/* Goes as far as what is here allows. */
static void judge(kw_session *s, session_deal *deal, uint64_t now)
{
    if (deal->state == SESSION_DEAL_BARE) {
        deal->shares_letter = find_shares(s, deal);
        if (deal->shares_letter == NULL) {
            return;
        }
        kw_wants_drop(&s->wants, &deal->deal.shares_root);
        check_proofs(s, deal);
    }
    if (deal->state == SESSION_DEAL_PROVEN) {
        deal->state = check_receivers(s, deal, now);
        if (deal->state == SESSION_DEAL_SOUND) {
            open_share(s, deal);
        }
    }
}

static void judge_dealer(kw_session *s, uint16_t dealer, uint64_t now)
{
    const kw_letter *at = first_letter(s, dealer, KW_MESSAGE_DEAL);
    for (; at != NULL; at = at->second) {
        if (at->read != NULL) {
            judge(s, at->read, now);
        }
    }
}

static bool waits_for(const session_deal *deal, const kw_hash32 *hello)
{
    const kw_hash_list *named = &deal->deal.receivers;
    for (uint16_t j = 0; deal->state == SESSION_DEAL_PROVEN && j < named->count; j++) {
        if (session_is_same(&named->items[j], hello)) {
            return true;
        }
    }
    return false;
}

void session_judge_waiting(kw_session *s, const kw_hash32 *hello, uint64_t now)
{
    const kw_letter *at = NULL;
    while ((at = kw_mailbox_next(&s->mailbox, KW_MESSAGE_DEAL, at)) != NULL) {
        if (at->read != NULL && waits_for(at->read, hello)) {
            judge(s, at->read, now);
        }
    }
}

/* C_0 must be the dealer's key in the certificate before: rejects stale, wrong and foreign source
 * shares, and proves them (FP5). */
static bool has_wrong_source(kw_session *s, const session_deal *deal)
{
    const kw_session_setup *setup = &s->setup;
    kw_group_g2 vk;
    if (s->scope.kind != KW_SESSION_RESHARE) {
        return false;
    }
    return setup->group->g2_poly_eval(&vk, setup->polynomial_old, setup->fields.t_old,
                                      deal->place.dealer) != KW_OK ||
           !setup->group->g2_equal(&deal->deal.c.g2[0], &vk);
}

static uint16_t dealer_of(const kw_session *s, const kw_letter *letter)
{
    const kw_recipient *sender = kw_audience_at(&s->audience, letter->place.sender);
    return s->scope.kind == KW_SESSION_RESHARE ? sender->old_index : sender->new_index;
}

kw_status session_read_deal(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    session_deal *deal = kw_arena_new(s->setup.memory.lasting, 1, sizeof *deal);
    if (deal == NULL) {
        return KW_LIMIT;
    }
    deal->letter = letter;
    deal->deal = m->body.deal;
    deal->place = place_of(s, dealer_of(s, letter));
    letter->read = deal;
    if (has_wrong_source(s, deal)) {
        deal->state = SESSION_DEAL_UNSOUND;
        const kw_session_evidence evidence = {5, letter->place.sender, {letter}, 1};
        session_report_deed(s, &evidence);
        return KW_OK;
    }
    judge(s, deal, now);
    if (deal->state == SESSION_DEAL_BARE) {
        session_ask_namers(s, deal, now);
    }
    return KW_OK;
}

kw_status session_read_shares(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    session_shares *read = kw_arena_new(s->setup.memory.lasting, 1, sizeof *read);
    if (read == NULL) {
        return KW_LIMIT;
    }
    read->shares = m->body.shares;
    kw_shares_root(&read->root, &read->shares);
    letter->read = read;
    kw_mailbox_name(&s->mailbox, letter, &read->root);
    judge_dealer(s, dealer_of(s, letter), now);
    return KW_OK;
}

/* The dealer named them, and is charged: a holder may name a liar's dealing in good faith. */
static void ask_for_hellos(kw_session *s, const session_deal *deal, uint16_t holder, uint64_t now)
{
    for (uint16_t j = 1; j <= s->scope.n; j++) {
        const kw_hash32 *hello = &deal->deal.receivers.items[j - 1];
        if (kw_wants_has(&s->wants, hello)) {
            session_want(s, hello, KW_MESSAGE_HELLO, holder, now);
        }
    }
}

void session_seek_dealing(kw_session *s, uint16_t dealer, const kw_hash32 *hash, uint16_t holder,
                          uint64_t now)
{
    session_deal *deal = session_deal_of(s, dealer, hash);
    if (deal == NULL) {
        if (kw_mailbox_find(&s->mailbox, hash) == NULL) {
            session_want(s, hash, KW_MESSAGE_DEAL, holder, now);
        }
        return;
    }
    judge(s, deal, now);
    if (deal->state == SESSION_DEAL_BARE) {
        session_want(s, &deal->deal.shares_root, KW_MESSAGE_SHARES, holder, now);
    } else if (deal->state == SESSION_DEAL_PROVEN) {
        ask_for_hellos(s, deal, holder, now);
    }
}

/* ---- HAVE ---- */
static bool is_in(const kw_session *s, uint16_t dealer)
{
    const session_deal *deal = session_single_deal(s, dealer);
    return session_is_double(s, dealer) || (deal != NULL && deal->state != SESSION_DEAL_BARE);
}

static bool all_are_in(const kw_session *s)
{
    for (uint16_t i = 1; i <= s->scope.dealers; i++) {
        if (s->is_expected[s->dealers[i - 1].rank - 1] && !is_in(s, i)) {
            return false;
        }
    }
    return true;
}

/* The first complete dealing; a HAVE that is late promises nothing: others would not have the time
 * to get what only this member has. */
static void note_had(kw_session *s, uint64_t now)
{
    uint64_t late = session_deadline(s, SESSION_DEAL_END) + s->setup.delta_ms / 4;
    for (uint16_t i = 1; i <= s->scope.dealers && now <= late; i++) {
        const kw_letter *at = first_letter(s, i, KW_MESSAGE_DEAL);
        for (; at != NULL && session_is_none(&s->dealers[i - 1].had); at = at->second) {
            const session_deal *deal = at->read;
            if (deal != NULL &&
                (deal->state == SESSION_DEAL_PROVEN || deal->state == SESSION_DEAL_SOUND)) {
                s->dealers[i - 1].had = at->message.hash;
            }
        }
    }
}

static void say_have(kw_session *s, uint64_t now)
{
    kw_hash32 *deals = kw_arena_new(s->setup.memory.scratch, s->scope.dealers, sizeof *deals);
    if (deals == NULL) {
        session_fail(s);
        return;
    }
    note_had(s, now);
    for (uint16_t i = 0; i < s->scope.dealers; i++) {
        deals[i] = s->dealers[i].had;
    }
    kw_message m = {.header.type = KW_MESSAGE_HAVE};
    m.body.have.deals = (kw_hash_list){deals, s->scope.dealers};
    session_say(s, &m, &s->sid, now);
}

bool session_run_dealings(kw_session *s, uint64_t now)
{
    if (s->self_new == 0) {
        s->phase = KW_SESSION_SET; /* looks on */
        return true;
    }
    if (!all_are_in(s) && now < session_deadline(s, SESSION_DEAL_END)) {
        return false;
    }
    s->phase = KW_SESSION_JUDGING;
    say_have(s, now);
    return true;
}
