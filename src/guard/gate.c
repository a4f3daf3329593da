/* SPDX-License-Identifier: Apache-2.0
 * Every request passes here, on the loop threads: no lock, no SQL, nothing that blocks. Fixed
 * order, the first refusal answers and is audited. Source: hardening.md, head and sections 1 to 4,
 * 6. */
#include "guard/state.h"

#include "base/ct.h"
#include "codec/hex.h"
#include "codec/utf8.h"
#include "guard/limits.h"

enum {
    TICKET_ADMITTED = 1,
    FAILED_LOGIN_COST = 10,
    AUDIT_RETRY_S = 2,
    SPKI_HEX_BYTES = 64,
};

/* A request on its way through the checks. */
typedef struct passage {
    kw_guard *guard;
    const kw_approach *approach;
    kw_admission *out;
    kw_ip ip;
    kw_ip block; /* what shares a pre-auth bucket */
    const kw_directory *directory;
    const kw_identity_info *identity;   /* NULL: anonymous, or a member */
    char member[KW_GUARD_MEMBER_BYTES]; /* id of a member of the cluster; empty: none */
    kw_auth_method method;
    kw_role_set roles;
    bool has_failed_login; /* offered something that proves nothing */
} passage;

static kw_ip ip_of(const kw_peer *peer)
{
    kw_ip ip;
    _Static_assert(sizeof ip.bytes == sizeof peer->address.bytes, "both are mapped IPv6");
    memcpy(ip.bytes, peer->address.bytes, sizeof ip.bytes);
    return ip;
}

/* Listeners of the house, where nobody is anonymous and certificates are the only credentials. */
static bool is_inner(kw_listener listener)
{
    return listener == KW_LISTENER_ADMIN || listener == KW_LISTENER_PEER;
}

static kw_status greet(void *ctx, const kw_peer *peer)
{
    const kw_guard *guard = ctx;
    kw_networks allowed = guard->listeners[peer->listener];
    if (allowed.count == 0) {
        return is_inner(peer->listener) ? KW_FORBIDDEN : KW_OK;
    }
    kw_ip ip = ip_of(peer);
    return kw_networks_allow(allowed, &ip) ? KW_OK : KW_FORBIDDEN;
}

static kw_status limited(passage *p, kw_bucket_verdict verdict, kw_error *err)
{
    p->out->retry_after_s = verdict.retry_after_s;
    p->out->rate_remaining = (int32_t)verdict.remaining;
    return kw_fail(err, KW_RATE_LIMITED, "the bucket is empty");
}

static kw_status check_preauth(passage *p, kw_error *err)
{
    kw_bucket_verdict verdict = kw_buckets_take(p->guard->buckets, KW_BUCKET_PREAUTH,
                                                KW_SPAN(p->block.bytes), 1, p->approach->now_ms);
    return verdict.is_allowed ? KW_OK : limited(p, verdict, err);
}

/* ---- authentication ---- */

static bool is_api_key_good(const passage *p, const kw_directory_key *key, kw_span hashed)
{
    /* The same work for an id that does not exist. */
    static const kw_hash32 nothing = {{0}};
    kw_hash32 mac;
    kw_hmac_key_tag(&p->guard->keys->pepper, &mac, hashed);
    bool is_equal = kw_ct_span_equal(KW_SPAN(mac.bytes), key != NULL ? KW_SPAN(key->mac.bytes)
                                                                     : KW_SPAN(nothing.bytes));
    return is_equal && key != NULL && !key->info.is_revoked &&
           key->info.expires_ms > p->approach->now_ms;
}

static const kw_identity_info *find_by_api_key(const passage *p)
{
    kw_str scheme;
    kw_str token;
    kw_api_key_id id;
    kw_span hashed;
    if (is_inner(p->approach->peer->listener) ||
        !kw_str_split(p->approach->authorization, ' ', &scheme, &token) ||
        !kw_str_equal_nocase(scheme, KW_STR("bearer")) ||
        kw_api_key_parse(&id, &hashed, token) != KW_OK) {
        return NULL;
    }
    const kw_directory_key *key = kw_directory_find_key(p->directory, kw_str_of(id.text));
    return is_api_key_good(p, key, hashed) ? &p->directory->identities[key->holder] : NULL;
}

static const kw_identity_info *find_by_certificate(const passage *p,
                                                   const kw_x509_identity *certificate)
{
    const kw_identity_info *found = NULL;
    if (certificate->kind == KW_X509_IDENTITY_URI) {
        found = kw_directory_find_certificate(p->directory, KW_IDENTITY_URI,
                                              kw_str_of(certificate->text));
    } else if (certificate->kind == KW_X509_IDENTITY_DNS) {
        char lower[sizeof certificate->text]; /* DNS names have no case */
        size_t len = strlen(certificate->text);
        for (size_t i = 0; i < len; i++) {
            char c = certificate->text[i];
            lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }
        found = kw_directory_find_certificate(p->directory, KW_IDENTITY_DNS, (kw_str){lower, len});
    }
    if (found != NULL) {
        return found;
    }
    /* A pinned key stands on its own, whatever names the certificate has. */
    char hex[SPKI_HEX_BYTES];
    kw_hex_encode_to(hex, KW_SPAN(certificate->spki.bytes));
    return kw_directory_find_certificate(p->directory, KW_IDENTITY_SPKI, (kw_str){hex, sizeof hex});
}

