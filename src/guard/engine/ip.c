/* SPDX-License-Identifier: Apache-2.0
 * Addresses as 16 bytes, networks as prefixes of them. Source: RFC 4291 sections 2.2, 2.5.5.2. */
#include "guard/engine/ip.h"

#include <arpa/inet.h>
#include <stdio.h>

static const uint8_t v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum {
    V4_OFFSET = sizeof v4_mapped,
    V4_BITS = V4_OFFSET * 8,
    ADDRESS_BITS = 128
};

kw_status kw_ip_parse(kw_ip *out, kw_str text)
{
    char copy[INET6_ADDRSTRLEN] = {0};
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len) != NULL) {
        return KW_BAD_INPUT;
    }
    memcpy(copy, text.ptr, text.len);
    kw_ip address = {0};
    if (inet_pton(AF_INET6, copy, address.bytes) == 1) {
        *out = address;
        return KW_OK;
    }
    memcpy(address.bytes, v4_mapped, sizeof v4_mapped);
    if (inet_pton(AF_INET, copy, address.bytes + V4_OFFSET) == 1) {
        *out = address;
        return KW_OK;
    }
    return KW_BAD_INPUT;
}

bool kw_ip_is_v4(const kw_ip *address)
{
    return kw_span_equal_var((kw_span){address->bytes, V4_OFFSET}, KW_SPAN(v4_mapped));
}

kw_ip kw_ip_block(const kw_ip *address)
{
    kw_ip block = *address;
    if (!kw_ip_is_v4(address)) {
        memset(block.bytes + 8, 0, 8);
    }
    return block;
}

/* True when the first `bits` bits of both are equal. */
static bool shares_prefix(const kw_ip *a, const kw_ip *b, unsigned bits)
{
    size_t whole = bits / 8;
    if (!kw_span_equal_var((kw_span){a->bytes, whole}, (kw_span){b->bytes, whole})) {
        return false;
    }
    unsigned rest = bits % 8;
    return rest == 0 || ((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)) == 0;
}

static bool has_host_bits(const kw_ip *address, unsigned bits)
{
    for (unsigned i = bits; i < ADDRESS_BITS; i++) {
        if ((address->bytes[i / 8] >> (7 - i % 8) & 1) != 0) {
            return true;
        }
    }
    return false;
}

kw_status kw_network_parse(kw_network *out, kw_str text)
{
    kw_network network = {0};
    if (text.len > 0 && text.ptr[0] == '!') {
        network.is_refused = true;
        text = (kw_str){text.ptr + 1, text.len - 1};
    }
    kw_str base;
    kw_str prefix;
    bool has_prefix = kw_str_split(text, '/', &base, &prefix);
    KW_TRY(kw_ip_parse(&network.base, base));
    /* "::ffff:10.0.0.0/104" is written with the mapped count, "10.0.0.0/8" with its own. */
    bool is_dotted = kw_ip_is_v4(&network.base) && memchr(base.ptr, ':', base.len) == NULL;
    uint64_t bits = is_dotted ? ADDRESS_BITS - V4_BITS : ADDRESS_BITS;
    if (has_prefix && !kw_str_to_u64(prefix, bits, &bits)) {
        return KW_BAD_INPUT;
    }
    network.prefix_bits = (uint8_t)(bits + (is_dotted ? V4_BITS : 0));
    if (has_host_bits(&network.base, network.prefix_bits)) {
        return KW_BAD_INPUT;
    }
    *out = network;
    return KW_OK;
}

void kw_network_format(char out[KW_NETWORK_TEXT_BYTES], const kw_network *network)
{
    char base[INET6_ADDRSTRLEN];
    bool is_v4 = kw_ip_is_v4(&network->base) && network->prefix_bits >= V4_BITS;
    const char *text = is_v4
                           ? inet_ntop(AF_INET, network->base.bytes + V4_OFFSET, base, sizeof base)
                           : inet_ntop(AF_INET6, network->base.bytes, base, sizeof base);
    KW_ASSERT(text != NULL);
    int len = snprintf(out, KW_NETWORK_TEXT_BYTES, "%s%s/%d", network->is_refused ? "!" : "", text,
                       network->prefix_bits - (is_v4 ? V4_BITS : 0));
    KW_ASSERT(len > 0 && len < KW_NETWORK_TEXT_BYTES);
}

bool kw_networks_allow(kw_networks networks, const kw_ip *address)
{
    const kw_network *best = NULL;
    for (size_t i = 0; i < networks.count; i++) {
        const kw_network *row = &networks.rows[i];
        if (!shares_prefix(&row->base, address, row->prefix_bits)) {
            continue;
        }
        if (best == NULL || row->prefix_bits > best->prefix_bits ||
            (row->prefix_bits == best->prefix_bits && row->is_refused)) {
            best = row;
        }
    }
    return best != NULL && !best->is_refused;
}
