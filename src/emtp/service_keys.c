/* SPDX-License-Identifier: Apache-2.0
 * Use cases of the key server: read, plan, audit, apply, publish. Secret inputs: none of its own;
 * key bytes pass only through key_plan.c and key_answer.c. Source: emtp.md section 7. */
#include "emtp/service_keys.h"

#include "base/heap.h"
#include "emtp/key_plan.h"
#include "os/snapshot.h"

/* Other nodes may be faster: their change makes ours plan anew, so often at most. */
enum {
    TRIES_MAX = 8
};

/* What requests read: the answer of now and, where it is known, the one after it, so that at a
 * boundary nobody waits for the tick. */
typedef struct board {
    kw_emtp_key_answer *answers[2]; /* the second may be NULL */
    int64_t change;                 /* of the keys it was made from */
} board;

struct kw_emtp_key_service {
    kw_emtp_plan_rules rules;
    kw_emtp_plan_ports plan_ports;
    kw_emtp_key_ports ports;
    kw_mutex changing; /* one change at a time; guards `plan` */
    kw_emtp_key_plan plan;
    kw_snapshot published; /* board */
};

/* ---- publishing ---- */

static void board_free(void *object)
{
    board *old = object;
    if (old == NULL) {
        return;
    }
    kw_emtp_key_answer_release(old->answers[0]);
    kw_emtp_key_answer_release(old->answers[1]);
    kw_heap_free(old);
}

typedef struct publish_call {
    kw_emtp_key_service *service;
    kw_unix_s now;
    board *made;
} publish_call;

/* True when at `then` no key would have to be made first. */
static bool is_complete(const kw_emtp_key_service *service, kw_unix_s then)
{
    kw_emtp_key_info missing[KW_EMTP_MISSING_MAX];
    return kw_emtp_keys_missing(missing, &service->rules.rule,
                                kw_emtp_key_list_view(&service->plan.before), then, 0) == 0;
}

static kw_emtp_key_opener opener_of(const kw_emtp_key_service *service)
{
    return (kw_emtp_key_opener){.sealer = service->ports.sealer,
                                .allow_test_key = service->rules.test_key};
}

static kw_status make_board(kw_tx *tx, void *ctx, kw_error *err)
{
    publish_call *call = ctx;
    kw_emtp_key_service *service = call->service;
    kw_emtp_key_list *keys = &service->plan.before;
    kw_emtp_answer_source source = {
        .opener = opener_of(service), .rule = &service->rules.rule, .keys = keys};
    KW_TRY(kw_emtp_key_rows_load(tx, keys, call->now, err));
    call->made->change = keys->change;
    KW_TRY(kw_emtp_key_answer_new(tx, &call->made->answers[0], &source, call->now, err));
    kw_unix_s then = call->made->answers[0]->until;
    if (!is_complete(service, then)) {
        return KW_OK;
    }
    return kw_emtp_key_answer_new(tx, &call->made->answers[1], &source, then, err);
}

static kw_status publish(kw_emtp_key_service *service, kw_unix_s now, kw_error *err)
{
    board *made = kw_heap_new(1, sizeof *made);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for the published keys");
    publish_call call = {.service = service, .now = now, .made = made};
    kw_status st = kw_store_read(service->ports.store, make_board, &call, err);
    if (st != KW_OK) {
        board_free(made);
        return kw_error_at(err, st, "publishing the epoch keys");
    }
    kw_snapshot_publish(&service->published, made);
    return kw_emtp_stream_refresh(service->ports.stream, service->ports.store, err);
}

/* True when what requests read was made from the keys in plan.before and holds at `now`. */
static bool is_published(kw_emtp_key_service *service, kw_unix_s now)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&service->published);
    const board *present = hold.object;
    return present != NULL && present->change == service->plan.before.change &&
           present->answers[0]->from <= now && now < present->answers[0]->until;
}

/* ---- changes ---- */

/* Which change is wanted besides what is due. */
typedef enum wish {
    WISH_NOTHING,
    WISH_RENEWAL,
    WISH_REVOCATION
} wish;

typedef struct change_call {
    kw_emtp_key_service *service;
    wish wish;
    kw_str kid; /* of the key to revoke */
    const kw_guard_actor *actor;
    kw_unix_s now;
} change_call;

static kw_status load(kw_tx *tx, void *ctx, kw_error *err)
{
    change_call *call = ctx;
    return kw_emtp_key_rows_load(tx, &call->service->plan.before, call->now, err);
}

