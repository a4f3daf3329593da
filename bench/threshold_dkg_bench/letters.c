/* SPDX-License-Identifier: Apache-2.0
 * The messages of a member: making, reading, counting their bytes. */
#include "threshold/engine/message/authenticated.h"
#include "threshold_dkg_bench/work.h"

kw_group_secret dkg_drawn(dkg_work *w)
{
    uint8_t random[KW_GROUP_WIDE_BYTES];
    kw_group_secret out;
    dkg_must(kw_rng_fill(&w->rng, KW_MSPAN(random)));
    dkg_must(w->group->secret_of_random(&out, KW_SPAN(random)));
    return out;
}

kw_message dkg_message_of(const dkg_work *w, kw_message_type type)
{
    return (kw_message){.header = {.type = type,
                                   .suite = w->scope.suite,
                                   .sid = w->place.sid,
                                   .epoch = 1,
                                   .sender = w->place.sender}};
}

void dkg_write(dkg_letter *out, const kw_message *message, const dkg_work *w)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(sizeof out->bytes);
    kw_writer writer = kw_writer_to(&bytes);
    kw_message_write(&writer, message, &w->scope);
    dkg_must(kw_write_end(&writer));
    memcpy(out->bytes, bytes.ptr, bytes.len);
    out->len = bytes.len;
}

void dkg_read(kw_message *out, dkg_work *w, const dkg_letter *in)
{
    dkg_must(kw_message_decode(out, &w->round, (kw_span){in->bytes, in->len}, &w->scope));
}

void dkg_make_hello(dkg_work *w, dkg_letter *out)
{
    static const uint8_t suites[] = {KW_SUITE_FELDMAN, KW_SUITE_PEDERSEN};
    kw_message hello = dkg_message_of(w, KW_MESSAGE_HELLO);
    const kw_pok_place place = {KW_POK_EK, w->place.sid, w->place.sender};
    kw_group_secret ek = dkg_drawn(w);
    kw_group_secret nonce = dkg_drawn(w);
    hello.body.hello.suites = KW_SPAN(suites);
    w->group->g1_base(&hello.body.hello.ek, &ek);
    kw_pok_g1_make(&hello.body.hello.proof, w->group, &place, &ek, &nonce);
    dkg_write(out, &hello, w);
}

static void draw_dealer(dkg_work *w, kw_dealer_secrets *out, kw_arena *arena)
{
    size_t len = kw_dealer_random_bytes(&w->scope);
    kw_mspan random = {kw_arena_new(arena, len, 1), len};
    dkg_must(random.ptr == NULL ? KW_LIMIT : kw_rng_fill(&w->rng, random));
    const kw_group_secret *source = w->session->is_reshare ? &w->key.shares[DKG_OTHER - 1] : NULL;
    dkg_must(kw_dealer_secrets_draw(out, arena, &w->scope, kw_span_of_mspan(random), source));
}

void dkg_make_deal(dkg_work *w, kw_dealer_secrets *out, kw_commitments *out_c, kw_arena *arena)
{
    kw_message deal = dkg_message_of(w, KW_MESSAGE_DEAL);
    kw_message shares = dkg_message_of(w, KW_MESSAGE_SHARES);
    draw_dealer(w, out, arena);
    const kw_dealing_parts parts = {&w->scope, &w->place, out, w->receivers};
    dkg_must(kw_dealing_make(&deal.body.deal, &shares.body.shares, arena, &parts));
    dkg_write(&w->made, &deal, w);
    dkg_write(&w->made_shares, &shares, w);
    *out_c = deal.body.deal.c;
}

void dkg_make_extract(dkg_work *w, kw_arena *arena)
{
    kw_message extract = dkg_message_of(w, KW_MESSAGE_EXTRACT);
    const kw_dealing_parts parts = {&w->scope, &w->place, &w->secrets, w->receivers};
    dkg_must(kw_extract_make(&extract.body.extract, arena, &w->c, &parts));
    dkg_write(&w->extract, &extract, w);
}

