/* SPDX-License-Identifier: Apache-2.0
 * An attempt on libcurl. Source of its options: curl_easy_setopt(3), libcurl 7.88.
 * Secret inputs: the bearer token. */
#include "net/http_attempt.h"

#include "base/heap.h"
#include "net/endpoint.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

enum {
    CONNECT_MS_DEFAULT = 5000,
    TOTAL_MS_DEFAULT = 10000,
    IDLE_MS_DEFAULT = 60000,
    BODY_BYTES_DEFAULT = 16 << 20,
    FIELDS_BYTES_MAX = 16 << 10,
};

/* ---- options ---- */

static kw_status copy_text(const char **member)
{
    if (*member == NULL) {
        return KW_OK;
    }
    *member = kw_heap_copy_text(*member);
    return *member == NULL ? KW_NO_MEMORY : KW_OK;
}

kw_status kw_http_options_copy(kw_http_client_options *out, const kw_http_client_options *options,
                               kw_error *err)
{
    KW_REQUIRE((options->certificate_file == NULL) == (options->key_file == NULL), err,
               KW_BAD_INPUT, "a client certificate needs its key, and the other way round");
    kw_http_client_options copy = *options;
    const char **texts[] = {&copy.ca_file, &copy.pinned_spki, &copy.certificate_file,
                            &copy.key_file, &copy.user_agent};
    kw_status st = KW_OK;
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        if (st != KW_OK) {
            *texts[i] = NULL;
        } else {
            st = copy_text(texts[i]);
        }
    }
    if (st != KW_OK) {
        kw_http_options_drop(&copy);
        return kw_fail(err, st, "no memory for the options of HTTP calls");
    }
    *out = copy;
    return KW_OK;
}

void kw_http_options_drop(kw_http_client_options *options)
{
    const char *texts[] = {options->ca_file, options->pinned_spki, options->certificate_file,
                           options->key_file, options->user_agent};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_heap_free((void *)(uintptr_t)texts[i]);
    }
    *options = (kw_http_client_options){0};
}

/* ---- callbacks of libcurl ---- */

/* Lower-case name, the rest as it came; the status line of each answer (100, then 200) starts
 * over. */
static kw_status keep_field(kw_http_result *result, kw_str line)
{
    if (kw_str_starts_with(line, KW_STR("HTTP/"))) {
        kw_buf_clear(&result->fields);
        return KW_OK;
    }
    line = kw_str_trim(line);
    kw_str name = {0};
    kw_str value = {0};
    if (!kw_str_split(line, ':', &name, &value)) {
        return KW_OK;
    }
    KW_TRY(kw_buf_reserve(&result->fields, line.len + 1));
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        KW_TRY(kw_buf_append_byte(&result->fields,
                                  (uint8_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)));
    }
    KW_TRY(kw_buf_append_byte(&result->fields, ':'));
    KW_TRY(kw_buf_append_str(&result->fields, value));
    return kw_buf_append_byte(&result->fields, '\n');
}

static size_t on_field(char *bytes, size_t size, size_t count, void *ctx)
{
    kw_http_attempt *now = ctx;
    now->st = keep_field(now->result, (kw_str){bytes, size * count});
    return now->st == KW_OK ? size * count : 0;
}

static size_t body_max(const kw_http_client_options *options)
{
    return options->body_bytes_max == 0 ? BODY_BYTES_DEFAULT : options->body_bytes_max;
}

static bool is_success(long http)
{
    return http >= 200 && http < 300;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    kw_http_attempt *now = ctx;
    kw_span piece = {(const uint8_t *)bytes, size * count};
    long http = 0;
    (void)curl_easy_getinfo(now->easy, CURLINFO_RESPONSE_CODE, &http);
    if (now->call->on_bytes != NULL && is_success(http)) {
        now->has_streamed = true;
        now->st = now->call->on_bytes(now->call->ctx, piece);
    } else if (now->call->drops_body) {
        now->dropped_bytes += piece.len;
        now->st = now->dropped_bytes <= body_max(now->options) ? KW_OK : KW_LIMIT;
    } else {
        now->st = kw_buf_append(&now->result->body, piece);
    }
    return now->st == KW_OK ? piece.len : 0;
}

