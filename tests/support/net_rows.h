/* SPDX-License-Identifier: Apache-2.0
 * A handler that does nothing, for tests of route rows. */
#ifndef KW_TESTS_SUPPORT_NET_ROWS_H
#define KW_TESTS_SUPPORT_NET_ROWS_H

#include "net/request.h"

KW_HANDLER(get_nothing, kw_no_body, kw_no_body)

static kw_status get_nothing(kw_request *request, kw_no_body *out, const kw_no_body *in,
                             kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(out);
    KW_UNUSED(in);
    KW_UNUSED(err);
    return KW_OK;
}

#endif /* KW_TESTS_SUPPORT_NET_ROWS_H */
