/* SPDX-License-Identifier: Apache-2.0
 * Options of the guard: section "guard". */
#ifndef KW_GUARD_CONFIG_H
#define KW_GUARD_CONFIG_H

#include "codec/field.h"

/* Rates are tokens in 1,000 seconds (200 a second is 200000), bursts whole tokens. */
typedef struct kw_guard_config {
    kw_str node;                      /* names this node in audit records: 1..64 of A-Za-z0-9.- */
    kw_str audit_dir;                 /* folder of the audit log */
    uint32_t audit_disk_free_percent; /* less free: as if the disk were full */
    kw_strs bootstrap; /* "uri:spiffe://example/admin=security_admin+operator": identities by client
                          certificate that exist because the configuration says so; kinds uri, dns,
                          spki. The first administrators come from here */
    kw_strs public_networks;  /* who may connect; empty: everybody */
    kw_strs metrics_networks; /* the same */
    kw_strs peer_networks;    /* empty: nobody */
    kw_strs admin_networks;   /* empty: nobody */
    uint32_t preauth_rate;
    uint32_t preauth_burst;
    uint32_t read_rate;
    uint32_t read_burst;
    uint32_t crypto_rate;
    uint32_t crypto_burst;
    uint32_t admin_rate;
    uint32_t admin_burst;
    uint32_t heavy_rate;
    uint32_t heavy_burst;
} kw_guard_config;

extern const kw_schema kw_guard_config_schema;

#endif /* KW_GUARD_CONFIG_H */