static kw_status plan(change_call *call, kw_error *err)
{
    kw_emtp_key_service *service = call->service;
    KW_TRY(kw_store_read(service->ports.store, load, call, err));
    kw_emtp_plan_start(&service->plan, call->now);
    switch (call->wish) {
    case WISH_NOTHING:
        break;
    case WISH_RENEWAL:
        KW_TRY(kw_emtp_plan_renewal(&service->plan, &service->rules, err));
        break;
    case WISH_REVOCATION:
        KW_TRY(kw_emtp_plan_revocation(&service->plan, call->kid, err));
        break;
    }
    return kw_emtp_plan_due(&service->plan, &service->rules, err);
}

static kw_status apply(kw_tx *tx, void *ctx, kw_error *err)
{
    change_call *call = ctx;
    return kw_emtp_plan_apply(tx, &call->service->plan, &call->service->plan_ports, err);
}

/* One record for each key that is made or revoked: with OK before the commit, with what went wrong
 * after one that failed. */
static kw_status audit(const change_call *call, kw_status outcome, kw_error *err)
{
    const kw_emtp_key_plan *what = &call->service->plan;
    for (size_t i = 0; i < what->after.count; i++) {
        bool is_new = i >= what->before.count;
        bool is_revoked =
            !is_new && what->before.items[i].revoked_at != what->after.items[i].revoked_at;
        if (!is_new && !is_revoked) {
            continue;
        }
        kw_audit_event event = {.tenant = call->actor->tenant,
                                .actor = call->actor->id,
                                .method = call->actor->method,
                                .action = is_new ? KW_STR("emtp.key.created")
                                                 : KW_STR("emtp.key.revoked"),
                                .object = kw_emtp_kid_text(&what->after.items[i].kid),
                                .outcome = outcome,
                                .request_id = call->actor->request_id};
        KW_TRY(kw_audit_append_wait(call->service->ports.audit, &event, err));
    }
    return KW_OK;
}

static void describe(const change_call *call, kw_emtp_key_change *out)
{
    const kw_emtp_key_service *service = call->service;
    const kw_emtp_key_plan *what = &service->plan;
    *out = (kw_emtp_key_change){.has_new_rows = what->listings_count > 0};
    if (call->wish != WISH_NOTHING && what->after.count > what->before.count) {
        out->kid = what->after.items[what->before.count].kid; /* the wished one is the first */
    }
    out->next = kw_emtp_keys_next_moment(&service->rules.rule, kw_emtp_key_list_view(&what->after),
                                         call->now, service->rules.ahead_s);
}

static kw_status try_change(change_call *call, kw_emtp_key_change *out, kw_error *err)
{
    kw_emtp_key_service *service = call->service;
    KW_TRY(plan(call, err));
    if (!kw_emtp_plan_is_empty(&service->plan)) {
        KW_TRY(audit(call, KW_OK, err));
        kw_status st = kw_store_write(service->ports.store, apply, call, err);
        if (st != KW_OK) {
            /* The first failure is the one to tell; this one is on the record when it can be. */
            kw_status noted = audit(call, st, NULL);
            return noted == KW_OK || st != KW_CONFLICT ? st : noted;
        }
    }
    describe(call, out);
    return KW_OK;
}

static kw_status change(change_call *call, kw_emtp_key_change *out, kw_error *err)
{
    kw_emtp_key_service *service = call->service;
    KW_AUTO(kw_locked) hold = kw_lock(&service->changing);
    kw_status st = KW_CONFLICT;
    for (int tries = 0; tries < TRIES_MAX && st == KW_CONFLICT; tries++) {
        st = try_change(call, out, err);
    }
    KW_TRY(st);
    bool has_changed = !kw_emtp_plan_is_empty(&service->plan);
    return has_changed || !is_published(service, call->now) ? publish(service, call->now, err)
                                                            : KW_OK;
}

static const kw_guard_actor *by_the_clock(void)
{
    static const kw_guard_actor clock = {
        .id = {"system", 6}, .method = KW_AUTH_SYSTEM, .roles = KW_GUARD_ALL_ROLES};
    return &clock;
}

kw_status kw_emtp_keys_tick(kw_emtp_key_service *service, kw_emtp_key_change *out, kw_unix_s now,
                            kw_error *err)
{
    change_call call = {.service = service, .actor = by_the_clock(), .now = now};
    return change(&call, out, err);
}

