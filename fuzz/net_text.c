/* kw_endpoint_parse, kw_http_date_parse, kw_retry_after_parse: taken means reads back the same. */
#include "base/buf.h"
#include "net/endpoint.h"
#include "net/backoff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_address(kw_str text)
{
    kw_endpoint address;
    kw_endpoint again;
    char canonical[KW_ENDPOINT_TEXT_BYTES];
    if (kw_endpoint_parse(&address, text) == KW_OK) {
        kw_endpoint_format(canonical, &address);
        KW_ASSERT(kw_endpoint_parse(&again, kw_str_of(canonical)) == KW_OK);
        KW_ASSERT(kw_span_equal_var(KW_SPAN(again.bytes), KW_SPAN(address.bytes)));
        KW_ASSERT(again.port == address.port);
        KW_ASSERT(!kw_endpoint_is_loopback(&address) || !kw_endpoint_is_global(&address));
    }
}

static void try_time(const char *text)
{
    int64_t at_s = 0;
    uint64_t wait_ms = 0;
    char canonical[KW_HTTP_DATE_BYTES];
    if (kw_http_date_parse(&at_s, text) && at_s >= 0) {
        kw_http_date_format(canonical, at_s);
        KW_ASSERT(strcmp(canonical, text) == 0);
    }
    if (kw_retry_after_parse(&wait_ms, text, 784111777)) {
        KW_ASSERT(wait_ms <= (uint64_t)86400 * 1000);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_buf) text = kw_buf_init(size + 1);
    const char *c_text = NULL;
    KW_ASSERT(kw_buf_append(&text, (kw_span){data, size}) == KW_OK);
    KW_ASSERT(kw_buf_c_text(&text, &c_text) == KW_OK);
    try_address((kw_str){(const char *)data, size});
    try_time(c_text);
    return 0;
}
