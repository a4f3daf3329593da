/* SPDX-License-Identifier: Apache-2.0
 * The parts of a kw_guard; only for the files of this folder. */
#ifndef KW_GUARD_STATE_H
#define KW_GUARD_STATE_H

#include "crypto/ed25519.h"
#include "crypto/hmac.h"
#include "guard/directory.h"
#include "guard/guard.h"
#include "guard/watch.h"
#include "net/gate.h"
#include "os/snapshot.h"

/* Keys of the guard, in guarded memory. */
typedef struct kw_guard_keys {
    kw_hmac_key pepper;   /* API keys are stored as tags under it */
    kw_ed25519_key audit; /* signs audit checkpoints */
} kw_guard_keys;

struct kw_guard {
    kw_guard_ports ports;
    kw_guard_members members;
    kw_arena arena; /* configuration that was turned into rows; constant after the start */
    kw_networks listeners[KW_LISTENERS_COUNT];
    kw_identity_info *configured; /* identities of guard.bootstrap, in the arena */
    size_t configured_count;
    kw_guard_keys *keys;
    kw_audit *audit;
    kw_buckets *buckets;
    uint64_t seed[2]; /* of the directory's hash */
    kw_gate gate;
    kw_guard_watch watch;  /* its audit part under `changing` */
    kw_snapshot directory; /* kw_directory */

    kw_mutex changing; /* one change at a time: check, store, load, publish. Taken before nothing */
    uint64_t loaded_change; /* number of the change that the directory shows; under `changing` */
};

/* guard/secrets.c: loads the keys, or makes and seals them at the first start. */
KW_MUST_USE kw_status kw_guard_keys_load(kw_guard_keys **out, const kw_guard_ports *ports,
                                         kw_str node, kw_error *err);
void kw_guard_keys_free(kw_guard_keys *keys); /* wipes; takes NULL */

/* guard/load.c: the tables, and the directory made from them and the configuration. */
KW_MUST_USE kw_status kw_guard_migrate(kw_store *store, kw_error *err);
KW_MUST_USE kw_status kw_guard_load(kw_guard *guard, kw_error *err); /* holds `changing` */

/* guard/bootstrap.c: fills `listeners`, `configured` from the configuration. CONFIG. */
KW_MUST_USE kw_status kw_guard_configure(kw_guard *guard, const kw_guard_config *config,
                                         kw_error *err);

/* guard/gate.c */
kw_gate kw_guard_gate_of(kw_guard *guard);

/* What a request's caller points to (kw_caller.identity); lives in the request's arena. */
typedef struct kw_guard_caller {
    kw_role_set roles;
    kw_auth_method method;
    kw_ip address;
} kw_guard_caller;

#endif /* KW_GUARD_STATE_H */
