/* SPDX-License-Identifier: Apache-2.0
 * A certificate that is right in all its parts, of a roster that nobody appointed: operators of
 * the forger's own make a key and vouch for it. Without pin and chain nobody must believe it. */
#include "kw_sim/craft.h"
#include "kw_sim/faults_inner.h"
#include "kw_sim/node.h"
#include "kw_sim/post.h"
#include "threshold/engine/use/purpose.h"

enum {
    FORGERS = 4,
    FORGER_FIRST = SIM_POOL_MAX - FORGERS, /* in the pool */
    FORGED_BYTES_MAX = 64 << 10,
    FORGERY_ARENA_MAX = 4 << 20,
};

/* One roster, one key, and what is made with them. */
typedef struct forgery {
    sim_node *node;
    kw_arena arena;
    const kw_group *group;
    kw_roster roster;
    kw_quorum quorum;
    kw_group_secret a[FORGERS];
    kw_group_g2 polynomial[FORGERS];
    kw_dealing_ref dealings[FORGERS];
    kw_certificate certificate;
} forgery;

static void make_roster(forgery *f)
{
    kw_roster_entry entries[FORGERS];
    sim_world *world = f->node->world;
    for (uint32_t i = 0; i < FORGERS; i++) {
        entries[i] = peer_entry(sim_pool_peer(world->pool, FORGER_FIRST + i, world->plan.curve));
    }
    kw_error err;
    kw_roster_source source = {entries, FORGERS, &world->verdicts.schemes, false};
    kw_status st = kw_roster_make(&f->roster, &f->arena, &source, &err);
    KW_ASSERT(st == KW_OK);
    st = kw_quorum_of(&f->quorum, FORGERS, KW_THRESHOLD_RATIO_DEFAULT);
    KW_ASSERT(st == KW_OK);
}

static void make_key(forgery *f)
{
    for (uint16_t k = 0; k < f->quorum.t; k++) {
        uint8_t wide[KW_GROUP_WIDE_BYTES];
        kw_status st = kw_rng_fill(&f->node->rng_port, KW_MSPAN(wide));
        KW_ASSERT(st == KW_OK);
        st = f->group->secret_of_random(&f->a[k], KW_SPAN(wide));
        KW_ASSERT(st == KW_OK);
        f->group->g2_base(&f->polynomial[k], &f->a[k]);
    }
    for (uint16_t i = 0; i < FORGERS; i++) {
        f->dealings[i] = (kw_dealing_ref){.dealer = (uint16_t)(i + 1), .hash = {{1}}};
    }
}

/* secret * H1(digest) */
static kw_group_g1 sign_digest(const forgery *f, const kw_group_secret *secret, kw_purpose purpose)
{
    kw_group_g1 point;
    const kw_purposed what = {purpose, KW_SPAN(f->certificate.candidate.digest.bytes)};
    kw_status st = kw_purposed_hash(&point, f->group, &what);
    KW_ASSERT(st == KW_OK);
    f->group->g1_mul(&point, &point, secret);
    return point;
}

static kw_authenticated sign_as(forgery *f, uint16_t index, const kw_message *message,
                                const kw_message_scope *scope)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(FORGED_BYTES_MAX);
    kw_writer w = kw_writer_to(&wire);
    kw_message_write(&w, message, scope);
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    kw_span payload;
    st = kw_arena_copy_span(&f->arena, &payload, kw_buf_view(&wire));
    KW_ASSERT(st == KW_OK);
    sim_world *world = f->node->world;
    const kw_address *address = &kw_roster_at(&f->roster, index)->address;
    kw_authenticated out = {0};
    for (uint32_t i = 0; i < FORGERS; i++) {
        const peer *p = sim_pool_peer(world->pool, FORGER_FIRST + i, world->plan.curve);
        if (memcmp(p->address.bytes, address->bytes, sizeof address->bytes) == 0) {
            st = kw_authenticated_make(&out, payload, &p->signer);
            KW_ASSERT(st == KW_OK);
        }
    }
    return out;
}

