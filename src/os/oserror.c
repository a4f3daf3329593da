/* SPDX-License-Identifier: Apache-2.0
 * errno to status. */
#include "os/oserror.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

kw_status kw_status_of_errno(int number)
{
    static const struct {
        int number;
        kw_status status;
    } rows[] = {
        {ENOENT, KW_NOT_FOUND},       {ENOTDIR, KW_NOT_FOUND},      {EEXIST, KW_CONFLICT},
        {ENOTEMPTY, KW_CONFLICT},     {EISDIR, KW_CONFLICT},        {EACCES, KW_FORBIDDEN},
        {EPERM, KW_FORBIDDEN},        {EROFS, KW_FORBIDDEN},        {ENOSPC, KW_NO_SPACE},
        {EDQUOT, KW_NO_SPACE},        {EFBIG, KW_NO_SPACE},         {ENOMEM, KW_NO_MEMORY},
        {EINVAL, KW_BAD_INPUT},       {ENAMETOOLONG, KW_BAD_INPUT}, {ELOOP, KW_BAD_INPUT},
        {EMFILE, KW_LIMIT},           {ENFILE, KW_LIMIT},           {EAGAIN, KW_BUSY},
        {ETIMEDOUT, KW_TIMED_OUT},    {EPIPE, KW_CANCELLED},        {ENOSYS, KW_UNAVAILABLE},
        {EOPNOTSUPP, KW_UNAVAILABLE},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if (rows[i].number == number) {
            return rows[i].status;
        }
    }
    return KW_IO;
}

kw_status kw_fail_errno(kw_error *err, const char *format, ...)
{
    int number = errno;
    char text[KW_ERROR_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) < 0) {
        text[0] = '\0';
    }
    va_end(args);
    char reason[64]; /* the GNU form returns either this buffer or a constant */
    return kw_fail(err, kw_status_of_errno(number), "%s: %s", text,
                   strerror_r(number, reason, sizeof reason));
}
