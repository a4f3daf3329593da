/* SPDX-License-Identifier: Apache-2.0
 * What PKCS#11 returns as statuses of the house. */
#ifndef KW_HSM_RV_H
#define KW_HSM_RV_H

#include "base/error.h"

/* The status of a return value (CK_RV) other than CKR_OK. */
KW_MUST_USE kw_status kw_rv_status(unsigned long rv);

/* OK for CKR_OK; else fills `err` with "<what>: <words of p11-kit>" and returns its status. */
KW_MUST_USE kw_status kw_rv_check(unsigned long rv, const char *what, kw_error *err);

#endif /* KW_HSM_RV_H */