kw_status kw_emtp_keys_rotate(kw_emtp_key_service *service, kw_emtp_key_change *out,
                              const kw_guard_actor *actor, kw_unix_s now, kw_error *err)
{
    change_call call = {.service = service, .wish = WISH_RENEWAL, .actor = actor, .now = now};
    return change(&call, out, err);
}

kw_status kw_emtp_keys_revoke(kw_emtp_key_service *service, kw_emtp_key_change *out, kw_str kid,
                              const kw_guard_actor *actor, kw_unix_s now, kw_error *err)
{
    change_call call = {
        .service = service, .wish = WISH_REVOCATION, .kid = kid, .actor = actor, .now = now};
    return change(&call, out, err);
}

/* ---- reading ---- */

kw_emtp_key_answer *kw_emtp_keys_answer(kw_emtp_key_service *service, kw_unix_s now)
{
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&service->published);
    const board *present = hold.object;
    for (size_t i = 0; present != NULL && i < KW_COUNT(present->answers); i++) {
        kw_emtp_key_answer *answer = present->answers[i];
        if (answer != NULL && answer->from <= now && now < answer->until) {
            kw_emtp_key_answer_retain(answer);
            return answer;
        }
    }
    return NULL;
}

typedef struct manifest_call {
    const kw_emtp_key_service *service;
    kw_secret_bytes *out;
    kw_str kid;
    kw_unix_s now;
} manifest_call;

static kw_status read_manifest(kw_tx *tx, void *ctx, kw_error *err)
{
    manifest_call *call = ctx;
    kw_emtp_key_info key = {0};
    KW_TRY_AT(err, kw_emtp_key_rows_find(tx, &key, call->kid, err), "looking for an epoch key");
    KW_REQUIRE(key.revoked_at == 0 && call->now < key.expires_at, err, KW_GONE,
               "the key was revoked or has expired");
    KW_REQUIRE(key.window.not_before <= call->now, err, KW_NOT_FOUND, "no such epoch key");
    kw_emtp_key_opener opener = opener_of(call->service);
    return kw_emtp_manifest_render(tx, call->out, &opener, &key, err);
}

kw_status kw_emtp_keys_manifest(kw_emtp_key_service *service, kw_secret_bytes *out, kw_str kid,
                                kw_unix_s now, kw_error *err)
{
    manifest_call call = {.service = service, .out = out, .kid = kid, .now = now};
    return kw_store_read(service->ports.store, read_manifest, &call, err);
}

typedef struct list_call {
    kw_emtp_key_list *out;
    kw_unix_s now;
} list_call;

static kw_status read_list(kw_tx *tx, void *ctx, kw_error *err)
{
    list_call *call = ctx;
    return kw_emtp_key_rows_load(tx, call->out, call->now, err);
}

kw_status kw_emtp_keys_list(kw_emtp_key_service *service, kw_emtp_key_list *out, kw_unix_s now,
                            kw_error *err)
{
    list_call call = {.out = out, .now = now};
    return kw_store_read(service->ports.store, read_list, &call, err);
}

/* ---- life ---- */

kw_status kw_emtp_key_service_open(kw_emtp_key_service **out, const kw_emtp_key_rules *rules,
                                   const kw_emtp_key_ports *ports, kw_unix_s now, kw_error *err)
{
    KW_REQUIRE(kw_emtp_rule_is_valid(&rules->rule), err, KW_CONFIG, "emtp: cadence or overlap");
    kw_emtp_key_service *service = kw_heap_new(1, sizeof *service);
    KW_REQUIRE(service != NULL, err, KW_NO_MEMORY, "no memory for the key service");
    service->rules = (kw_emtp_plan_rules){.rule = rules->rule,
                                          .ahead_s = rules->ahead_s,
                                          .prepublish = rules->prepublish,
                                          .test_key = rules->test_key};
    service->ports = *ports;
    service->plan_ports = (kw_emtp_plan_ports){.sealer = ports->sealer,
                                               .rng = ports->rng,
                                               .public_url = rules->public_url,
                                               .stream = KW_EMTP_STREAM_KEYS};
    kw_snapshot_init(&service->published, NULL, board_free);
    kw_emtp_key_change first = {0};
    kw_status st = kw_emtp_keys_tick(service, &first, now, err);
    if (st != KW_OK) {
        kw_emtp_key_service_free(service);
        return st;
    }
    *out = service;
    return KW_OK;
}

void kw_emtp_key_service_free(kw_emtp_key_service *service)
{
    if (service == NULL) {
        return;
    }
    kw_snapshot_drop(&service->published);
    kw_heap_free(service);
}
