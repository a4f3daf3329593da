/* SPDX-License-Identifier: Apache-2.0
 * The environment. */
#include "os/env.h"

#include <stdlib.h>
#include <unistd.h>

const char *kw_env_get(const char *name)
{
    return getenv(name);
}

void kw_env_each(kw_str prefix, void (*visit)(void *ctx, kw_str name, kw_str value), void *ctx)
{
    for (char *const *entry = environ; entry != NULL && *entry != NULL; entry++) {
        kw_str name = {0};
        kw_str value = {0};
        if (kw_str_split(kw_str_of(*entry), '=', &name, &value) &&
            kw_str_starts_with(name, prefix)) {
            visit(ctx, name, value);
        }
    }
}