static int on_progress(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    const kw_http_attempt *now = ctx;
    return now->call->cancel != NULL && atomic_load(now->call->cancel) ? 1 : 0;
}

static bool address_of(kw_endpoint *out, const struct sockaddr *from)
{
    *out = (kw_endpoint){0};
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, from, sizeof v6);
        memcpy(out->bytes, &v6.sin6_addr, sizeof out->bytes);
        return true;
    }
    if (from->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof v4);
        out->bytes[10] = 0xff;
        out->bytes[11] = 0xff;
        memcpy(out->bytes + 12, &v4.sin_addr, 4);
        return true;
    }
    return false;
}

/* Then a silence ends a call, not the time that it takes. */
static bool is_stream(const kw_http_call *call)
{
    return call->on_bytes != NULL && !call->is_bounded;
}

static uint32_t idle_ms(const kw_http_call *call)
{
    return call->idle_ms == 0 ? IDLE_MS_DEFAULT : call->idle_ms;
}

static uint32_t total_ms(const kw_http_attempt *now)
{
    uint32_t wanted_ms = now->call->total_ms == 0 ? now->options->total_ms : now->call->total_ms;
    return wanted_ms == 0 ? TOTAL_MS_DEFAULT : wanted_ms;
}

static bool is_plain(const kw_http_attempt *now)
{
    return now->options->plain_loopback &&
           kw_str_starts_with(kw_str_of(now->call->url), KW_STR("http://"));
}

static bool is_allowed(const kw_http_attempt *now, const struct sockaddr *to)
{
    kw_endpoint address;
    if (!now->options->only_global && !is_plain(now)) {
        return true;
    }
    return address_of(&address, to) &&
           (!now->options->only_global || kw_endpoint_is_global(&address)) &&
           (!is_plain(now) || kw_endpoint_is_loopback(&address));
}

/* After resolution and before the connection: here a name that points inside is caught, whatever
 * it pointed to when somebody else looked. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    kw_http_attempt *now = ctx;
    if (!is_allowed(now, &to->addr)) {
        now->is_address_refused = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    if (fd >= 0) {
        /* Else a kept connection into the void takes one call after the other with it: of HTTP/2
         * libcurl gives up the stream and keeps the rest. */
        unsigned limit_ms = is_stream(now->call) ? idle_ms(now->call) : total_ms(now);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
    }
    return fd;
}

/* ---- one attempt ---- */

static const char *method_name(kw_method method)
{
    const char *name = kw_method_name(method);
    return name == NULL ? "GET" : name;
}

/* libcurl wants its values as variadic arguments of exact types; a refused one is our bug. */
#define SET(option, value)                                                   \
    do {                                                                     \
        CURLcode set_code = curl_easy_setopt(easy, (option), (value));       \
        KW_ASSERT(set_code == CURLE_OK || set_code == CURLE_OUT_OF_MEMORY || \
                  set_code == CURLE_URL_MALFORMAT);                          \
    } while (0)

static void set_tls(CURL *easy, const kw_http_attempt *now)
{
    const kw_http_client_options *options = now->options;
    const kw_http_call *call = now->call;
    const char *pin = call->pinned_spki == NULL ? options->pinned_spki : call->pinned_spki;
    SET(CURLOPT_PROTOCOLS_STR, is_plain(now) ? "http" : "https");
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CAPATH, NULL); /* with a folder libcurl reads the CAs anew for each connection */
    if (options->ca_file != NULL) {
        SET(CURLOPT_CAINFO, options->ca_file);
    }
    if (pin != NULL) {
        SET(CURLOPT_PINNEDPUBLICKEY, pin);
    }
    if (options->certificate_file != NULL) {
        SET(CURLOPT_SSLCERT, options->certificate_file);
        SET(CURLOPT_SSLKEY, options->key_file);
    }
}

