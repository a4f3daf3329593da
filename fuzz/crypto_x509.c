/* kw_x509_identity_parse, kw_x509_not_after, kw_x509_read_key
 * SPDX-License-Identifier: Apache-2.0 */
#include "crypto/x509.h"

#include "crypto/x509_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span input = {data, size};
    kw_x509_identity identity;
    if (kw_x509_identity_parse(&identity, input, NULL) == KW_OK) {
        size_t len = strlen(identity.text);
        KW_ASSERT(len > 0 && len <= KW_X509_IDENTITY_BYTES_MAX);
        for (size_t i = 0; i < len; i++) {
            KW_ASSERT(identity.text[i] > ' ' && identity.text[i] <= '~');
        }
    }
    kw_unix_s end = 0;
    kw_status st = kw_x509_not_after(&end, input, NULL);
    KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT);
    if (size > 0 && data[0] == '-') { /* slow, and the same parser decides on the rest */
        KW_AUTO_PTR(EVP_PKEY) key = NULL;
        st = kw_x509_read_key(&key, kw_secret_span_of(input), NULL);
        KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT);
    }
    return 0;
}
