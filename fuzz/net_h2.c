/* kw_protocol_h2: bytes of an HTTP/2 connection behind its preface. */
#include "support/net_desk.h"
#include "support/net_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    net_desk desk;
    net_desk_open(&desk, &net_table_mount, &kw_protocol_h2, 0);
    desk.conn.protocol->input(&desk.conn, (kw_span){(const uint8_t *)preface, sizeof preface});
    for (size_t at = 0; at < size && !net_desk_is_over(&desk); at += 64) {
        desk.conn.protocol->input(&desk.conn, (kw_span){data + at, KW_MIN(size - at, (size_t)64)});
        (void)net_desk_pull(&desk, NULL);
    }
    net_desk_close(&desk);
    return 0;
}
