/* SPDX-License-Identifier: Apache-2.0
 * Reading pages of a bucket. */
#include "store/s3/listing.h"

#include "store/s3/xml.h"

enum {
    PAGE_DEPTH = 2,   /* members of the page */
    OBJECT_DEPTH = 3, /* members of an object */
    SECONDS_CHARS = 19,
};

typedef struct page {
    kw_s3_listing *out;
    kw_arena *arena;
    kw_str member; /* of the page that is open */
    kw_str field;  /* of the object that is open */
    bool is_truncated;
} page;

/* "2009-10-12T17:50:30.000Z", with or without the fraction. */
static bool read_time(kw_unix_s *out, kw_str text)
{
    char whole[SECONDS_CHARS + 1];
    if (text.len < sizeof whole || text.ptr[text.len - 1] != 'Z') {
        return false;
    }
    kw_str fraction = {text.ptr + SECONDS_CHARS, text.len - SECONDS_CHARS - 1};
    if (fraction.len > 0 && fraction.ptr[0] != '.') {
        return false;
    }
    memcpy(whole, text.ptr, SECONDS_CHARS);
    whole[SECONDS_CHARS] = 'Z';
    return kw_utc_parse(out, (kw_str){whole, sizeof whole});
}

static kw_status open_element(page *p, unsigned depth, kw_str name)
{
    if (depth == 1 && !kw_str_equal(name, KW_STR("ListBucketResult"))) {
        return KW_BAD_INPUT;
    }
    if (depth == PAGE_DEPTH) {
        p->member = name;
        if (kw_str_equal(name, KW_STR("Contents"))) {
            if (p->out->count == KW_S3_PAGE_MAX) {
                return KW_LIMIT;
            }
            p->out->count++;
        }
    } else if (depth == OBJECT_DEPTH) {
        p->field = name;
    }
    return KW_OK;
}

static kw_status take_page_text(page *p, kw_str text)
{
    if (kw_str_equal(p->member, KW_STR("IsTruncated"))) {
        p->is_truncated = kw_str_equal(text, KW_STR("true"));
    } else if (kw_str_equal(p->member, KW_STR("NextContinuationToken"))) {
        return kw_xml_decode(p->arena, &p->out->next, text);
    }
    return KW_OK;
}

static kw_status take_object_text(page *p, kw_str text)
{
    if (!kw_str_equal(p->member, KW_STR("Contents"))) {
        return KW_OK;
    }
    kw_s3_object *object = &p->out->objects[p->out->count - 1];
    if (kw_str_equal(p->field, KW_STR("Key"))) {
        return kw_xml_decode(p->arena, &object->key, text);
    }
    if (kw_str_equal(p->field, KW_STR("Size"))) {
        return kw_str_to_u64(text, UINT64_MAX, &object->bytes) ? KW_OK : KW_BAD_INPUT;
    }
    if (kw_str_equal(p->field, KW_STR("LastModified"))) {
        return read_time(&object->changed_s, text) ? KW_OK : KW_BAD_INPUT;
    }
    return KW_OK;
}

static kw_status take_text(page *p, unsigned depth, kw_str text)
{
    if (depth == PAGE_DEPTH) {
        return take_page_text(p, text);
    }
    return depth == OBJECT_DEPTH ? take_object_text(p, text) : KW_OK;
}

static kw_status read_page(page *p, kw_str text)
{
    kw_xml xml = kw_xml_of(text);
    kw_str name = {0};
    size_t elements = 0;
    for (kw_xml_kind kind = KW_XML_OPEN; kind != KW_XML_END;) {
        kind = kw_xml_next(&xml, &name);
        if (kind == KW_XML_OPEN) {
            KW_TRY(open_element(p, xml.depth, name));
            elements++;
        } else if (kind == KW_XML_TEXT) {
            KW_TRY(take_text(p, xml.depth, name));
        }
    }
    return kw_xml_is_whole(&xml) && elements > 0 ? KW_OK : KW_BAD_INPUT;
}

kw_status kw_s3_listing_parse(kw_s3_listing *out, kw_arena *arena, kw_str text)
{
    kw_s3_listing listing = {.objects =
                                 kw_arena_new(arena, KW_S3_PAGE_MAX, sizeof *listing.objects)};
    if (listing.objects == NULL) {
        return KW_LIMIT;
    }
    page p = {.out = &listing, .arena = arena};
    KW_TRY(read_page(&p, text));
    for (size_t i = 0; i < listing.count; i++) {
        if (listing.objects[i].key.len == 0) {
            return KW_BAD_INPUT;
        }
    }
    if (p.is_truncated && listing.next.len == 0) {
        return KW_BAD_INPUT; /* else the same page would come for ever */
    }
    if (!p.is_truncated) {
        listing.next = (kw_str){0};
    }
    *out = listing;
    return KW_OK;
}

kw_str kw_s3_error_code(kw_str text)
{
    kw_xml xml = kw_xml_of(text);
    kw_str name = {0};
    bool is_code = false;
    for (kw_xml_kind kind = KW_XML_OPEN; kind != KW_XML_END;) {
        kind = kw_xml_next(&xml, &name);
        if (kind == KW_XML_TEXT && is_code) {
            return kw_str_is_made_of(name, "") ? name : (kw_str){0};
        }
        is_code = kind == KW_XML_OPEN && xml.depth == 2 && kw_str_equal(name, KW_STR("Code"));
    }
    return (kw_str){0};
}
