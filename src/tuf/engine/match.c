/* SPDX-License-Identifier: Apache-2.0
 * Patterns of paths, hash prefixes, bins and quoting. Source: TUF 1.0.34 section 4.5, TAP 15,
 * RFC 3986 section 2. */
#include "tuf/engine/match.h"

#include "codec/hex.h"

static bool stands_for(char pattern, char c)
{
    return pattern == c || (pattern == '?' && c != '/');
}

/* When the rest does not fit, the last `*` takes one character more; an earlier one never has to,
 * because what stands between the two was found as early as it occurs. */
bool kw_tuf_path_matches(kw_str pattern, kw_str path)
{
    size_t p = 0;
    size_t at = 0;
    bool has_star = false;
    size_t star = 0;       /* where the pattern goes on behind its last `*` */
    size_t star_until = 0; /* what that `*` has taken ends here */
    while (at < path.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            has_star = true;
            star = ++p;
            star_until = at;
        } else if (p < pattern.len && stands_for(pattern.ptr[p], path.ptr[at])) {
            has_star = has_star && path.ptr[at] != '/'; /* a segment that fits is done with */
            p++;
            at++;
        } else if (has_star && path.ptr[star_until] != '/') {
            p = star;
            at = ++star_until;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool kw_tuf_prefix_matches(kw_str prefix, const kw_hash32 *path_hash)
{
    char hex[2 * sizeof path_hash->bytes];
    kw_hex_encode_to(hex, KW_SPAN(path_hash->bytes));
    return kw_str_starts_with((kw_str){hex, sizeof hex}, prefix);
}

uint32_t kw_tuf_bin_of(const kw_hash32 *path_hash, unsigned bits)
{
    KW_ASSERT(bits >= 1 && bits <= KW_TUF_BITS_MAX);
    const uint8_t *b = path_hash->bytes;
    uint32_t first = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return first >> (KW_TUF_BITS_MAX - bits);
}

unsigned kw_tuf_bin_digits(unsigned bits)
{
    return (bits + 3) / 4;
}

static bool is_unreserved(char c)
{
    return kw_str_is_made_of((kw_str){&c, 1}, "-._~");
}

kw_status kw_tuf_quote(kw_tuf_quoted *out, kw_str name)
{
    static const char digits[] = "0123456789ABCDEF";
    kw_tuf_quoted quoted = {0};
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        size_t more = is_unreserved(c) ? 1 : 3;
        if (len + more > KW_TUF_FILE_NAME_BYTES_MAX) {
            return KW_LIMIT;
        }
        if (more == 1) {
            quoted.text[len] = c;
        } else {
            quoted.text[len] = '%';
            quoted.text[len + 1] = digits[(uint8_t)c >> 4];
            quoted.text[len + 2] = digits[(uint8_t)c & 15];
        }
        len += more;
    }
    if (len == 0) {
        return KW_BAD_INPUT;
    }
    *out = quoted;
    return KW_OK;
}
