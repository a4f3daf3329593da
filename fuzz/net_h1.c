/* kw_h1_head_parse, kw_h1_scan_push, kw_chunk_read, alone and behind kw_protocol_h1: bytes of a
 * connection. The first byte cuts the rest into pieces; whole and in pieces they mean the same.
 * "100 Continue" is the exception: it depends on whether the body has come. */
#include "net/h1_head.h"
#include "support/net_desk.h"
#include "support/net_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void talk(kw_buf *out, kw_span bytes, size_t piece)
{
    net_desk desk;
    net_desk_open(&desk, &net_table_mount, &kw_protocol_h1, 0);
    while (bytes.len > 0 && !net_desk_is_over(&desk)) {
        size_t len = KW_MIN(piece, bytes.len);
        desk.conn.protocol->input(&desk.conn, (kw_span){bytes.ptr, len});
        bytes = (kw_span){bytes.ptr + len, bytes.len - len};
        (void)net_desk_pull(&desk, out);
    }
    net_desk_close(&desk);
}

/* What the scan lets pass and the parser takes has one meaning. */
static void parse_alone(kw_span bytes)
{
    const kw_h1_limits limits = {.bytes_max = 16384, .fields_max = 100};
    kw_h1_scan scan = {0};
    size_t used = 0;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_http_head head = {0};
    if (kw_h1_scan_push(&scan, &used, bytes, &limits) == KW_OK && scan.is_complete &&
        kw_h1_head_parse(&head, &arena, (kw_str){(const char *)bytes.ptr, used}) == KW_OK) {
        KW_ASSERT(head.target.len > 0 && head.target.ptr[0] == '/');
        KW_ASSERT(head.authority.len > 0);
        KW_ASSERT(!head.is_chunked || !head.has_content_length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 32768) {
        return 0;
    }
    kw_span bytes = {data + 1, size - 1};
    parse_alone(bytes);
    KW_AUTO(kw_buf) whole = kw_buf_init(32 << 20);
    KW_AUTO(kw_buf) pieces = kw_buf_init(32 << 20);
    talk(&whole, bytes, bytes.len);
    talk(&pieces, bytes, (size_t)data[0] + 1);
    bool may_differ = pieces.len > 0 && memmem(pieces.ptr, pieces.len, "HTTP/1.1 100", 12) != NULL;
    KW_ASSERT(may_differ || kw_span_equal_var(kw_buf_view(&whole), kw_buf_view(&pieces)));
    return 0;
}
