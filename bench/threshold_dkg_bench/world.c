/* SPDX-License-Identifier: Apache-2.0
 * A session as one member finds it. */
#include "threshold/engine/group/generator.h"
#include "threshold_dkg_bench/work.h"

#include <stdio.h>
#include <stdlib.h>

void dkg_must(kw_status st)
{
    if (st != KW_OK) {
        fprintf(stderr, "threshold_dkg_bench: %s\n", kw_status_name(st));
        exit(1);
    }
}

static void make_members(dkg_work *w)
{
    for (uint16_t j = 1; j <= w->quorum.n; j++) {
        kw_group_secret ek = dkg_drawn(w);
        w->group->g1_base(&w->receivers[j - 1].ek, &ek);
        w->receivers[j - 1].hello = (kw_hash32){{1, (uint8_t)j}};
        w->ek = j == w->self ? ek : w->ek;
        w->oks[j - 1] = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = w->digest};
        w->partials[j - 1] = threshold_key_sign(&w->key, j, &w->epoch);
        peer_make(&w->peers[j - 1], j, KW_PEER_BN254);
        w->signatures[j - 1] = peer_sign(&w->peers[j - 1], &w->digest);
        w->claims[j - 1] = (kw_peer_claim){&kw_peer_bn254, &w->peers[j - 1].key, &w->digest,
                                           kw_peer_signature_view(&w->signatures[j - 1])};
    }
}

static void make_letters(dkg_work *w)
{
    dkg_make_hello(w, &w->hello);
    dkg_make_deal(w, &w->secrets, &w->c, &w->arena);
    w->deal = w->made;
    w->shares = w->made_shares;
    if (w->session->suite == KW_SUITE_PEDERSEN) {
        dkg_make_extract(w, &w->arena);
    }
    for (uint16_t j = 1; w->session->faults == DKG_OPENED && j <= w->quorum.n; j++) {
        dkg_make_opened(w, &w->opened[j - 1], j);
    }
    kw_message echo = dkg_message_of(w, KW_MESSAGE_ECHO);
    echo.body.echo = (kw_echo){w->oks, w->quorum.n};
    dkg_write(&w->echo, &echo, w);
}

static void make_points(dkg_work *w)
{
    kw_group_g2 *points = kw_arena_new(&w->arena, w->quorum.t, sizeof *points);
    dkg_must(points == NULL ? KW_LIMIT : KW_OK);
    for (size_t k = 0; k < w->quorum.t; k++) {
        w->group->g2_base(&points[k], &w->secrets.a[k]);
    }
    w->points = points;
}

void dkg_work_make(dkg_work *out, const dkg_session *session, uint16_t n)
{
    dkg_work *w = out;
    *w = (dkg_work){.session = session,
                    .group = &kw_group_bls12_381,
                    .digest = {{0xd1}},
                    .self = (uint16_t)(n - 1),
                    .source = {.seed = n}};
    w->epoch = (kw_purposed){KW_PURPOSE_EPOCH, KW_SPAN(w->digest.bytes)};
    w->rng = seeded_rng_port(&w->source);
    w->arena = kw_arena_init((size_t)64 << 20);
    w->round = kw_arena_init((size_t)256 << 20);
    dkg_must(kw_quorum_of(&w->quorum, n, KW_THRESHOLD_RATIO_DEFAULT));
    const uint16_t up = (uint16_t)(n - 1 - w->quorum.f);
    w->dealers = session->faults == DKG_CRASHED ? up : (uint16_t)(n - 1);
    w->others = session->faults == DKG_ALL_UP ? (uint16_t)(n - 1) : up;
    w->scope = (kw_message_scope){
        .group = w->group,
        .kind = session->is_reshare ? KW_SESSION_RESHARE : KW_SESSION_GENESIS,
        .suite = session->suite,
        .n = n,
        .t = w->quorum.t,
        .dealers = n,
    };
    w->place = (kw_dealing_place){w->digest, {{DKG_OTHER}}, DKG_OTHER, {.words = {0}}};
    kw_pedersen_generator(&w->place.h, w->group, &w->digest, &w->digest);
    threshold_key_deal(&w->key, w->group, n, w->quorum.t, n);
    kw_peer_book_init(&w->book, &w->rng);
    make_members(w);
    make_letters(w);
    make_points(w);
}

void dkg_work_drop(dkg_work *w)
{
    kw_peer_book_drop(&w->book);
    kw_arena_drop(&w->arena);
    kw_arena_drop(&w->round);
}