/* Members of the cluster are no identities of the store: who they are changes with its roster. */
static bool is_member(passage *p, const kw_x509_identity *certificate)
{
    const kw_guard_members *members = &p->guard->members;
    return p->approach->peer->listener == KW_LISTENER_PEER && members->find != NULL &&
           members->find(members->ctx, p->member, &certificate->spki);
}

static bool is_known(const passage *p)
{
    return p->identity != NULL || p->member[0] != '\0';
}

static void identify(passage *p)
{
    const kw_x509_identity *certificate = p->approach->peer->certificate;
    if (p->approach->authorization.len > 0) {
        p->method = KW_AUTH_API_KEY;
        p->identity = find_by_api_key(p);
        p->has_failed_login = p->identity == NULL;
    } else if (certificate != NULL) {
        p->method = KW_AUTH_CERTIFICATE;
        p->identity = find_by_certificate(p, certificate);
        p->has_failed_login = p->identity == NULL && !is_member(p, certificate);
    }
    if (!is_known(p)) {
        p->method = KW_AUTH_NONE;
    }
}

/* Tells net/ and the handlers who asks. */
static kw_status present(passage *p)
{
    kw_arena *arena = p->approach->arena;
    kw_guard_caller *caller = kw_arena_new(arena, 1, sizeof *caller);
    if (caller == NULL) {
        return KW_NO_MEMORY;
    }
    *caller = (kw_guard_caller){.roles = p->roles, .method = p->method, .address = p->ip};
    p->out->caller.identity = caller;
    if (!is_known(p)) {
        return KW_OK;
    }
    bool is_stored = p->identity != NULL;
    kw_str id = is_stored ? p->identity->id : kw_str_of(p->member);
    kw_str tenant = is_stored ? p->identity->tenant : KW_STR("");
    /* The directory may be replaced while the request still runs. */
    if (kw_arena_copy_str(arena, &p->out->caller.id, id) != KW_OK ||
        kw_arena_copy_str(arena, &p->out->caller.tenant, tenant) != KW_OK) {
        return KW_NO_MEMORY;
    }
    p->out->caller.display = p->out->caller.id;
    return KW_OK;
}

static kw_status authenticate(passage *p, kw_error *err)
{
    identify(p);
    if (p->has_failed_login) {
        kw_buckets_charge(p->guard->buckets, KW_BUCKET_PREAUTH, KW_SPAN(p->block.bytes),
                          FAILED_LOGIN_COST - 1, p->approach->now_ms);
    }
    p->roles = KW_ROLE_BIT(KW_ROLE_ANONYMOUS);
    if (p->identity != NULL) {
        p->roles |= kw_identity_roles(p->identity, p->approach->now_ms);
    } else if (is_known(p)) {
        p->roles |= KW_ROLE_BIT(KW_ROLE_MEMBER);
    }
    if (is_known(p)) {
        kw_buckets_give(p->guard->buckets, KW_BUCKET_PREAUTH, KW_SPAN(p->block.bytes), 1,
                        p->approach->now_ms);
    }
    KW_TRY_AT(err, present(p), "presenting the caller");
    bool must_be_known =
        p->approach->authorization.len > 0 || is_inner(p->approach->peer->listener);
    KW_REQUIRE(is_known(p) || !must_be_known, err, KW_UNAUTHENTICATED,
               "the credentials are not accepted");
    return KW_OK;
}

/* ---- authorisation ---- */

static kw_status check_identity(passage *p, kw_error *err)
{
    if (p->identity == NULL) {
        return KW_OK;
    }
    KW_REQUIRE(p->identity->is_enabled, err, KW_FORBIDDEN, "the identity is disabled");
    KW_REQUIRE(p->identity->allowed.count == 0 || kw_networks_allow(p->identity->allowed, &p->ip),
               err, KW_FORBIDDEN, "the identity may not come from this address");
    return KW_OK;
}

static kw_status check_permission(passage *p, kw_error *err)
{
    kw_permission permission;
    const char *name = p->approach->route->permission;
    KW_REQUIRE(name != NULL && kw_permission_find(&permission, kw_str_of(name)) == KW_OK, err,
               KW_FORBIDDEN, "nobody holds the permission of this route");
    if (kw_rbac_allows(p->roles, permission)) {
        return KW_OK;
    }
    return !is_known(p) ? kw_fail(err, KW_UNAUTHENTICATED, "the route needs a caller that is known")
                        : kw_fail(err, KW_FORBIDDEN, "the caller does not hold %s", name);
}

/* The bucket of a route; false: only the address is charged. */
static bool bucket_of(kw_bucket_class *out, kw_rate rate)
{
    switch (rate) {
    case KW_RATE_READ:
        *out = KW_BUCKET_READ;
        return true;
    case KW_RATE_CRYPTO:
        *out = KW_BUCKET_CRYPTO;
        return true;
    case KW_RATE_ADMIN:
        *out = KW_BUCKET_ADMIN;
        return true;
    case KW_RATE_HEAVY:
        *out = KW_BUCKET_HEAVY;
        return true;
    case KW_RATE_NONE: /* refused at the start by net/ */
    case KW_RATE_FREE:
        return false;
    }
    return false;
}

