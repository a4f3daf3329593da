/* SPDX-License-Identifier: Apache-2.0
 * The one place where an errno becomes a status. */
#ifndef KW_OS_OSERROR_H
#define KW_OS_OSERROR_H

#include "base/error.h"

/* Such as ENOENT NOT_FOUND, EEXIST CONFLICT, EACCES FORBIDDEN, ENOSPC NO_SPACE, ENOMEM
 * NO_MEMORY, ENAMETOOLONG and EINVAL BAD_INPUT, EMFILE and ENFILE LIMIT, EAGAIN BUSY, ETIMEDOUT
 * TIMED_OUT, everything else IO. Never OK. */
KW_MUST_USE kw_status kw_status_of_errno(int number);

/* Reads errno (call it on the line after the failed call), fills `err` with "<text>: <reason>",
 * where the text follows `format`, and returns the status. */
KW_MUST_USE kw_status kw_fail_errno(kw_error *err, const char *format, ...) KW_PRINTF(2, 3);

#endif /* KW_OS_OSERROR_H */