/* As if all f dealers had dealt what the other did. */
void dkg_make_opened(dkg_work *w, dkg_letter *out, uint16_t member)
{
    kw_message opened = dkg_message_of(w, KW_MESSAGE_RECONSTRUCT);
    kw_opened_share shares[DKG_MEMBERS_MAX];
    kw_group_secret f;
    kw_group_secret f2;
    dkg_must(w->group->poly_eval(&f, w->secrets.a, w->secrets.t, member));
    dkg_must(w->group->poly_eval(&f2, w->secrets.b, w->secrets.t, member));
    for (uint16_t i = 0; i < w->quorum.f; i++) {
        shares[i].dealer = (uint16_t)(i + 1);
        w->group->secret_reveal(&shares[i].f, &f);
        w->group->secret_reveal(&shares[i].f2, &f2);
    }
    opened.body.reconstruct = (kw_reconstruct){shares, w->quorum.f};
    dkg_write(out, &opened, w);
}

/* ---- what a member sends ---- */
size_t dkg_messages(const dkg_session *session)
{
    /* HELLO, DEAL, SHARES, HAVE, ECHO, two votes on the dealer set, COMMIT, two votes on handing
     * over, SEAL */
    size_t messages = 11;
    if (session->suite == KW_SUITE_PEDERSEN) {
        messages += 1; /* EXTRACT */
    }
    if (session->faults == DKG_OPENED) {
        messages += 3; /* two votes on opening, RECONSTRUCT */
    }
    return messages;
}

static size_t text_bytes(const dkg_work *w, const dkg_letter *letter)
{
    KW_AUTO(kw_buf) text = kw_buf_init(KW_THRESHOLD_MESSAGE_TEXT_MAX);
    kw_authenticated message;
    dkg_must(kw_authenticated_make(&message, (kw_span){letter->bytes, letter->len},
                                   &w->peers[0].signer));
    dkg_must(kw_authenticated_encode(&text, &message));
    return text.len;
}

static size_t message_bytes(dkg_work *w, const kw_message *message)
{
    dkg_write(&w->made, message, w);
    return text_bytes(w, &w->made);
}

/* Those that the bench has no other use for. */
static size_t small_bytes(dkg_work *w)
{
    kw_hash32 deals[DKG_MEMBERS_MAX] = {{{0}}};
    kw_message have = dkg_message_of(w, KW_MESSAGE_HAVE);
    kw_message prevote = dkg_message_of(w, KW_MESSAGE_PREVOTE);
    kw_message precommit = dkg_message_of(w, KW_MESSAGE_PRECOMMIT);
    kw_message commit = dkg_message_of(w, KW_MESSAGE_COMMIT);
    size_t votes = w->session->faults == DKG_OPENED ? 3 : 2;
    have.body.have.deals = (kw_hash_list){deals, w->quorum.n};
    commit.body.commit.share = w->partials[0].signature;
    return message_bytes(w, &have) +
           votes * (message_bytes(w, &prevote) + message_bytes(w, &precommit)) +
           2 * message_bytes(w, &commit); /* a SEAL is as long */
}

size_t dkg_bytes_sent(dkg_work *w)
{
    size_t hello = text_bytes(w, &w->hello);
    size_t bytes = hello + text_bytes(w, &w->deal) + text_bytes(w, &w->shares) +
                   text_bytes(w, &w->echo) + small_bytes(w);
    if (w->session->suite == KW_SUITE_PEDERSEN) {
        bytes += text_bytes(w, &w->extract);
    }
    if (w->session->faults == DKG_OPENED) {
        bytes += text_bytes(w, &w->opened[0]);
    }
    if (w->session->faults == DKG_CRASHED) {
        bytes += hello * (w->others + (size_t)1);
    }
    return bytes * (w->quorum.n - (size_t)1);
}
