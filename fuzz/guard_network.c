/* kw_network_parse, kw_ip_parse: the canonical text of what they take reads back the same. */
#include "guard/engine/ip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_str text = {(const char *)data, size};
    kw_network network;
    if (kw_network_parse(&network, text) == KW_OK) {
        char canonical[KW_NETWORK_TEXT_BYTES];
        kw_network_format(canonical, &network);
        kw_network again;
        KW_ASSERT(kw_network_parse(&again, kw_str_of(canonical)) == KW_OK);
        KW_ASSERT(kw_span_equal_var(KW_SPAN(again.base.bytes), KW_SPAN(network.base.bytes)));
        KW_ASSERT(again.prefix_bits == network.prefix_bits);
        KW_ASSERT(again.is_refused == network.is_refused);
        KW_ASSERT(kw_networks_allow((kw_networks){&network, 1}, &network.base) !=
                  network.is_refused);
    }
    kw_ip address;
    if (kw_ip_parse(&address, text) == KW_OK) {
        KW_ASSERT(kw_network_parse(&network, text) == KW_OK && network.prefix_bits == 128);
    }
    return 0;
}
