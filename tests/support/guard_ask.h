/* SPDX-License-Identifier: Apache-2.0
 * Requests that pass the gate of a guard without a server: net/'s part of the bargain is here. */
#ifndef KW_TESTS_SUPPORT_GUARD_ASK_H
#define KW_TESTS_SUPPORT_GUARD_ASK_H

#include "net/gate.h"
#include "os/thread.h"

#include "support/expect.h"
#include "support/guard.h"

#include <stdio.h>

/* One request as net/ would show it to the gate. */
typedef struct guard_request {
    const kw_route *route;
    kw_listener listener; /* NONE: the route's */
    const char *address;  /* NULL: 192.0.2.1 */
    const char *bearer;   /* API key text; NULL: none */
    const char *uri;      /* URI name of a client certificate; NULL: no certificate */
} guard_request;

/* What the gate says to it. */
typedef struct guard_answer {
    kw_status st;
    uint32_t retry_after_s;
    int32_t rate_remaining;
    char caller[160];  /* id, NUL-terminated */
    kw_status settled; /* what the held response was released with */
} guard_answer;

/* net/'s part of the bargain: a response that waits. */
struct kw_held {
    kw_mutex mutex;
    kw_cond released;
    bool is_released;
    kw_status st;
};

/* The definition of the test program, which has no server; so this header is included by one file
 * of a program only. */
void kw_held_release(kw_held *held, kw_status st)
{
    KW_AUTO(kw_locked) lock = kw_lock(&held->mutex);
    assert_false(held->is_released);
    held->is_released = true;
    held->st = st;
    kw_cond_signal(&held->released);
}

static kw_status settle_and_wait(const kw_gate *gate, const kw_outcome *outcome)
{
    kw_held held = {0};
    gate->settle(gate->ctx, outcome, &held);
    KW_AUTO(kw_locked) lock = kw_lock(&held.mutex);
    while (!held.is_released) {
        kw_cond_wait(&held.released, &held.mutex);
    }
    return held.st;
}

static kw_peer peer_of(const guard_request *request, kw_x509_identity *certificate)
{
    kw_ip ip;
    const char *address = request->address != NULL ? request->address : "192.0.2.1";
    EXPECT_OK(kw_ip_parse(&ip, kw_str_of(address)));
    kw_peer peer = {.listener = request->listener};
    if (peer.listener == KW_LISTENER_NONE) {
        peer.listener = request->route != NULL ? request->route->listener : KW_LISTENER_PUBLIC;
    }
    memcpy(peer.address.bytes, ip.bytes, sizeof ip.bytes);
    if (request->uri != NULL) {
        *certificate = (kw_x509_identity){.kind = KW_X509_IDENTITY_URI};
        (void)snprintf(certificate->text, sizeof certificate->text, "%s", request->uri);
        peer.certificate = certificate;
    }
    return peer;
}

/* Admits; settles with the status of admit, or with KW_OK, and waits until the response may go. */
static guard_answer guard_world_ask(guard_world *world, const guard_request *request)
{
    const kw_gate *gate = kw_guard_gate(world->guard);
    kw_x509_identity certificate;
    kw_peer peer = peer_of(request, &certificate);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_request_id id;
    memcpy(id.text, "0123456789abcdef01234567", sizeof id.text);
    char authorization[128] = "";
    if (request->bearer != NULL) {
        (void)snprintf(authorization, sizeof authorization, "Bearer %s", request->bearer);
    }
    kw_approach approach = {.peer = &peer,
                            .route = request->route,
                            .authorization = kw_str_of(authorization),
                            .now_ms = atomic_load(&world->time.at),
                            .id = &id,
                            .arena = &arena};
    kw_admission admission = {0};
    kw_error err = {0};
    guard_answer answer = {.st = gate->admit(gate->ctx, &admission, &approach, &err)};
    assert_int_equal(err.status, answer.st);
    answer.retry_after_s = admission.retry_after_s;
    answer.rate_remaining = admission.rate_remaining;
    (void)snprintf(answer.caller, sizeof answer.caller, "%.*s", KW_STR_ARG(admission.caller.id));
    kw_audit_note note = {.object = KW_STR("the-object"), .detail = KW_STR("the-detail")};
    kw_outcome outcome = {.peer = &peer,
                          .route = request->route,
                          .admission = &admission,
                          .id = &id,
                          .note = &note,
                          .arena = &arena,
                          .now_ms = approach.now_ms,
                          .status = answer.st};
    answer.settled = settle_and_wait(gate, &outcome);
    return answer;
}

#endif /* KW_TESTS_SUPPORT_GUARD_ASK_H */
