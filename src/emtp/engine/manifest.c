/* SPDX-License-Identifier: Apache-2.0
 * Key manifests. The general JSON decoder would leave copies of the key in the heap, so this closed
 * shape has a reader of its own. Secret inputs: the text. Source: emtp.md section 7, RFC 8259. */
#include "emtp/engine/manifest.h"

/* ---- the test key ---- */

void kw_emtp_test_key(kw_secret32 *out)
{
    uint8_t bytes[32];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    kw_status st = kw_secret32_of(out, kw_secret_span_of(KW_SPAN(bytes)));
    KW_ASSERT(st == KW_OK);
}

bool kw_emtp_is_test_key(const kw_secret32 *key)
{
    KW_AUTO(kw_secret32) published = {0};
    kw_emtp_test_key(&published);
    return kw_declassify_mask(kw_secret32_equal(key, &published), "whether it is the public key");
}

/* ---- writing ---- */

void kw_emtp_manifest_drop(kw_emtp_manifest *manifest)
{
    kw_secret32_drop(&manifest->key);
    *manifest = (kw_emtp_manifest){0};
}

void kw_emtp_key_set_drop(kw_emtp_key_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        kw_emtp_manifest_drop(&set->items[i]);
    }
    set->count = 0;
}

kw_status kw_emtp_manifest_encode(kw_secret_bytes *out, const kw_emtp_manifest *manifest)
{
    /* None of the texts has a character that JSON escapes. */
    char time[KW_RFC3339_BYTES];
    KW_TRY(kw_secret_bytes_append_str(out, KW_STR("{\"kid\":\"")));
    KW_TRY(kw_secret_bytes_append_str(out, kw_emtp_kid_text(&manifest->kid)));
    KW_TRY(kw_secret_bytes_append_str(out, KW_STR("\",\"key\":\"")));
    KW_TRY(kw_secret_bytes_append_base64(out, &manifest->key));
    KW_TRY(kw_secret_bytes_append_str(
        out, KW_STR("\",\"algorithm\":\"hmac-sha256\",\"not_before\":\"")));
    kw_utc_format(time, manifest->window.not_before);
    KW_TRY(kw_secret_bytes_append_str(out, kw_str_of(time)));
    KW_TRY(kw_secret_bytes_append_str(out, KW_STR("\",\"not_after\":\"")));
    kw_utc_format(time, manifest->window.not_after);
    KW_TRY(kw_secret_bytes_append_str(out, kw_str_of(time)));
    return kw_secret_bytes_append_str(out, KW_STR("\"}"));
}

/* ---- reading ---- */

/* Longest text of a manifest: a kid of 64. */
enum {
    TEXT_BYTES_MAX = 64
};

/* A string of the text, unescaped, wiped after use. */
typedef struct text {
    char bytes[TEXT_BYTES_MAX];
    size_t len;
} text;

static void text_drop(text *value)
{
    kw_wipe(value, sizeof *value);
}

/* What is left to read. */
typedef struct scanner {
    kw_span rest;
} scanner;

static void skip_space(scanner *s)
{
    while (s->rest.len > 0 && (s->rest.ptr[0] == ' ' || s->rest.ptr[0] == '\t' ||
                               s->rest.ptr[0] == '\n' || s->rest.ptr[0] == '\r')) {
        s->rest = (kw_span){s->rest.ptr + 1, s->rest.len - 1};
    }
}

/* Takes one character behind white space when it is the wanted one. */
static bool take(scanner *s, char wanted)
{
    skip_space(s);
    if (s->rest.len == 0 || s->rest.ptr[0] != (uint8_t)wanted) {
        return false;
    }
    s->rest = (kw_span){s->rest.ptr + 1, s->rest.len - 1};
    return true;
}

/* Takes a string of visible ASCII. Of the escapes only `\/` can be wanted (base64). */
static bool take_text(scanner *s, text *out)
{
    if (!take(s, '"')) {
        return false;
    }
    out->len = 0;
    size_t at = 0;
    while (at < s->rest.len && s->rest.ptr[at] != '"') {
        uint8_t byte = s->rest.ptr[at];
        if (byte == '\\') {
            at++;
            byte = at < s->rest.len && s->rest.ptr[at] == '/' ? '/' : 0;
        }
        if (byte < 0x20 || byte > 0x7e || out->len == TEXT_BYTES_MAX) {
            return false;
        }
        out->bytes[out->len] = (char)byte;
        out->len++;
        at++;
    }
    if (at >= s->rest.len) {
        return false;
    }
    s->rest = (kw_span){s->rest.ptr + at + 1, s->rest.len - at - 1};
    return true;
}

/* The members, in the order of their bits. */
enum {
    MEMBER_KID,
    MEMBER_KEY,
    MEMBER_ALGORITHM,
    MEMBER_NOT_BEFORE,
    MEMBER_NOT_AFTER,
    MEMBERS
};

static const char *const member_names[MEMBERS] = {"kid", "key", "algorithm", "not_before",
                                                  "not_after"};

