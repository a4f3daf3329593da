/* SPDX-License-Identifier: Apache-2.0
 * Internet addresses and lists of networks. IPv4 is held as its v4-mapped IPv6 address, so that
 * one comparison serves both families. */
#ifndef KW_GUARD_ENGINE_IP_H
#define KW_GUARD_ENGINE_IP_H

#include "base/error.h"
#include "base/span.h"

/* Longest text of a network row: "!" + IPv6 address + "/128", with a NUL. */
#define KW_NETWORK_TEXT_BYTES 52

/* Network byte order; IPv4 a.b.c.d is ::ffff:a.b.c.d. */
typedef struct kw_ip {
    uint8_t bytes[16];
} kw_ip;

/* One row of an allowlist. */
typedef struct kw_network {
    kw_ip base;
    uint8_t prefix_bits; /* 0..128, counted in the mapped form: 10.0.0.0/8 has 104 */
    bool is_refused;     /* row began with '!': callers from here are refused */
} kw_network;

/* Borrowed rows in any order. */
typedef struct kw_networks {
    const kw_network *rows;
    size_t count;
} kw_networks;

/* Reads dotted IPv4 or RFC 4291 IPv6 text without zone. BAD_INPUT: anything else. */
KW_MUST_USE kw_status kw_ip_parse(kw_ip *out, kw_str text);

bool kw_ip_is_v4(const kw_ip *address);

/* The block that shares a pre-auth bucket: the IPv4 address itself, or the /64 of an IPv6 one. */
kw_ip kw_ip_block(const kw_ip *address);

/* Reads "10.0.0.0/8", "!10.1.0.0/16", "2001:db8::/32" or a bare address (/32, /128).
 * BAD_INPUT: not an address, prefix out of range or with leading zeros, host bits set. */
KW_MUST_USE kw_status kw_network_parse(kw_network *out, kw_str text);

/* Canonical text of a row (v4-mapped rows as IPv4). */
void kw_network_format(char out[KW_NETWORK_TEXT_BYTES], const kw_network *network);

/* The longest matching prefix decides; between equal prefixes a refusing row wins. False when no
 * row matches. What an empty list means is the caller's rule. */
bool kw_networks_allow(kw_networks networks, const kw_ip *address);

#endif /* KW_GUARD_ENGINE_IP_H */
