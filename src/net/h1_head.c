/* SPDX-License-Identifier: Apache-2.0
 * Reading an HTTP/1.1 header with llhttp behind a strict scan. */
#include "net/h1_head.h"

#include "codec/utf8.h"

#include <llhttp.h>

/* Controls other than HTAB never occur in a header; bytes from 0x80 are obs-text, which only values
 * may hold: llhttp refuses them in the request line, is_token_byte in names. */
static bool is_control(uint8_t byte)
{
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

/* tchar of RFC 9110 section 5.6.2. */
static bool is_token_byte(uint8_t byte)
{
    uint8_t lower = byte | 0x20;
    bool is_alnum = (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z');
    return is_alnum || byte == '-' || (byte != 0 && strchr("!#$%&'*+.^_`|~", byte) != NULL);
}

static kw_status end_line(kw_h1_scan *scan, const kw_h1_limits *limits)
{
    bool is_empty = scan->line_bytes == 0;
    bool is_request_line = scan->lines == 0;
    if (is_request_line ? is_empty : !is_empty && !scan->has_colon) {
        return KW_BAD_INPUT; /* RFC 9112 lets us skip empty lines in front; we do not */
    }
    scan->is_complete = is_empty;
    scan->lines += is_empty ? 0 : 1;
    scan->line_bytes = 0;
    scan->has_colon = false;
    scan->has_cr = false;
    return scan->lines > limits->fields_max + 1 ? KW_HEADERS_TOO_LARGE : KW_OK;
}

static kw_status scan_byte(kw_h1_scan *scan, uint8_t byte, const kw_h1_limits *limits)
{
    if (scan->has_cr || byte == '\n') {
        return scan->has_cr && byte == '\n' ? end_line(scan, limits) : KW_BAD_INPUT;
    }
    if (byte == '\r') {
        scan->has_cr = true;
        return KW_OK;
    }
    bool is_in_name = scan->lines > 0 && !scan->has_colon;
    if (is_in_name && byte == ':' && scan->line_bytes > 0) {
        scan->has_colon = true;
    } else if (is_in_name ? !is_token_byte(byte) : is_control(byte)) {
        return KW_BAD_INPUT;
    }
    scan->line_bytes++;
    return KW_OK;
}

/* Printable characters of a request line or a value: what scan_byte would let pass, but many at
 * once. Returns how many. */
static size_t pass_text(kw_h1_scan *scan, kw_span bytes, const kw_h1_limits *limits)
{
    if (scan->has_cr || (scan->lines > 0 && !scan->has_colon)) {
        return 0;
    }
    bytes.len = KW_MIN(bytes.len, limits->bytes_max - scan->bytes);
    size_t passed = kw_utf8_plain_prefix(bytes);
    scan->line_bytes += passed;
    return passed;
}

kw_status kw_h1_scan_push(kw_h1_scan *scan, size_t *out_used, kw_span bytes,
                          const kw_h1_limits *limits)
{
    size_t used = 0;
    while (used < bytes.len && !scan->is_complete) {
        if (scan->bytes == limits->bytes_max) {
            return KW_HEADERS_TOO_LARGE;
        }
        size_t passed = pass_text(scan, (kw_span){bytes.ptr + used, bytes.len - used}, limits);
        if (passed == 0) {
            KW_TRY(scan_byte(scan, bytes.ptr[used], limits));
            passed = 1;
        }
        scan->bytes += passed;
        used += passed;
    }
    *out_used = used;
    return KW_OK;
}

/* What the callbacks of llhttp share. */
typedef struct reading {
    kw_http_head *head;
    kw_arena *arena;
    kw_str target;
    kw_str name;
    kw_str value;
    bool is_complete;
    kw_status st;
} reading;

/* llhttp may give a text in pieces; they are neighbours, because the whole header is one input. */
static int extend(kw_str *text, const char *at, size_t len)
{
    *text = (kw_str){text->len == 0 ? at : text->ptr, text->len + len};
    return text->ptr + text->len == at + len ? 0 : HPE_USER;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    return extend(&((reading *)parser->data)->target, at, len);
}

static int on_field(llhttp_t *parser, const char *at, size_t len)
{
    return extend(&((reading *)parser->data)->name, at, len);
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
    return extend(&((reading *)parser->data)->value, at, len);
}

static int on_value_complete(llhttp_t *parser)
{
    reading *r = parser->data;
    r->st = kw_http_head_add(r->head, r->arena, r->name, kw_str_trim(r->value));
    r->name = (kw_str){0};
    r->value = (kw_str){0};
    return r->st == KW_OK ? 0 : HPE_USER;
}

/* Bodies are framed by h1_chunk.c and h1.c, so llhttp ends each message here. */
static int on_headers_complete(llhttp_t *parser)
{
    ((reading *)parser->data)->is_complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_headers_complete,
};

/* origin-form stays; absolute-form must name the Host and becomes origin-form. */
static kw_status take_target(kw_http_head *head, kw_str target)
{
    head->authority = head->value[KW_HTTP_HEAD_HOST];
    head->target = target;
    if (target.len > 0 && target.ptr[0] == '/') {
        return KW_OK;
    }
    const kw_str schemes[] = {KW_STR("https://"), KW_STR("http://")};
    for (size_t i = 0; i < KW_COUNT(schemes); i++) {
        size_t skip = schemes[i].len;
        if (target.len <= skip || !kw_str_equal_nocase((kw_str){target.ptr, skip}, schemes[i])) {
            continue;
        }
        kw_str rest = {target.ptr + skip, target.len - skip};
        kw_str host = {0};
        kw_str tail = {0};
        bool has_path = kw_str_split(rest, '/', &host, &tail);
        head->target = has_path ? (kw_str){host.ptr + host.len, rest.len - host.len} : KW_STR("/");
        return kw_str_equal_nocase(host, head->authority) ? KW_OK : KW_BAD_INPUT;
    }
    return KW_BAD_INPUT;
}

static kw_status check_framing(kw_http_head *head)
{
    if (!head->has[KW_HTTP_HEAD_TRANSFER_ENCODING]) {
        return KW_OK;
    }
    if (head->has[KW_HTTP_HEAD_CONTENT_LENGTH] ||
        !kw_str_equal_nocase(head->value[KW_HTTP_HEAD_TRANSFER_ENCODING], KW_STR("chunked"))) {
        return KW_BAD_INPUT;
    }
    head->is_chunked = true;
    head->has_body = true;
    return KW_OK;
}

/* Host is a name or address with an optional port: no user information, path or white space. */
static kw_status check_host(const kw_http_head *head)
{
    kw_str host = head->value[KW_HTTP_HEAD_HOST];
    bool is_right =
        head->has[KW_HTTP_HEAD_HOST] && host.len > 0 && kw_str_is_made_of(host, "-._~:[]%");
    return is_right ? KW_OK : KW_BAD_INPUT;
}

static kw_status check_connection(kw_http_head *head)
{
    kw_str rest = head->value[KW_HTTP_HEAD_CONNECTION];
    kw_str item = {0};
    while (kw_list_next(&rest, &item)) {
        head->is_last = head->is_last || kw_str_equal_nocase(item, KW_STR("close"));
    }
    rest = head->value[KW_HTTP_HEAD_UPGRADE];
    while (kw_list_next(&rest, &item)) {
        if (kw_str_equal_nocase(item, KW_STR("h2c"))) {
            return KW_BAD_INPUT;
        }
    }
    return head->has[KW_HTTP_HEAD_HTTP2_SETTINGS] ? KW_BAD_INPUT : KW_OK;
}

/* llhttp takes more spaces and more versions than the one form there is. */
static bool is_strict_line(kw_str text, kw_str method, kw_str target)
{
    const char *behind = target.ptr + target.len;
    kw_str rest = {behind, (size_t)(text.ptr + text.len - behind)};
    return target.ptr == method.ptr + method.len + 1 &&
           kw_str_starts_with(rest, KW_STR(" HTTP/1.1\r\n"));
}

kw_status kw_h1_head_parse(kw_http_head *out, kw_arena *arena, kw_str text)
{
    reading r = {.head = out, .arena = arena};
    llhttp_t parser;
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = &r;
    llhttp_errno_t code = llhttp_execute(&parser, text.ptr, text.len);
    if (r.st == KW_LIMIT) {
        return KW_LIMIT;
    }
    kw_str method = {0};
    kw_str tail = {0};
    (void)kw_str_split(text, ' ', &method, &tail);
    if (code != HPE_PAUSED || !r.is_complete || !is_strict_line(text, method, r.target)) {
        return KW_BAD_INPUT;
    }
    kw_http_head_set_method(out, method);
    KW_TRY(check_host(out));
    KW_TRY(check_connection(out));
    KW_TRY(take_target(out, r.target));
    KW_TRY(kw_http_head_finish(out));
    return check_framing(out);
}