static void set_limits(CURL *easy, const kw_http_attempt *now)
{
    uint32_t connect_ms = now->options->connect_ms;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that is silent does not stretch the limits */
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, ""); /* not from the environment either */
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_ms == 0 ? CONNECT_MS_DEFAULT : connect_ms));
    if (is_stream(now->call)) {
        SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
        SET(CURLOPT_LOW_SPEED_TIME, (long)((idle_ms(now->call) + 999) / 1000));
    } else {
        SET(CURLOPT_TIMEOUT_MS, (long)total_ms(now));
    }
}

static void set_callbacks(CURL *easy, kw_http_attempt *now)
{
    SET(CURLOPT_HEADERFUNCTION, on_field);
    SET(CURLOPT_HEADERDATA, now);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, now);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, now);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(CURLOPT_OPENSOCKETDATA, now);
}

static void set_request(CURL *easy, const kw_http_client_options *options, const kw_http_call *call)
{
    SET(CURLOPT_URL, call->url);
    SET(CURLOPT_HTTP_VERSION,
        (long)(options->only_http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
    SET(CURLOPT_USERAGENT,
        options->user_agent == NULL ? "keyward/" KW_VERSION : options->user_agent);
    if (call->bearer != NULL) {
        SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        SET(CURLOPT_XOAUTH2_BEARER, call->bearer);
    }
    if (call->method != KW_GET) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        SET(CURLOPT_POSTFIELDS, call->body.len == 0 ? "" : (const char *)call->body.ptr);
        SET(CURLOPT_CUSTOMREQUEST, method_name(call->method));
    }
}

static bool add_line(struct curl_slist **list, const char *name, const char *value)
{
    KW_AUTO(kw_buf) line = kw_buf_init(FIELDS_BYTES_MAX);
    const char *text = NULL;
    if (kw_buf_append_format(&line, "%s: %s", name, value) != KW_OK ||
        kw_buf_c_text(&line, &text) != KW_OK) {
        return false;
    }
    struct curl_slist *longer = curl_slist_append(*list, text);
    if (longer == NULL) {
        return false;
    }
    *list = longer;
    return true;
}

static kw_status collect_fields(struct curl_slist **list, const kw_http_call *call)
{
    /* "Expect: 100-continue" costs a second at servers that do not answer it. */
    bool is_complete = add_line(list, "Expect", "");
    if (call->method != KW_GET) {
        is_complete = is_complete && add_line(list, "Content-Type",
                                              call->media_type == NULL ? "application/octet-stream"
                                                                       : call->media_type);
    }
    for (size_t i = 0; i < call->fields_count && is_complete; i++) {
        is_complete = add_line(list, call->fields[i].name, call->fields[i].value);
    }
    return is_complete ? KW_OK : KW_NO_MEMORY;
}

static kw_status status_of_curl(CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return KW_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return KW_TIMED_OUT;
    case CURLE_ABORTED_BY_CALLBACK:
        return KW_CANCELLED;
    case CURLE_OUT_OF_MEMORY:
        return KW_NO_MEMORY;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return KW_BAD_INPUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
        return KW_PEER_REFUSED;
    default: /* of the many rest, all say that the connection failed */
        return KW_NETWORK;
    }
}

/* The first status of the table with that code. */
static kw_status status_of_http(long http)
{
    static const kw_status statuses[] = {
#define X(name, lower, number, http_, exit_code, retryable, text) KW_##name,
        KW_STATUS_TABLE(X)
#undef X
    };
    if (is_success(http) || http == 304) {
        return KW_OK;
    }
    for (size_t i = 0; i < KW_COUNT(statuses); i++) {
        if (kw_status_http(statuses[i]) == http) {
            return statuses[i];
        }
    }
    return KW_PEER_REFUSED;
}

static void copy_field(char *out, size_t size, const kw_http_result *result, const char *name)
{
    kw_str value = kw_http_result_field(result, name);
    size_t len = KW_MIN(value.len, size - 1);
    if (len > 0) {
        memcpy(out, value.ptr, len);
    }
    out[len] = '\0';
}

