/* SPDX-License-Identifier: Apache-2.0
 * Options of the server: limits of hardening.md section 1, and one section per listener. */
#ifndef KW_NET_CONFIG_H
#define KW_NET_CONFIG_H

#include "codec/field.h"

/* Section "net". Limits hold for each connection or stream unless the name says otherwise. */
typedef struct kw_net_config {
    uint32_t loops;            /* event loop threads; 0 = one per processor */
    uint32_t workers;          /* threads of the pool; 0 = twice the processors, at least 4 */
    uint32_t worker_queue_max; /* jobs that may wait before BUSY */
    uint32_t header_bytes_max; /* request line and fields, or the h2 field list */
    uint32_t header_fields_max;
    uint32_t handshake_ms;                /* accept to the end of the TLS handshake */
    uint32_t header_ms;                   /* first byte of a request to the end of its header */
    uint32_t idle_ms;                     /* no request in progress */
    uint32_t slow_body_bytes_s;           /* slower than this for ... */
    uint32_t slow_body_ms;                /* ... this long: cut. Both directions */
    uint32_t streams_max;                 /* h2 streams at once */
    uint32_t connections_max;             /* of the whole server */
    uint32_t connections_per_network_max; /* of one /24 or /64 */
    uint32_t drain_ms;                    /* how long a stop waits for what is in flight */
} kw_net_config;

extern const kw_schema kw_net_config_schema;

typedef enum kw_client_cert {
    KW_CLIENT_CERT_NONE,
    KW_CLIENT_CERT_OPTIONAL,
    KW_CLIENT_CERT_REQUIRED,
} kw_client_cert;

/* Sections "listen.public", "listen.peer", "listen.admin", "listen.metrics". */
typedef struct kw_listener_config {
    kw_str address; /* "0.0.0.0:8443"; empty = off; port 0 = any free port */
    kw_client_cert client_cert;
    kw_str certificate_file; /* PEM chain, our leaf first; empty with key_file empty = plain HTTP,
                                which only a loopback address may have */
    kw_str key_file;         /* PEM, not readable by others */
    kw_str client_ca_file;   /* PEM; required unless client_cert is none */
    kw_str crl_file;         /* PEM or DER; when given, every client certificate is checked */
    kw_str ocsp_file;        /* DER response that is stapled, optional */
} kw_listener_config;

extern const kw_schema kw_listener_config_schema;

/* The values of hardening.md section 1, without reading any file; for tests and benches. */
kw_net_config kw_net_config_default(void);

#endif /* KW_NET_CONFIG_H */
