/* SPDX-License-Identifier: Apache-2.0
 * ChaCha20 by libsodium. */
#include "crypto/chacha20.h"

#include "base/error.h"

#include <sodium.h>

void kw_chacha20_stream(kw_mspan out, const kw_hash32 *seed, uint64_t block)
{
    static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES] = {0};
    memset(out.ptr, 0, out.len);
    KW_ASSERT(crypto_stream_chacha20_xor_ic(out.ptr, out.ptr, out.len, nonce, block, seed->bytes) ==
              0);
}