static uint32_t max_age_of(const kw_http_result *result)
{
    kw_str rest = kw_http_result_field(result, "cache-control");
    while (rest.len > 0) {
        kw_str part = {0};
        (void)kw_str_split(rest, ',', &part, &rest);
        kw_str name = {0};
        kw_str value = {0};
        uint64_t age_s = 0;
        if (kw_str_split(kw_str_trim(part), '=', &name, &value) &&
            kw_str_equal_nocase(name, KW_STR("max-age")) &&
            kw_str_to_u64(value, UINT32_MAX, &age_s)) {
            return (uint32_t)age_s;
        }
    }
    return 0;
}

static void read_fields(kw_http_result *result)
{
    char text[64];
    copy_field(result->media_type, sizeof result->media_type, result, "content-type");
    copy_field(result->etag, sizeof result->etag, result, "etag");
    copy_field(text, sizeof text, result, "date");
    result->has_date = kw_http_date_parse(&result->date_s, text);
    copy_field(text, sizeof text, result, "retry-after");
    result->has_retry_after =
        kw_retry_after_parse(&result->retry_after_ms, text, result->has_date ? result->date_s : 0);
    result->max_age_s = max_age_of(result);
}

/* Why, for a person: never a body, a field or a query. */
static kw_status tell(const kw_http_attempt *now, CURLcode code, kw_status st, kw_error *err)
{
    kw_str url = {0};
    kw_str query = {0};
    (void)kw_str_split(kw_str_of(now->call->url), '?', &url, &query);
    url.len = KW_MIN(url.len, (size_t)80);
    if (now->is_address_refused) {
        return kw_fail(err, KW_FORBIDDEN, "%.*s: the address is not allowed", KW_STR_ARG(url));
    }
    if (code == CURLE_OK) {
        return kw_fail(err, st, "%.*s answered %d", KW_STR_ARG(url), now->result->http);
    }
    const char *why = code == CURLE_PEER_FAILED_VERIFICATION
                          ? "its certificate is of none of our authorities, or for another name"
                          : curl_easy_strerror(code);
    return kw_fail(err, st, "%.*s: %s", KW_STR_ARG(url), why);
}

static void set_all(kw_http_attempt *now)
{
    CURL *easy = now->easy;
    curl_easy_reset(easy); /* keeps the connections */
    set_tls(easy, now);
    set_limits(easy, now);
    set_callbacks(easy, now);
    set_request(easy, now->options, now->call);
    SET(CURLOPT_HTTPHEADER, now->fields);
}

/* ---- doors ---- */

kw_status kw_http_attempt_begin(kw_http_attempt *now, uint32_t attempts, kw_error *err)
{
    KW_REQUIRE(kw_str_starts_with(kw_str_of(now->call->url), KW_STR("https://")) || is_plain(now),
               err, KW_BAD_INPUT, "only https URLs are called");
    kw_http_result_drop(now->result);
    *now->result = (kw_http_result){.attempts = attempts,
                                    .body = kw_buf_init(body_max(now->options)),
                                    .fields = kw_buf_init(FIELDS_BYTES_MAX)};
    kw_status st = collect_fields(&now->fields, now->call);
    if (st != KW_OK) {
        curl_slist_free_all(now->fields);
        now->fields = NULL;
        return kw_fail(err, st, "no memory for a request");
    }
    set_all(now);
    return KW_OK;
}

kw_status kw_http_attempt_end(kw_http_attempt *now, CURLcode code, kw_error *err)
{
    long http = 0;
    (void)curl_easy_getinfo(now->easy, CURLINFO_RESPONSE_CODE, &http);
    now->result->http = (int)http;
    curl_easy_reset(now->easy);
    curl_slist_free_all(now->fields);
    now->fields = NULL;
    read_fields(now->result);
    if (now->st != KW_OK) {
        return err != NULL && err->status == now->st ? now->st
                                                     : kw_fail(err, now->st, "reading the answer");
    }
    kw_status st = code == CURLE_OK ? status_of_http(http) : status_of_curl(code);
    return st == KW_OK ? KW_OK : tell(now, code, st, err);
}
