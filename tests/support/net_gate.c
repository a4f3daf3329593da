/* SPDX-License-Identifier: Apache-2.0
 * The open gate. */
#include "support/net_gate.h"

static kw_status greet(void *ctx, const kw_peer *peer)
{
    net_gate *gate = ctx;
    KW_UNUSED(peer);
    (void)atomic_fetch_add(&gate->greeted, 1);
    return (kw_status)atomic_load(&gate->greet_status);
}

static kw_status admit(void *ctx, kw_admission *out, const kw_approach *approach, kw_error *err)
{
    net_gate *gate = ctx;
    (void)atomic_fetch_add(&gate->admitted, 1);
    const kw_x509_identity *certificate = approach->peer->certificate;
    atomic_store(&gate->last_had_cert, certificate != NULL);
    if (certificate != NULL) {
        memcpy(gate->last_cert, certificate->text, sizeof gate->last_cert);
    }
    out->caller = (kw_caller){.id = KW_STR("tester"), .display = KW_STR("the tester")};
    out->retry_after_s = 7;
    out->rate_remaining = 3;
    kw_status st = (kw_status)atomic_load(&gate->admit_status);
    return st == KW_OK ? KW_OK : kw_fail(err, st, "refused by the test's gate");
}

static void settle(void *ctx, const kw_outcome *outcome, kw_held *held)
{
    net_gate *gate = ctx;
    (void)atomic_fetch_add(&gate->settled, 1);
    atomic_store(&gate->last_outcome, (int)outcome->status);
    if (atomic_load(&gate->holds)) {
        KW_AUTO(kw_locked) hold = kw_lock(&gate->lock);
        KW_ASSERT(gate->held_count < KW_COUNT(gate->held));
        gate->held[gate->held_count++] = held;
        return;
    }
    kw_held_release(held, (kw_status)atomic_load(&gate->settle_status));
}

kw_gate net_gate_port(net_gate *gate)
{
    return (kw_gate){.ctx = gate, .greet = greet, .admit = admit, .settle = settle};
}

size_t net_gate_let_go(net_gate *gate, kw_status st)
{
    KW_AUTO(kw_locked) hold = kw_lock(&gate->lock);
    size_t count = gate->held_count;
    for (size_t i = 0; i < count; i++) {
        kw_held_release(gate->held[i], st);
    }
    gate->held_count = 0;
    return count;
}
