/* SPDX-License-Identifier: Apache-2.0
 * Drafts over a folder, and the client that tries them. */
#include "tuf/draft.h"

#include "base/heap.h"
#include "os/file.h"
#include "tuf/engine/match.h"
#include "tuf/engine/update.h"

#include <stdio.h>

enum {
    PATH_BYTES_MAX = 4096
};

void kw_tuf_draft_drop(kw_tuf_draft *draft)
{
    for (size_t i = 0; i < draft->count; i++) {
        kw_buf_drop(&draft->files[i].bytes);
    }
    kw_heap_free(draft->files);
    *draft = (kw_tuf_draft){.folder = draft->folder};
}

kw_status kw_tuf_draft_name(char out[KW_TUF_DRAFT_NAME_BYTES], kw_str role, uint64_t version,
                            kw_error *err)
{
    kw_tuf_quoted quoted;
    KW_TRY_AT(err, kw_tuf_quote(&quoted, role), "naming the file of a role");
    if (version == 0) {
        (void)snprintf(out, KW_TUF_DRAFT_NAME_BYTES, "%s.json", quoted.text);
    } else {
        (void)snprintf(out, KW_TUF_DRAFT_NAME_BYTES, "%llu.%s.json", (unsigned long long)version,
                       quoted.text);
    }
    return KW_OK;
}

kw_status kw_tuf_draft_add(kw_tuf_draft *draft, const char *name, kw_buf *bytes, kw_error *err)
{
    kw_tuf_draft_file *files = kw_heap_resize(draft->files, draft->count + 1, sizeof *draft->files);
    KW_REQUIRE(files != NULL, err, KW_NO_MEMORY, "no memory for a draft");
    draft->files = files;
    kw_tuf_draft_file *added = &files[draft->count++];
    (void)snprintf(added->name, sizeof added->name, "%s", name);
    added->bytes = kw_buf_take(bytes);
    return KW_OK;
}

static kw_status path_of(const kw_tuf_draft *draft, kw_buf *path, const char **out,
                         const char *name)
{
    KW_TRY(kw_buf_append_format(path, "%s/metadata/%s", draft->folder, name));
    return kw_buf_c_text(path, out);
}

kw_status kw_tuf_draft_read_old(const kw_tuf_draft *draft, kw_buf *out, const char *name,
                                kw_error *err)
{
    KW_AUTO(kw_buf) path_text = kw_buf_init(PATH_BYTES_MAX);
    const char *path = NULL;
    KW_TRY_AT(err, path_of(draft, &path_text, &path, name), "naming a file of metadata");
    return kw_file_read(out, path, err);
}

/* The newest of that name: a later one takes the place of an earlier one. */
static const kw_tuf_draft_file *find(const kw_tuf_draft *draft, const char *name)
{
    for (size_t i = draft->count; i > 0; i--) {
        if (strcmp(draft->files[i - 1].name, name) == 0) {
            return &draft->files[i - 1];
        }
    }
    return NULL;
}

kw_status kw_tuf_draft_read(const kw_tuf_draft *draft, kw_buf *out, const char *name, kw_error *err)
{
    const kw_tuf_draft_file *file = find(draft, name);
    if (file == NULL) {
        return kw_tuf_draft_read_old(draft, out, name, err);
    }
    KW_TRY_AT(err, kw_buf_append(out, kw_buf_view(&file->bytes)), "reading a draft");
    return KW_OK;
}

kw_status kw_tuf_draft_write(const kw_tuf_draft *draft, const kw_tuf_draft_file *file,
                             kw_error *err)
{
    KW_AUTO(kw_buf) path_text = kw_buf_init(PATH_BYTES_MAX);
    KW_AUTO(kw_buf) old = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
    const char *path = NULL;
    KW_TRY_AT(err, path_of(draft, &path_text, &path, file->name), "naming a file of metadata");
    if (kw_file_read(&old, path, NULL) == KW_OK &&
        kw_span_equal_var(kw_buf_view(&old), kw_buf_view(&file->bytes))) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_file_write_atomic(path, kw_buf_view(&file->bytes), 0644, err),
              "publishing %s", file->name);
    return KW_OK;
}

/* ---- the client that tries it ---- */

/* A client before the publication: root.json is the first root, the others are those that were
 * live; it forgets what it is told to forget. */
typedef struct rehearsal {
    const kw_tuf_draft *draft;
    bool forgets; /* it was told to erase timestamp and snapshot */
    kw_buf answer;
} rehearsal;

static void rehearsal_drop(rehearsal *r)
{
    kw_buf_drop(&r->answer);
}

static kw_status read_wanted(rehearsal *r, const kw_tuf_want *want, kw_error *err)
{
    if (want->kind == KW_TUF_WANT_REMOTE) {
        return kw_tuf_draft_read(r->draft, &r->answer, want->name, err);
    }
    if (strcmp(want->name, "root.json") == 0) {
        return kw_tuf_draft_read(r->draft, &r->answer, "1.root.json", err);
    }
    bool is_snapshot = strcmp(want->name, "snapshot.json") == 0;
    const char *live = is_snapshot ? r->draft->live_snapshot : want->name;
    return r->forgets || live[0] == '\0' ? KW_NOT_FOUND
                                         : kw_tuf_draft_read_old(r->draft, &r->answer, live, err);
}

static kw_status answer(rehearsal *r, const kw_tuf_want *want, bool *has_answer, kw_error *err)
{
    *has_answer = false;
    if (want->kind == KW_TUF_WANT_ERASE) {
        r->forgets = true;
    }
    if (want->kind != KW_TUF_WANT_LOCAL && want->kind != KW_TUF_WANT_REMOTE) {
        return KW_OK;
    }
    kw_buf_drop(&r->answer);
    r->answer = kw_buf_init(want->bytes_max);
    kw_status st = read_wanted(r, want, err);
    *has_answer = st == KW_OK;
    return st == KW_NOT_FOUND ? KW_OK : st;
}

kw_status kw_tuf_draft_rehearse(const kw_tuf_draft *draft, kw_unix_s now, kw_error *err)
{
    KW_AUTO(rehearsal) r = {.draft = draft};
    KW_AUTO_PTR(kw_tuf_updater) updater = NULL;
    const kw_tuf_rules rules = {.now = now, .keyids = KW_TUF_KEYIDS_STRICT};
    KW_TRY(kw_tuf_updater_new(&updater, &rules, err));
    const kw_tuf_want *want = kw_tuf_updater_want(updater);
    while (want->kind != KW_TUF_WANT_NOTHING) {
        bool has_answer = false;
        KW_TRY_AT(err, answer(&r, want, &has_answer, err), "rehearsing");
        kw_span bytes = kw_buf_view(&r.answer);
        KW_TRY_AT(err, kw_tuf_updater_give(updater, has_answer ? &bytes : NULL, err),
                  "rehearsing as a client");
    }
    return KW_OK;
}
