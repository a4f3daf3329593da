/* SPDX-License-Identifier: Apache-2.0
 * The header of the seal. */
#include "store/seal_header.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "store/limits.h"

enum {
    HEADER_VERSION = 1
};

bool kw_seal_cost_is_sane(kw_seal_root root, kw_argon2id_cost cost)
{
    switch (root) {
    case KW_SEAL_PASSPHRASE_FILE:
        return cost.memory_kib >= KW_SEAL_MEMORY_KIB_MIN &&
               cost.memory_kib <= KW_SEAL_MEMORY_KIB_MAX && cost.passes >= 1 &&
               cost.passes <= KW_SEAL_PASSES_MAX;
    case KW_SEAL_KEY_FILE:
        return cost.memory_kib == 0 && cost.passes == 0;
    }
    return false;
}

void kw_seal_header_encode(uint8_t out[KW_SEAL_HEADER_BYTES], const kw_seal_header *header)
{
    kw_writer w = kw_writer_of((kw_mspan){out, KW_SEAL_HEADER_BYTES});
    kw_write_u8(&w, HEADER_VERSION);
    kw_write_u8(&w, (uint8_t)header->root);
    kw_write_u32be(&w, header->cost.memory_kib);
    kw_write_u32be(&w, header->cost.passes);
    kw_write_span(&w, KW_SPAN(header->salt.bytes));
    kw_write_span(&w, KW_SPAN(header->wrapped));
    KW_ASSERT(kw_write_end(&w) == KW_OK);
}

kw_status kw_seal_header_decode(kw_seal_header *out, kw_span wire)
{
    kw_reader r = kw_reader_of(wire);
    kw_seal_header h = {0};
    uint8_t version = kw_read_u8(&r);
    h.root = (kw_seal_root)kw_read_u8(&r);
    h.cost.memory_kib = kw_read_u32be(&r);
    h.cost.passes = kw_read_u32be(&r);
    kw_read_into(&r, KW_MSPAN(h.salt.bytes));
    kw_read_into(&r, KW_MSPAN(h.wrapped));
    KW_TRY(kw_read_end(&r));
    if (version != HEADER_VERSION || !kw_seal_cost_is_sane(h.root, h.cost)) {
        return KW_BAD_INPUT;
    }
    *out = h;
    return KW_OK;
}
