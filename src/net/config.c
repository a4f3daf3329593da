/* SPDX-License-Identifier: Apache-2.0
 * The option tables of the server. */
#include "net/config.h"

#include "config/option.h"

static const kw_option net_options[] = {
    KW_OPTION(kw_net_config, loops, 256, .fallback = "0",
              .help = "event loop threads; 0 = one per processor"),
    KW_OPTION(kw_net_config, workers, 256, .fallback = "0",
              .help = "worker threads; 0 = twice the processors, at least 4"),
    KW_OPTION(kw_net_config, worker_queue_max, 65536, .min = 1, .fallback = "1024",
              .help = "jobs that may wait for a worker before requests are refused"),
    KW_OPTION(kw_net_config, header_bytes_max, 64 << 10, .min = 1024, .fallback = "16384",
              .help = "largest header of a request, bytes"),
    KW_OPTION(kw_net_config, header_fields_max, 1000, .min = 8, .fallback = "100",
              .help = "most fields in a header"),
    KW_OPTION(kw_net_config, handshake_ms, 600000, .min = 100, .fallback = "5000",
              .help = "longest TLS handshake, milliseconds"),
    KW_OPTION(kw_net_config, header_ms, 600000, .min = 100, .fallback = "5000",
              .help = "longest arrival of a header, milliseconds"),
    KW_OPTION(kw_net_config, idle_ms, 3600000, .min = 100, .fallback = "60000",
              .help = "longest time without a request, milliseconds"),
    KW_OPTION(kw_net_config, slow_body_bytes_s, 1 << 20, .min = 0, .fallback = "256",
              .help = "a body that is slower than this is cut, bytes per second"),
    KW_OPTION(kw_net_config, slow_body_ms, 600000, .min = 100, .fallback = "10000",
              .help = "time over which a body's speed is measured, milliseconds"),
    KW_OPTION(kw_net_config, streams_max, 1000, .min = 1, .fallback = "128",
              .help = "HTTP/2 streams of a connection at once"),
    KW_OPTION(kw_net_config, connections_max, 1000000, .min = 1, .fallback = "20000",
              .help = "connections at once"),
    KW_OPTION(kw_net_config, connections_per_network_max, 1000000, .min = 1, .fallback = "4096",
              .help = "connections of one /24 (IPv4) or /64 (IPv6) at once"),
    KW_OPTION(kw_net_config, drain_ms, 3600000, .min = 0, .fallback = "30000",
              .help = "how long a stop waits for requests in flight, milliseconds"),
};
KW_SCHEMA_EXTERN(kw_net_config, net_options);

static const kw_enum_name client_cert_names[] = {
    {"none", KW_CLIENT_CERT_NONE},
    {"optional", KW_CLIENT_CERT_OPTIONAL},
    {"required", KW_CLIENT_CERT_REQUIRED},
};

static const kw_option listener_options[] = {
    KW_OPTION(kw_listener_config, address, 64,
              .help = "address:port or [v6]:port; empty = off; port 0 = any free one"),
    KW_OPTION_ENUM(kw_listener_config, client_cert, client_cert_names, .fallback = "none",
                   .help = "client certificates: none, optional or required"),
    KW_OPTION(kw_listener_config, certificate_file, 4095, .reloads = true,
              .help = "PEM chain of the server, leaf first; empty = plain HTTP on loopback"),
    KW_OPTION(kw_listener_config, key_file, 4095, .reloads = true,
              .help = "PEM private key, not readable by others"),
    KW_OPTION(kw_listener_config, client_ca_file, 4095, .reloads = true,
              .help = "PEM CA certificates that client certificates must lead to"),
    KW_OPTION(kw_listener_config, crl_file, 4095, .reloads = true,
              .help = "revocation lists (PEM, or one DER) signed by client CAs; loaded again when "
                      "the file changes; when given, every client certificate is checked"),
    KW_OPTION(kw_listener_config, ocsp_file, 4095, .reloads = true,
              .help = "DER OCSP response that is stapled"),
};
KW_SCHEMA_EXTERN(kw_listener_config, listener_options);

kw_net_config kw_net_config_default(void)
{
    kw_net_config config = {0};
    kw_arena arena = kw_arena_init(0); /* numbers need no room */
    KW_ASSERT(kw_object_init(&config, &arena, &kw_net_config_schema) == KW_OK);
    return config;
}
