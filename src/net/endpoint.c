/* SPDX-License-Identifier: Apache-2.0
 * Addresses in text and their classes (IANA special-purpose registries, RFC 6890). */
#include "net/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool kw_endpoint_is_v4(const kw_endpoint *address)
{
    return memcmp(address->bytes, v4_prefix, sizeof v4_prefix) == 0;
}

static bool parse_host(kw_endpoint *out, kw_str host, bool is_bracketed)
{
    char text[INET6_ADDRSTRLEN] = {0};
    if (host.len == 0 || host.len >= sizeof text) {
        return false;
    }
    memcpy(text, host.ptr, host.len);
    if (is_bracketed) {
        return inet_pton(AF_INET6, text, out->bytes) == 1;
    }
    memcpy(out->bytes, v4_prefix, sizeof v4_prefix);
    return inet_pton(AF_INET, text, out->bytes + sizeof v4_prefix) == 1;
}

kw_status kw_endpoint_parse(kw_endpoint *out, kw_str text)
{
    kw_endpoint address = {0};
    kw_str host = {0};
    kw_str port = {0};
    bool is_bracketed = text.len > 0 && text.ptr[0] == '[';
    if (is_bracketed) {
        kw_str inner = {text.ptr + 1, text.len - 1};
        if (!kw_str_split(inner, ']', &host, &port) || port.len == 0 || port.ptr[0] != ':') {
            return KW_BAD_INPUT;
        }
        port = (kw_str){port.ptr + 1, port.len - 1};
    } else if (!kw_str_split(text, ':', &host, &port)) {
        return KW_BAD_INPUT;
    }
    uint64_t number = 0;
    if (!parse_host(&address, host, is_bracketed) || !kw_str_to_u64(port, UINT16_MAX, &number)) {
        return KW_BAD_INPUT;
    }
    address.port = (uint16_t)number;
    *out = address;
    return KW_OK;
}

void kw_endpoint_format_host(char out[KW_ENDPOINT_TEXT_BYTES], const kw_endpoint *address)
{
    bool is_v4 = kw_endpoint_is_v4(address);
    const uint8_t *bytes = is_v4 ? address->bytes + sizeof v4_prefix : address->bytes;
    if (inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes, out, KW_ENDPOINT_TEXT_BYTES) == NULL) {
        out[0] = '\0'; /* cannot happen: the room suffices for both families */
    }
}

void kw_endpoint_format(char out[KW_ENDPOINT_TEXT_BYTES], const kw_endpoint *address)
{
    char host[KW_ENDPOINT_TEXT_BYTES];
    kw_endpoint_format_host(host, address);
    const char *format = kw_endpoint_is_v4(address) ? "%.46s:%u" : "[%.46s]:%u";
    (void)snprintf(out, KW_ENDPOINT_TEXT_BYTES, format, host, (unsigned)address->port);
}

/* A block of addresses: `bits` leading bits of `bytes`. */
typedef struct block {
    uint8_t bytes[16];
    uint8_t bits;
} block;

/* What must not be reached on a stranger's word. v4 blocks, 4 bytes used. */
static const block v4_closed[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* private */
    {{100, 64}, 10},      /* shared, RFC 6598 */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link-local */
    {{172, 16}, 12},      /* private */
    {{192, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 88, 99}, 24},  /* 6to4 relays */
    {{192, 168}, 16},     /* private */
    {{198, 18}, 15},      /* benchmarks */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},           /* multicast */
    {{240}, 4},           /* reserved, broadcast */
};

/* Inside 2000::/3, which is all of v6 that may be reached; forms that carry a v4 address inside are
 * closed as a whole. */
static const block v6_closed[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static bool is_inside(const block *b, const uint8_t *bytes)
{
    size_t whole = b->bits / 8;
    unsigned rest = b->bits % 8;
    if (memcmp(b->bytes, bytes, whole) != 0) {
        return false;
    }
    return rest == 0 || (unsigned)(b->bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

bool kw_endpoint_is_loopback(const kw_endpoint *address)
{
    static const uint8_t v6_loopback[16] = {[15] = 1};
    if (kw_endpoint_is_v4(address)) {
        return address->bytes[12] == 127;
    }
    return memcmp(address->bytes, v6_loopback, sizeof v6_loopback) == 0;
}

bool kw_endpoint_is_global(const kw_endpoint *address)
{
    bool is_v4 = kw_endpoint_is_v4(address);
    const uint8_t *bytes = is_v4 ? address->bytes + sizeof v4_prefix : address->bytes;
    const block *closed = is_v4 ? v4_closed : v6_closed;
    size_t count = is_v4 ? KW_COUNT(v4_closed) : KW_COUNT(v6_closed);
    if (!is_v4 && (bytes[0] & 0xe0) != 0x20) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_inside(&closed[i], bytes)) {
            return false;
        }
    }
    return true;
}

kw_endpoint kw_endpoint_network(const kw_endpoint *address)
{
    kw_endpoint network = {0};
    memcpy(network.bytes, address->bytes, kw_endpoint_is_v4(address) ? 15 : 8);
    return network;
}