static kw_status check_quota(passage *p, kw_error *err)
{
    kw_bucket_class bucket_class = KW_BUCKET_READ;
    if (!bucket_of(&bucket_class, p->approach->route->rate)) {
        return KW_OK;
    }
    kw_span key = KW_SPAN(p->block.bytes);
    if (p->identity == NULL && is_known(p)) {
        key = kw_span_of_str(kw_str_of(p->member));
    } else if (p->identity != NULL) {
        key =
            kw_span_of_str(bucket_class == KW_BUCKET_HEAVY ? p->identity->tenant : p->identity->id);
    }
    kw_bucket_verdict verdict =
        kw_buckets_take(p->guard->buckets, bucket_class, key, 1, p->approach->now_ms);
    return verdict.is_allowed ? KW_OK : limited(p, verdict, err);
}

static bool is_audited(const kw_route *route)
{
    return route->audit != NULL && strcmp(route->audit, KW_AUDIT_NONE) != 0;
}

/* What cannot be recorded is not done. */
static kw_status check_audit(passage *p, kw_error *err)
{
    if (!is_audited(p->approach->route) || kw_audit_is_available(p->guard->audit)) {
        return KW_OK;
    }
    p->out->retry_after_s = AUDIT_RETRY_S;
    return kw_fail(err, KW_AUDIT_UNAVAILABLE, "the audit log cannot be written");
}

static kw_status admit(void *ctx, kw_admission *out, const kw_approach *approach, kw_error *err)
{
    static kw_status (*const checks[])(passage *, kw_error *) = {
        authenticate, check_identity, check_permission, check_quota, check_audit};
    kw_guard *guard = ctx;
    passage p = {.guard = guard, .approach = approach, .out = out, .ip = ip_of(approach->peer)};
    p.block = kw_ip_block(&p.ip);
    out->rate_remaining = -1;
    KW_TRY(check_preauth(&p, err));
    if (approach->route == NULL) {
        return KW_OK;
    }
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&guard->directory);
    p.directory = hold.object;
    for (size_t i = 0; i < KW_COUNT(checks); i++) {
        KW_TRY(checks[i](&p, err));
    }
    out->ticket = TICKET_ADMITTED;
    return KW_OK;
}

/* ---- audit ---- */

/* Texts of handlers never keep a record from being written. */
static kw_str shown(kw_str text, size_t bytes_max)
{
    return text.len <= bytes_max && kw_utf8_is_line(text) ? text : KW_STR("(not shown)");
}

static kw_audit_event event_of(const kw_outcome *outcome, bool is_admitted)
{
    const kw_caller *caller = &outcome->admission->caller;
    const kw_guard_caller *mine = caller->identity;
    kw_audit_event event = {.tenant = caller->tenant,
                            .actor = caller->id,
                            .method = mine != NULL ? mine->method : KW_AUTH_NONE,
                            .address = ip_of(outcome->peer),
                            .action = KW_STR("request.unrouted"),
                            .outcome = outcome->status,
                            .request_id = {outcome->id->text, sizeof outcome->id->text}};
    if (outcome->route != NULL) {
        const kw_route *route = outcome->route;
        event.action = kw_str_of(is_audited(route) ? route->audit : route->permission);
        event.detail = is_admitted ? shown(outcome->note->detail, 255) : kw_str_of(route->path);
    }
    if (is_admitted) {
        event.object = shown(outcome->note->object, KW_AUDIT_OBJECT_BYTES_MAX);
    }
    return event;
}

static void let_go(void *data, kw_status st)
{
    kw_held_release(data, st);
}

static void settle(void *ctx, const kw_outcome *outcome, kw_held *held)
{
    kw_guard *guard = ctx;
    bool is_admitted = outcome->admission->ticket == TICKET_ADMITTED;
    if (!is_admitted) {
        /* A path that does not exist is no refusal of ours, its caller's empty bucket is. */
        if (outcome->route != NULL || outcome->status == KW_RATE_LIMITED) {
            kw_audit_event event = event_of(outcome, false);
            kw_audit_note_refusal(guard->audit, &event);
            kw_guard_watch_refusal(&guard->watch, outcome->status);
        }
        kw_held_release(held, KW_OK);
        return;
    }
    if (!is_audited(outcome->route)) {
        kw_held_release(held, KW_OK);
        return;
    }
    kw_audit_event event = event_of(outcome, true);
    /* All texts are the outcome's or constants, so they outlive the record. */
    if (kw_audit_append_borrowed(guard->audit, outcome->arena, &event, let_go, held) != KW_OK) {
        kw_held_release(held, KW_AUDIT_UNAVAILABLE);
    }
}

kw_gate kw_guard_gate_of(kw_guard *guard)
{
    return (kw_gate){.ctx = guard, .greet = greet, .admit = admit, .settle = settle};
}
