/* kw_routed_decode, kw_router_match: a target as it stands in a request. */
#include "net/router.h"
#include "support/net_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO_PTR(kw_router) router = NULL;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    KW_ASSERT(kw_router_new(&router, &net_table_mount, 1, NULL) == KW_OK);
    kw_str path = {0};
    kw_str query = {0};
    (void)kw_str_split((kw_str){(const char *)data, size}, '?', &path, &query);
    kw_routed routed = {0};
    if (kw_router_match(router, &routed, KW_LISTENER_PUBLIC, KW_POST, path) != KW_OK) {
        return 0;
    }
    net_table_item item = {0};
    if (routed.route->in == &net_table_item_schema &&
        kw_routed_decode(&routed, &item, &arena, query, NULL) == KW_OK) {
        KW_ASSERT(item.id.len > 0 && item.id.len <= 32 && item.n <= 1000);
        KW_ASSERT(kw_str_is_made_of(item.id, "-_"));
    }
    return 0;
}
