/* SPDX-License-Identifier: Apache-2.0
 * Notify bodies. Source: emtp.md section 9.4. */
#include "emtp/engine/notice.h"

#include "codec/form.h"

/* C28: whoever sends one of these has mistaken us for something else. */
static bool is_personal(kw_str name)
{
    static const char *const names[] = {"full_name", "dob", "phones", "addresses", "idnos"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        if (kw_str_equal(name, kw_str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_surl(kw_str name)
{
    return kw_str_equal(name, KW_STR("surl")) || kw_str_equal(name, KW_STR("table"));
}

static bool is_nurl(kw_str name)
{
    return kw_str_equal(name, KW_STR("match")) || kw_str_equal(name, KW_STR("keys")) ||
           kw_str_ends_with(name, KW_STR("_notify")) || kw_str_ends_with(name, KW_STR("_nurl"));
}

static bool is_https(kw_str text)
{
    kw_url url;
    return kw_url_parse(&url, text) == KW_OK && kw_str_equal_nocase(url.scheme, KW_STR("https"));
}

/* A value that begins as a URL stands raw: its escapes belong to it. */
static kw_status read_url(kw_arena *arena, kw_str *out, kw_str value, kw_error *err)
{
    kw_str url = value;
    if (!kw_str_starts_with(value, KW_STR("https://"))) {
        KW_TRY_AT(err, kw_form_decode(arena, &url, value), "reading a URL of the notice");
    }
    KW_REQUIRE(url.len <= KW_EMTP_URL_BYTES_MAX, err, KW_LIMIT, "a URL of the notice is too long");
    KW_REQUIRE(is_https(url), err, KW_BAD_INPUT, "a URL of the notice is not an https URL");
    KW_TRY_AT(err, kw_arena_copy_str(arena, out, url), "keeping a URL of the notice");
    return KW_OK;
}

static kw_status read_nurl(kw_arena *arena, kw_emtp_notice *notice, kw_str name, kw_str value,
                           kw_error *err)
{
    KW_REQUIRE(notice->nurls_count < KW_EMTP_NURLS_MAX, err, KW_LIMIT, "too many notify URLs");
    KW_REQUIRE(name.len <= KW_EMTP_NURL_NAME_BYTES_MAX && kw_str_is_made_of(name, "_-"), err,
               KW_BAD_INPUT, "the name of a notify URL is not accepted");
    for (size_t i = 0; i < notice->nurls_count; i++) {
        KW_REQUIRE(!kw_str_equal(notice->nurls[i].name, name), err, KW_BAD_INPUT,
                   "a notify URL is given twice");
    }
    kw_emtp_nurl *nurl = &notice->nurls[notice->nurls_count];
    KW_TRY_AT(err, kw_arena_copy_str(arena, &nurl->name, name), "keeping a notify URL");
    KW_TRY(read_url(arena, &nurl->url, value, err));
    notice->nurls_count++;
    return KW_OK;
}

static kw_status read_pair(kw_arena *arena, kw_emtp_notice *notice, kw_str raw_name, kw_str value,
                           kw_error *err)
{
    kw_str name = {0};
    KW_TRY_AT(err, kw_form_decode(arena, &name, raw_name), "reading a name of the notice");
    KW_REQUIRE(!is_personal(name), err, KW_BAD_INPUT, "personal data is not accepted here");
    if (is_surl(name)) {
        KW_REQUIRE(notice->surl.len == 0, err, KW_BAD_INPUT, "surl is given twice");
        return read_url(arena, &notice->surl, value, err);
    }
    return is_nurl(name) ? read_nurl(arena, notice, name, value, err) : KW_OK;
}

kw_status kw_emtp_notice_parse(kw_emtp_notice *out, kw_arena *arena, kw_str form, kw_error *err)
{
    kw_emtp_notice notice = {0};
    kw_str name = {0};
    kw_str value = {0};
    while (kw_form_next(&form, &name, &value)) {
        KW_TRY(read_pair(arena, &notice, name, value, err));
    }
    *out = notice;
    return KW_OK;
}

kw_status kw_emtp_notice_write(kw_buf *out, kw_str surl)
{
    KW_TRY(kw_buf_append_str(out, KW_STR("surl=")));
    return kw_url_encode(out, surl);
}

bool kw_emtp_host_is_listed(kw_str hosts, kw_str url)
{
    kw_url parts;
    if (kw_url_parse(&parts, url) != KW_OK) {
        return false;
    }
    kw_str host = {0};
    while (hosts.len > 0) {
        (void)kw_str_split(hosts, ' ', &host, &hosts);
        if (host.len > 0 && kw_str_equal_nocase(host, parts.host)) {
            return true;
        }
    }
    return false;
}
