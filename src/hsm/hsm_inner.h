/* SPDX-License-Identifier: Apache-2.0
 * What the files of the token share. */
#ifndef KW_HSM_HSM_INNER_H
#define KW_HSM_HSM_INNER_H

#include "hsm/hsm.h"

#include <p11-kit/pkcs11.h>

struct kw_hsm {
    CK_FUNCTION_LIST *calls; /* of the module; NULL: not loaded */
    CK_SESSION_HANDLE session;
    bool is_started;
    bool has_session;
};

#endif /* KW_HSM_HSM_INNER_H */
