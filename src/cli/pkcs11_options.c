/* SPDX-License-Identifier: Apache-2.0
 * Tokens of commands. Secret inputs: the PIN, which kw_hsm_open reads. */
#include "cli/pkcs11_options.h"

bool kw_pkcs11_is_given(const kw_pkcs11_options *options)
{
    return options->pkcs11_module.len > 0 || options->pkcs11_label.len > 0 ||
           options->pkcs11_pin_file.len > 0;
}

kw_status kw_pkcs11_open(kw_hsm **out, const kw_pkcs11_options *options, kw_error *err)
{
    const kw_hsm_options token = {.module = options->pkcs11_module.ptr,
                                  .label = options->pkcs11_label.ptr,
                                  .pin_path = options->pkcs11_pin_file.ptr};
    KW_REQUIRE(options->pkcs11_module.len > 0 && options->pkcs11_label.len > 0 &&
                   options->pkcs11_pin_file.len > 0,
               err, KW_USAGE,
               "a token needs --pkcs11-module, --pkcs11-label and --pkcs11-pin-file");
    KW_TRY_AT(err, kw_hsm_open(out, &token, err), "opening the token");
    return KW_OK;
}
