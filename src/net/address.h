/* SPDX-License-Identifier: Apache-2.0
 * Internet addresses as values: one form for both families, text in and out, classes. */
#ifndef KW_NET_ADDRESS_H
#define KW_NET_ADDRESS_H

#include "base/error.h"
#include "base/span.h"

/* An IPv6 address, or an IPv4 address in its mapped form ::ffff:a.b.c.d, and a port. */
typedef struct kw_address {
    uint8_t bytes[16]; /* network order */
    uint16_t port;     /* host order; 0 = none, or "any free one" when listening */
} kw_address;

/* "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535" and a NUL. */
#define KW_ADDRESS_TEXT_BYTES 56

/* Reads "127.0.0.1:8443" or "[::1]:8443"; both parts are required, names are not resolved.
 * BAD_INPUT: anything else. */
KW_MUST_USE kw_status kw_address_parse(kw_address *out, kw_str text);

/* Writes the form that kw_address_parse reads. */
void kw_address_format(char out[KW_ADDRESS_TEXT_BYTES], const kw_address *address);

/* Writes the address without its port and without brackets. */
void kw_address_format_host(char out[KW_ADDRESS_TEXT_BYTES], const kw_address *address);

bool kw_address_is_v4(const kw_address *address);

/* 127.0.0.0/8 or ::1. */
bool kw_address_is_loopback(const kw_address *address);

/* False for loopback, private, link-local, unique-local, multicast, unspecified, shared (RFC 6598),
 * documentation, benchmark, 6to4/NAT64 forms that wrap such a v4 address, and reserved ranges:
 * where a request that a stranger asked for must not go. */
bool kw_address_is_global(const kw_address *address);

/* The network that shares one fate in limits: /24 for v4, /64 for v6, the rest and the port
 * zero. */
kw_address kw_address_network(const kw_address *address);

#endif /* KW_NET_ADDRESS_H */
