/* SPDX-License-Identifier: Apache-2.0
 * Target files of a publication: that each listed one is there, and copies under hashed names. */
#ifndef KW_TUF_UPLOADS_H
#define KW_TUF_UPLOADS_H

#include "tuf/service.h"

/* Checks the uploads against what staged files list, and that every listed file is uploaded or
 * there. `bodies`: of the staged targets files. Statuses of kw_tuf_publish. */
KW_MUST_USE kw_status kw_tuf_uploads_check(const char *folder, const kw_tuf_release *release,
                                           const kw_json *const *bodies, size_t bodies_count,
                                           kw_error *err);

/* Copies each upload to targets/, once for each of its hashes; one that is there is left alone. */
KW_MUST_USE kw_status kw_tuf_uploads_write(const char *folder, const kw_tuf_release *release,
                                           const kw_json *const *bodies, size_t bodies_count,
                                           kw_error *err);

#endif /* KW_TUF_UPLOADS_H */
