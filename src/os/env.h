/* SPDX-License-Identifier: Apache-2.0
 * The one door to the environment. Read at start, before threads; nothing writes it. */
#ifndef KW_OS_ENV_H
#define KW_OS_ENV_H

#include "base/span.h"

/* NULL when it is not set. Borrowed from the process. */
const char *kw_env_get(const char *name);

/* Calls `visit` for each variable whose name starts with `prefix`. */
void kw_env_each(kw_str prefix, void (*visit)(void *ctx, kw_str name, kw_str value), void *ctx);

#endif /* KW_OS_ENV_H */
