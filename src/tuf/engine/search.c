/* SPDX-License-Identifier: Apache-2.0
 * The search as a stack. A role waits together with its keys, so that the file of whoever delegated
 * to it need not stay: the same role under another delegator has that one's keys. */
#include "tuf/engine/search.h"

#include "crypto/hash.h"

void kw_tuf_search_drop(kw_tuf_search *search)
{
    kw_arena_drop(&search->arena);
    *search = (kw_tuf_search){0};
}

kw_status kw_tuf_search_begin(kw_tuf_search *out, kw_str path, kw_error *err)
{
    KW_REQUIRE(path.len > 0 && path.len <= KW_TUF_PATH_BYTES_MAX, err, KW_LIMIT,
               "the path of a target is not 1 to %d bytes", KW_TUF_PATH_BYTES_MAX);
    KW_AUTO(kw_tuf_search) search = {.arena = kw_arena_init(KW_TUF_SEARCH_BYTES_MAX)};
    KW_TRY_AT(err, kw_arena_copy_str(&search.arena, &search.path, path), "beginning a search");
    kw_sha256(&search.path_hash, kw_span_of_str(path));
    kw_tuf_search_drop(out);
    *out = search;
    search = (kw_tuf_search){0};
    return KW_OK;
}

static bool is_visited(const kw_tuf_search *search, kw_str name)
{
    for (size_t i = 0; i < search->visited_count; i++) {
        if (kw_str_equal(search->visited[i], name)) {
            return true;
        }
    }
    return false;
}

/* The new ones go on top, the first of them uppermost. Where there is no room, those that would be
 * the last to be visited fall out at the bottom. */
static void push(kw_tuf_search *search, kw_tuf_role **added, size_t count)
{
    size_t room = KW_COUNT(search->waiting) - count;
    size_t kept = KW_MIN(search->waiting_count, room);
    search->has_overflown = search->has_overflown || kept < search->waiting_count;
    memmove(search->waiting, &search->waiting[search->waiting_count - kept],
            kept * sizeof(search->waiting[0]));
    for (size_t i = 0; i < count; i++) {
        search->waiting[kept + i] = added[count - 1 - i];
    }
    search->waiting_count = kept + count;
}

kw_status kw_tuf_search_add(kw_tuf_search *search, const kw_tuf_file *targets, kw_error *err)
{
    kw_tuf_delegation found;
    kw_tuf_role *added[KW_TUF_ROLES_MAX];
    size_t count = 0;
    for (const void *at = NULL;
         kw_tuf_targets_next(targets->body, &at, &found, search->path, &search->path_hash);) {
        if (count == KW_COUNT(added)) {
            search->has_overflown = true;
            break;
        }
        KW_TRY_AT(err, kw_tuf_role_copy(&search->arena, &added[count++], &found.role),
                  "remembering delegations");
        if (found.is_terminating) {
            search->waiting_count = 0;
            search->has_overflown = false;
            break;
        }
    }
    push(search, added, count);
    return KW_OK;
}

kw_status kw_tuf_search_next(kw_tuf_search *search, const kw_tuf_role **out, kw_error *err)
{
    while (search->waiting_count > 0) {
        const kw_tuf_role *next = search->waiting[--search->waiting_count];
        if (is_visited(search, next->name)) {
            continue;
        }
        KW_REQUIRE(search->visited_count < KW_COUNT(search->visited), err, KW_LIMIT,
                   "more than %d roles delegate this path", KW_TUF_ROLES_MAX);
        search->visited[search->visited_count++] = next->name;
        *out = next;
        return KW_OK;
    }
    KW_REQUIRE(!search->has_overflown, err, KW_LIMIT, "more than %d roles delegate this path",
               KW_TUF_ROLES_MAX);
    *out = NULL;
    return KW_OK;
}
