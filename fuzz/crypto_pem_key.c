/* kw_pem_key_parse, kw_pem_key_verify
 * SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pem_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text is the signature, too: no key signs itself by chance. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kw_pem_scheme schemes[] = {KW_PEM_ECDSA_P256, KW_PEM_RSA_PSS, KW_PEM_RSA_PKCS1};
    for (size_t i = 0; i < KW_COUNT(schemes); i++) {
        KW_AUTO_PTR(kw_pem_key) key = NULL;
        kw_str text = kw_str_of_span((kw_span){data, size});
        if (kw_pem_key_parse(&key, text, schemes[i]) == KW_OK) {
            kw_span nothing = {0};
            KW_ASSERT(!kw_pem_key_verify(key, nothing, (kw_span){data, size}));
        }
    }
    return 0;
}
