/* SPDX-License-Identifier: Apache-2.0
 * Internet addresses as values: one form for both families, text in and out, classes. */
#ifndef KW_NET_ENDPOINT_H
#define KW_NET_ENDPOINT_H

#include "base/error.h"
#include "base/span.h"

/* An IPv6 address, or an IPv4 address in its mapped form ::ffff:a.b.c.d, and a port. */
typedef struct kw_endpoint {
    uint8_t bytes[16]; /* network order */
    uint16_t port;     /* host order; 0 = none, or "any free one" when listening */
} kw_endpoint;

/* "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535" and a NUL. */
#define KW_ENDPOINT_TEXT_BYTES 56

/* Reads "127.0.0.1:8443" or "[::1]:8443"; both parts are required, names are not resolved.
 * BAD_INPUT: anything else. */
KW_MUST_USE kw_status kw_endpoint_parse(kw_endpoint *out, kw_str text);

/* Writes the form that kw_endpoint_parse reads. */
void kw_endpoint_format(char out[KW_ENDPOINT_TEXT_BYTES], const kw_endpoint *address);

/* Writes the address without its port and without brackets. */
void kw_endpoint_format_host(char out[KW_ENDPOINT_TEXT_BYTES], const kw_endpoint *address);

bool kw_endpoint_is_v4(const kw_endpoint *address);

/* 127.0.0.0/8 or ::1. */
bool kw_endpoint_is_loopback(const kw_endpoint *address);

/* False for loopback, private, link-local, unique-local, multicast, unspecified, shared (RFC 6598),
 * documentation, benchmark, 6to4/NAT64 forms that wrap such a v4 address, and reserved ranges:
 * where a request that a stranger asked for must not go. */
bool kw_endpoint_is_global(const kw_endpoint *address);

/* The network that shares one fate in limits: /24 for v4, /64 for v6, the rest and the port
 * zero. */
kw_endpoint kw_endpoint_network(const kw_endpoint *address);

#endif /* KW_NET_ENDPOINT_H */