static void make_candidate(forgery *f, uint64_t timestamp)
{
    kw_candidate *c = &f->certificate.candidate;
    *c = (kw_candidate){
        .cluster_id = f->node->world->cluster_id,
        .fields = {.kind = KW_SESSION_GENESIS,
                   .epoch = 1,
                   .timestamp = timestamp,
                   .roster_new = f->roster.hash,
                   .t_new = f->quorum.t,
                   .suite = f->node->world->plan.suite},
        .set = {{2}},
        .roster_old = kw_arena_new(&f->arena, 1, sizeof(kw_roster)),
        .roster_new = &f->roster,
        .dealings = f->dealings,
        .dealings_count = f->quorum.q,
        .polynomial = f->polynomial,
    };
    KW_ASSERT(c->roster_old != NULL);
    kw_candidate_name(c, f->group);
}

static void make_commits(forgery *f)
{
    kw_candidate *c = &f->certificate.candidate;
    kw_message_scope scope = kw_candidate_scope(c, f->group);
    kw_authenticated *items = kw_arena_new(&f->arena, FORGERS, sizeof *items);
    KW_ASSERT(items != NULL);
    for (uint16_t j = 1; j <= f->quorum.q; j++) {
        kw_group_secret share;
        kw_status st = f->group->poly_eval(&share, f->a, f->quorum.t, j);
        KW_ASSERT(st == KW_OK);
        const kw_address *sender = &kw_roster_at(&f->roster, j)->address;
        kw_message m = {.header = kw_candidate_header(c, KW_MESSAGE_COMMIT, sender)};
        m.body.commit.digest = c->digest;
        m.body.commit.share = sign_digest(f, &share, KW_PURPOSE_READY);
        items[j - 1] = sign_as(f, j, &m, &scope);
    }
    c->commits = (kw_authenticated_list){items, f->quorum.q};
}

static void make_precommits(forgery *f)
{
    const kw_candidate *c = &f->certificate.candidate;
    kw_message_scope scope = {.group = f->group, .instance = KW_INSTANCE_HANDOVER};
    kw_authenticated *items = kw_arena_new(&f->arena, FORGERS, sizeof *items);
    KW_ASSERT(items != NULL);
    for (uint16_t j = 1; j <= f->quorum.b; j++) {
        kw_message m = {.header = {.type = KW_MESSAGE_PRECOMMIT,
                                   .cluster_id = c->cluster_id,
                                   .epoch = 1,
                                   .sender = kw_roster_at(&f->roster, j)->address}};
        kw_certificate_iid(&m.header.sid, &f->certificate);
        m.body.vote.value = c->digest;
        items[j - 1] = sign_as(f, j, &m, &scope);
    }
    f->certificate.precommits = (kw_authenticated_list){items, f->quorum.b};
}

bool sim_fault_fake_certificate(sim_node *self, uint16_t to, const sim_parcel *asked)
{
    if (asked->kind != SIM_GET_EPOCH || self->mischief_left == 0) {
        return false;
    }
    self->mischief_left--;
    forgery f = {
        .node = self, .arena = kw_arena_init(FORGERY_ARENA_MAX), .group = self->world->plan.group};
    make_roster(&f);
    make_key(&f);
    make_candidate(&f, SIM_START_S);
    make_commits(&f);
    make_precommits(&f);
    f.certificate.canary = sign_digest(&f, &f.a[0], KW_PURPOSE_EPOCH);
    kw_certificate_name(&f.certificate, f.group);
    KW_AUTO(kw_buf) file = kw_buf_init(FORGED_BYTES_MAX);
    kw_status st = kw_certificate_encode(&file, &f.certificate, f.group);
    KW_ASSERT(st == KW_OK);
    sim_parcel parcel = {.kind = SIM_FILE, .bytes = kw_buf_view(&file)};
    sim_post_send(self->world, self->number, to, sim_post_parcel(self->world, &parcel));
    kw_arena_drop(&f.arena);
    return true;
}
