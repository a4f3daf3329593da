/* SPDX-License-Identifier: Apache-2.0
 * The guard's own secrets: the pepper of API keys and the audit key of each node. Sealed in the
 * store, opened once into guarded memory. */
#include "guard/state.h"

#include "os/secmem.h"
#include "store/seal.h"
#include "store/store.h"

/* One secret of 32 bytes that is made when it is not there. */
typedef struct sealed_secret {
    const kw_guard_ports *ports;
    kw_seal_place place;
    kw_secret32 fresh;      /* what to store when there is none */
    kw_secret_bytes opened; /* what is stored */
} sealed_secret;

static kw_status open_or_make(kw_tx *tx, void *ctx, kw_error *err)
{
    sealed_secret *s = ctx;
    kw_status st = kw_seal_get(tx, s->ports->sealer, &s->opened, &s->place, err);
    if (st != KW_NOT_FOUND) {
        return st;
    }
    KW_TRY_AT(err, kw_secret_bytes_append(&s->opened, kw_secret32_view(&s->fresh)),
              "keeping a new secret");
    return kw_seal_put(tx, s->ports->sealer, &s->place, &s->opened, err);
}

static kw_status load_secret(const kw_guard_ports *ports, kw_secret32 *out, kw_str object_id,
                             kw_error *err)
{
    sealed_secret s = {.ports = ports,
                       .place = {.tenant = KW_STR("system"),
                                 .table = KW_STR("guard_secret"),
                                 .object_id = object_id,
                                 .version = 1},
                       .opened = kw_secret_bytes_init(sizeof s.fresh)};
    kw_status st = kw_rng_secret32(ports->rng, &s.fresh);
    if (st == KW_OK) {
        st = kw_store_write(ports->store, open_or_make, &s, err);
    }
    if (st == KW_OK) {
        st = kw_secret32_of(out, kw_secret_bytes_view(&s.opened));
        st = st == KW_OK ? KW_OK : KW_CORRUPT;
    }
    kw_secret32_drop(&s.fresh);
    kw_secret_bytes_drop(&s.opened);
    return st == KW_OK ? KW_OK
                       : kw_error_at(err, st, "opening the secret %.*s", KW_STR_ARG(object_id));
}

static kw_status fill(kw_guard_keys *keys, const kw_guard_ports *ports, kw_str node, kw_error *err)
{
    KW_AUTO(kw_secret32) pepper = {{0}};
    KW_TRY(load_secret(ports, &pepper, KW_STR("api-key-pepper"), err));
    kw_hmac_key_init(&keys->pepper, &pepper);
    char object_id[80];
    size_t len = KW_MIN(node.len, sizeof object_id - 6);
    memcpy(object_id, "audit-", 6);
    memcpy(object_id + 6, node.ptr, len);
    KW_AUTO(kw_secret32) audit = {{0}};
    KW_TRY(load_secret(ports, &audit, (kw_str){object_id, len + 6}, err));
    kw_ed25519_key_of_seed(&keys->audit, &audit);
    return KW_OK;
}

kw_status kw_guard_keys_load(kw_guard_keys **out, const kw_guard_ports *ports, kw_str node,
                             kw_error *err)
{
    /* A multiple of 16, so that the block is aligned: it ends at a guard page. */
    kw_guard_keys *keys = kw_secmem_new((sizeof *keys + 15) / 16 * 16);
    KW_REQUIRE(keys != NULL, err, KW_NO_MEMORY, "keeping the guard's keys");
    *keys = (kw_guard_keys){0};
    kw_status st = fill(keys, ports, node, err);
    if (st != KW_OK) {
        kw_guard_keys_free(keys);
        return st;
    }
    *out = keys;
    return KW_OK;
}

void kw_guard_keys_free(kw_guard_keys *keys)
{
    kw_secmem_free(keys);
}
