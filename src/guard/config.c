/* SPDX-License-Identifier: Apache-2.0
 * The option rows of the guard; defaults of hardening.md sections 3, 4 and 6. */
#include "guard/config.h"

#include "config/option.h"

#define RATE_MAX  UINT32_MAX
#define BURST_MAX UINT16_MAX

static const kw_option guard_options[] = {
    KW_OPTION(kw_guard_config, node, 64, .min = 1, .made_of = ".-", .fallback = "node",
              .help = "name of this node in audit records"),
    KW_OPTION(kw_guard_config, audit_dir, 400, .flags = KW_REQ,
              .help = "folder of the audit log, on a disk that keeps what is synced"),
    KW_OPTION(kw_guard_config, audit_disk_free_percent, 100, .fallback = "5",
              .help = "with less free space audited requests are refused"),
    KW_OPTION(
        kw_guard_config, bootstrap, 512, .items_max = 64,
        .help = "administrators by certificate: uri:NAME=role+role, dns:NAME=role, spki:HEX=role"),
    KW_OPTION(kw_guard_config, public_networks, 64, .items_max = 256,
              .help = "networks that may connect to the public listener; empty: all; !net refuses"),
    KW_OPTION(kw_guard_config, metrics_networks, 64, .items_max = 256,
              .help = "networks that may connect to the metrics listener; empty: all"),
    KW_OPTION(kw_guard_config, peer_networks, 64, .items_max = 256,
              .help = "networks that may connect to the peer listener; empty: none"),
    KW_OPTION(kw_guard_config, admin_networks, 64, .items_max = 256, .fallback = "127.0.0.0/8,::1",
              .help = "networks that may connect to the admin listener; empty: none"),
    KW_OPTION(kw_guard_config, preauth_rate, RATE_MAX, .fallback = "50000",
              .help = "requests in 1000 s from one address before authentication"),
    KW_OPTION(kw_guard_config, preauth_burst, BURST_MAX, .min = 1, .fallback = "100",
              .help = "the same at once; a failed login costs 10"),
    KW_OPTION(kw_guard_config, read_rate, RATE_MAX, .fallback = "200000",
              .help = "reading requests in 1000 s of one identity"),
    KW_OPTION(kw_guard_config, read_burst, BURST_MAX, .min = 1, .fallback = "400",
              .help = "the same at once"),
    KW_OPTION(kw_guard_config, crypto_rate, RATE_MAX, .fallback = "50000",
              .help = "key operations in 1000 s of one identity"),
    KW_OPTION(kw_guard_config, crypto_burst, BURST_MAX, .min = 1, .fallback = "100",
              .help = "the same at once"),
    KW_OPTION(kw_guard_config, admin_rate, RATE_MAX, .fallback = "5000",
              .help = "management requests in 1000 s of one identity"),
    KW_OPTION(kw_guard_config, admin_burst, BURST_MAX, .min = 1, .fallback = "20",
              .help = "the same at once"),
    KW_OPTION(kw_guard_config, heavy_rate, RATE_MAX, .fallback = "200",
              .help = "heavy requests in 1000 s of one tenant"),
    KW_OPTION(kw_guard_config, heavy_burst, BURST_MAX, .min = 1, .fallback = "3",
              .help = "the same at once"),
};

KW_SCHEMA_EXTERN(kw_guard_config, guard_options);
