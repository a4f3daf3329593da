/* SPDX-License-Identifier: Apache-2.0
 * The three rules of cutting. Never fails on content: what a file claims only moves the cuts. */
#include "params/engine/cut.h"

#include "codec/reader.h"
#include "crypto/hash.h"

enum {
    HARD_BITS = 18, /* of the rolling hash that must be zero before the usual length */
    EASY_BITS = 14, /* and after it */
};

static void fill_gear(uint64_t gear[256])
{
    kw_sha256_state start;
    kw_sha256_init(&start);
    kw_sha256_update(&start, kw_span_of_str(KW_STR("keyward/cut/v1")));
    for (unsigned b = 0; b < 256; b++) {
        const uint8_t byte = (uint8_t)b;
        kw_sha256_state state = start;
        kw_hash32 hash;
        kw_sha256_update(&state, (kw_span){&byte, 1});
        kw_sha256_final(&state, &hash);
        kw_reader r = kw_reader_of(KW_SPAN(hash.bytes));
        gear[b] = kw_read_u64be(&r);
    }
}

kw_status kw_cutter_init(kw_cutter *out, kw_cut_rule rule, uint32_t point_bytes)
{
    bool has_points = rule != KW_CUT_CONTENT;
    if (has_points ? point_bytes == 0 || point_bytes > KW_CUT_BYTES : point_bytes != 0) {
        return KW_BAD_INPUT;
    }
    *out = (kw_cutter){.rule = rule};
    if (has_points) {
        out->chunk_max = KW_CUT_BYTES / point_bytes * point_bytes;
    } else {
        out->chunk_max = KW_CUT_CONTENT_MAX;
        fill_gear(out->gear);
    }
    return KW_OK;
}

/* ---- sectioned ---- */

/* At the end of a head or of a section: what follows. Behind the last section stands, as it were,
 * one more that has no end. */
static void go_on(kw_cut_place *place)
{
    if (place->bytes_left == 0 && place->sections_left == 0) {
        place->bytes_left = UINT64_MAX;
    }
    place->is_inside = place->bytes_left > 0;
}

static void read_head(kw_cut_place *place)
{
    kw_reader r = kw_reader_of(KW_SPAN(place->head));
    if (place->has_begun) {
        (void)kw_read_u32le(&r); /* id */
        place->bytes_left = kw_read_u64le(&r);
        place->sections_left--;
    } else {
        (void)kw_read_u64le(&r); /* magic and version */
        uint32_t sections = kw_read_u32le(&r);
        place->sections_left = sections <= KW_CUT_SECTIONS_MAX ? sections : 0;
        place->has_begun = true;
    }
    place->head_len = 0;
    go_on(place);
}

static size_t take_head(kw_cut_place *place, bool *out_ends, kw_span bytes)
{
    size_t len = KW_MIN(bytes.len, sizeof place->head - place->head_len);
    memcpy(&place->head[place->head_len], bytes.ptr, len);
    place->head_len += len;
    *out_ends = false;
    if (place->head_len == sizeof place->head) {
        bool is_section = place->has_begun;
        read_head(place);
        *out_ends = is_section || place->is_inside;
    }
    return len;
}

static size_t take_section(kw_cutter *cutter, bool *out_ends, kw_span bytes)
{
    kw_cut_place *place = &cutter->place;
    size_t len = KW_MIN(bytes.len, cutter->chunk_max - cutter->chunk_len);
    len = (size_t)KW_MIN((uint64_t)len, place->bytes_left);
    place->bytes_left -= len;
    bool is_over = place->bytes_left == 0;
    if (is_over) {
        go_on(place);
    }
    *out_ends = is_over || cutter->chunk_len + len == cutter->chunk_max;
    return len;
}

/* ---- content ---- */

static size_t take_content(kw_cutter *cutter, bool *out_ends, kw_span bytes)
{
    size_t len = 0;
    size_t before = cutter->chunk_len;
    if (before < KW_CUT_CONTENT_MIN) {
        len = KW_MIN(bytes.len, KW_CUT_CONTENT_MIN - before);
    }
    /* Two loops, so that each has one shift that does not change. */
    static const struct {
        size_t until;
        unsigned bits;
    } parts[] = {{KW_CUT_CONTENT_MID, HARD_BITS}, {KW_CUT_CONTENT_MAX, EASY_BITS}};
    uint64_t rolling = cutter->rolling;
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        const unsigned shift = 64 - parts[i].bits;
        const size_t until = before < parts[i].until ? parts[i].until - before : 0;
        const size_t stop = KW_MIN(bytes.len, until);
        while (len < stop) {
            rolling = (rolling << 1) + cutter->gear[bytes.ptr[len++]];
            if (rolling >> shift == 0) {
                *out_ends = true;
                return len;
            }
        }
    }
    cutter->rolling = rolling;
    *out_ends = before + len == KW_CUT_CONTENT_MAX;
    return len;
}

size_t kw_cutter_take(kw_cutter *cutter, bool *out_ends, kw_span bytes)
{
    KW_ASSERT(bytes.len > 0);
    size_t len = 0;
    switch (cutter->rule) {
    case KW_CUT_FIXED:
        len = KW_MIN(bytes.len, cutter->chunk_max - cutter->chunk_len);
        *out_ends = cutter->chunk_len + len == cutter->chunk_max;
        break;
    case KW_CUT_SECTIONED:
        len = cutter->place.is_inside ? take_section(cutter, out_ends, bytes)
                                      : take_head(&cutter->place, out_ends, bytes);
        break;
    case KW_CUT_CONTENT:
        len = take_content(cutter, out_ends, bytes);
        break;
    }
    cutter->chunk_len = *out_ends ? 0 : cutter->chunk_len + len;
    if (*out_ends) {
        cutter->rolling = 0;
    }
    return len;
}
