/* SPDX-License-Identifier: Apache-2.0
 * A secret does not become text, so it reaches no log and no error. */
#include "base/arena.h"
#include "crypto/secret.h"
/* expect: incompatible type for argument */
kw_status remember(kw_arena *arena, kw_str *out, const kw_secret32 *key, kw_str name);
kw_status remember(kw_arena *arena, kw_str *out, const kw_secret32 *key, kw_str name)
{
    KW_UNUSED(key);
    KW_UNUSED(name);
#ifdef KW_COMPILES
    return kw_arena_copy_str(arena, out, name);
#else
    return kw_arena_copy_str(arena, out, kw_secret32_view(key));
#endif
}