static bool read_member(kw_emtp_manifest *out, size_t member, const text *value)
{
    kw_str content = {value->bytes, value->len};
    switch (member) {
    case MEMBER_KID:
        return kw_emtp_kid_of_text(&out->kid, content);
    case MEMBER_KEY:
        return kw_secret32_of_base64(&out->key, kw_secret_span_of(kw_span_of_str(content))) ==
               KW_OK;
    case MEMBER_ALGORITHM:
        return kw_str_equal(content, KW_STR("hmac-sha256"));
    case MEMBER_NOT_BEFORE:
        return kw_utc_parse(&out->window.not_before, content);
    case MEMBER_NOT_AFTER:
        return kw_utc_parse(&out->window.not_after, content);
    default:
        return false;
    }
}

static size_t member_of(const text *name)
{
    size_t member = 0;
    while (member < MEMBERS &&
           !kw_str_equal((kw_str){name->bytes, name->len}, kw_str_of(member_names[member]))) {
        member++;
    }
    return member;
}

/* Reads `"name":"value"` of a manifest; `seen` has a bit for each member that came. */
static kw_status take_member(scanner *s, kw_emtp_manifest *out, unsigned *seen, kw_error *err)
{
    KW_AUTO(text) name = {.len = 0};
    KW_AUTO(text) value = {.len = 0};
    KW_REQUIRE(take_text(s, &name), err, KW_BAD_INPUT, "the key manifest is not JSON");
    size_t member = member_of(&name);
    KW_REQUIRE(member < MEMBERS, err, KW_BAD_INPUT, "the key manifest has an unknown member");
    KW_REQUIRE((*seen & (1U << member)) == 0, err, KW_BAD_INPUT, "%s: twice", member_names[member]);
    KW_REQUIRE(take(s, ':') && take_text(s, &value) && read_member(out, member, &value), err,
               KW_BAD_INPUT, "%s: not of the right form", member_names[member]);
    *seen |= 1U << member;
    return KW_OK;
}

static kw_status take_manifest(scanner *s, kw_emtp_manifest *out, unsigned flags, kw_error *err)
{
    unsigned seen = 0;
    KW_REQUIRE(take(s, '{'), err, KW_BAD_INPUT, "the key manifest is not a JSON object");
    do {
        KW_TRY(take_member(s, out, &seen, err));
    } while (take(s, ','));
    KW_REQUIRE(take(s, '}'), err, KW_BAD_INPUT, "the key manifest is not JSON");
    for (size_t member = 0; member < MEMBERS; member++) {
        KW_REQUIRE((seen & (1U << member)) != 0, err, KW_BAD_INPUT, "%s: missing",
                   member_names[member]);
    }
    KW_REQUIRE(out->window.not_before < out->window.not_after, err, KW_BAD_INPUT,
               "not_after: not later than not_before");
    KW_REQUIRE((flags & KW_EMTP_ALLOW_TEST_KEY) != 0 || !kw_emtp_is_test_key(&out->key), err,
               KW_REFUSED, "key: the published test key is for tests only");
    return KW_OK;
}

static kw_status take_end(scanner *s, kw_error *err)
{
    skip_space(s);
    KW_REQUIRE(s->rest.len == 0, err, KW_BAD_INPUT, "something stands behind the JSON");
    return KW_OK;
}

static scanner scan(kw_secret_span json)
{
    return (scanner){kw_declassify_span(json, "layout of JSON; the key's text is only copied")};
}

kw_status kw_emtp_manifest_decode(kw_emtp_manifest *out, kw_secret_span json, unsigned flags,
                                  kw_error *err)
{
    scanner s = scan(json);
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    KW_TRY(take_manifest(&s, &manifest, flags, err));
    KW_TRY(take_end(&s, err));
    *out = manifest;
    return KW_OK;
}

static kw_status take_keys(scanner *s, kw_emtp_key_set *set, unsigned flags, kw_error *err)
{
    do {
        KW_REQUIRE(set->count < KW_EMTP_KEY_SET_MAX, err, KW_LIMIT, "more than %d keys",
                   KW_EMTP_KEY_SET_MAX);
        kw_emtp_manifest *next = &set->items[set->count];
        set->count++; /* now, so that the drop of the set wipes it */
        KW_TRY(take_manifest(s, next, flags, err));
        for (size_t i = 0; i + 1 < set->count; i++) {
            KW_REQUIRE(
                !kw_str_equal(kw_emtp_kid_text(&set->items[i].kid), kw_emtp_kid_text(&next->kid)),
                err, KW_BAD_INPUT, "kid: used twice");
        }
    } while (take(s, ','));
    return KW_OK;
}

kw_status kw_emtp_key_set_decode(kw_emtp_key_set *out, kw_secret_span json, unsigned flags,
                                 kw_error *err)
{
    scanner s = scan(json);
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    KW_AUTO(text) name = {.len = 0};
    bool is_begun = take(&s, '{') && take_text(&s, &name) &&
                    kw_str_equal((kw_str){name.bytes, name.len}, KW_STR("keys")) && take(&s, ':') &&
                    take(&s, '[');
    KW_REQUIRE(is_begun, err, KW_BAD_INPUT, "not {\"keys\":[...]}");
    if (!take(&s, ']')) {
        KW_TRY(take_keys(&s, &set, flags, err));
        KW_REQUIRE(take(&s, ']'), err, KW_BAD_INPUT, "the list of keys is not JSON");
    }
    KW_REQUIRE(take(&s, '}'), err, KW_BAD_INPUT, "not {\"keys\":[...]}");
    KW_TRY(take_end(&s, err));
    *out = set;
    return KW_OK;
}
