/* SPDX-License-Identifier: Apache-2.0
 * Return values of PKCS#11 v2.40, section 5.1. */
#include "hsm/rv.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

kw_status kw_rv_status(unsigned long rv)
{
    _Static_assert(sizeof(CK_RV) == sizeof rv, "rv.h gives CK_RV as what it is");
    static const struct {
        unsigned long rv;
        kw_status st;
    } rows[] = {
        {CKR_HOST_MEMORY, KW_NO_MEMORY},
        {CKR_DEVICE_MEMORY, KW_NO_SPACE},
        {CKR_PIN_INCORRECT, KW_SEALED},
        {CKR_PIN_INVALID, KW_SEALED},
        {CKR_PIN_LEN_RANGE, KW_SEALED},
        {CKR_PIN_EXPIRED, KW_SEALED},
        {CKR_PIN_LOCKED, KW_SEALED},
        {CKR_USER_PIN_NOT_INITIALIZED, KW_SEALED},
        {CKR_USER_NOT_LOGGED_IN, KW_SEALED},
        {CKR_TOKEN_WRITE_PROTECTED, KW_FORBIDDEN},
        {CKR_SESSION_READ_ONLY, KW_FORBIDDEN},
        {CKR_DEVICE_ERROR, KW_UNAVAILABLE},
        {CKR_DEVICE_REMOVED, KW_UNAVAILABLE},
        {CKR_TOKEN_NOT_PRESENT, KW_UNAVAILABLE},
        {CKR_SESSION_CLOSED, KW_UNAVAILABLE},
        {CKR_SESSION_HANDLE_INVALID, KW_UNAVAILABLE},
        {CKR_CRYPTOKI_NOT_INITIALIZED, KW_UNAVAILABLE},
        {CKR_OBJECT_HANDLE_INVALID, KW_NOT_FOUND},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if (rows[i].rv == rv) {
            return rows[i].st;
        }
    }
    return KW_IO;
}

kw_status kw_rv_check(unsigned long rv, const char *what, kw_error *err)
{
    if (rv == CKR_OK) {
        return KW_OK;
    }
    return kw_fail(err, kw_rv_status(rv), "%s: %s", what, p11_kit_strerror(rv));
}
