/* SPDX-License-Identifier: Apache-2.0
 * Publications: read what is live, make what is new, try it as a client, write it in order. */
#include "tuf/service.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "os/dir.h"
#include "tuf/draft.h"
#include "tuf/engine/meta.h"
#include "tuf/engine/targets.h"
#include "tuf/engine/verify.h"
#include "tuf/uploads.h"

enum {
    PATH_BYTES_MAX = 4096
};

/* A staged file, parsed. */
typedef struct staged_file {
    kw_str role; /* borrowed from the release */
    kw_tuf_file file;
} staged_file;

typedef struct publication {
    const kw_tuf_release *release;
    kw_tuf_draft draft;
    kw_tuf_file timestamp; /* live, both; empty: there is none yet */
    kw_tuf_file snapshot;
    staged_file *staged;    /* owned, as many as the release has */
    const kw_json **bodies; /* owned; of those that list targets */
    size_t bodies_count;
    kw_tuf_listing *listings; /* owned; of the new snapshot */
    size_t listings_count;
} publication;

static void publication_drop(publication *p)
{
    kw_tuf_draft_drop(&p->draft);
    kw_tuf_file_drop(&p->timestamp);
    kw_tuf_file_drop(&p->snapshot);
    for (size_t i = 0; p->staged != NULL && i < p->release->staged_count; i++) {
        kw_tuf_file_drop(&p->staged[i].file);
    }
    kw_heap_free(p->staged);
    kw_heap_free((void *)p->bodies);
    kw_heap_free(p->listings);
}

static bool is_role(kw_str name, kw_tuf_kind kind)
{
    return kw_str_equal(name, kw_tuf_kind_name(kind));
}

/* ---- what is live ---- */

static kw_status read_live(const publication *p, kw_tuf_file *out, const char *name,
                           kw_tuf_kind kind, kw_error *err)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(kw_tuf_bytes_max(kind));
    KW_TRY(kw_tuf_draft_read_old(&p->draft, &bytes, name, err));
    KW_TRY_AT(err, kw_tuf_file_parse(out, kw_buf_view(&bytes), kind, KW_TUF_KEYIDS_STRICT, err),
              "reading the live %s", name);
    return KW_OK;
}

static kw_status load_live(publication *p, kw_error *err)
{
    kw_tuf_meta entry;
    kw_status st = read_live(p, &p->timestamp, "timestamp.json", KW_TUF_TIMESTAMP, err);
    if (st == KW_NOT_FOUND) {
        return KW_OK;
    }
    KW_TRY(st);
    kw_str snapshot = kw_tuf_kind_name(KW_TUF_SNAPSHOT);
    KW_ASSERT(kw_tuf_meta_find(p->timestamp.body, &entry, snapshot));
    char *name = p->draft.live_snapshot;
    KW_TRY(kw_tuf_draft_name(name, snapshot, entry.version, err));
    return read_live(p, &p->snapshot, name, KW_TUF_SNAPSHOT, err);
}

/* Of a role in the live snapshot; 0: it is not there. */
static uint64_t live_version(const publication *p, kw_str role)
{
    kw_tuf_meta entry;
    bool is_there = p->snapshot.body != NULL && kw_tuf_meta_find(p->snapshot.body, &entry, role);
    return is_there ? entry.version : 0;
}

/* ---- what is staged ---- */

/* True when the folder has the very file; `is_other`: it has another of that name. */
static bool is_there(const publication *p, const char *name, kw_span bytes, bool *is_other)
{
    KW_AUTO(kw_buf) old = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
    kw_status st = kw_tuf_draft_read_old(&p->draft, &old, name, NULL);
    bool is_same = st == KW_OK && kw_span_equal_var(kw_buf_view(&old), bytes);
    *is_other = st != KW_NOT_FOUND && !is_same;
    return is_same;
}

/* A root is live as soon as it is written, another file when the snapshot says so; what is live is
 * not replaced, but may be there already, where a publication is tried again. */
static kw_status check_is_new(const publication *p, const staged_file *staged, const char *name,
                              kw_span bytes, kw_error *err)
{
    bool is_other = false;
    bool is_same = is_there(p, name, bytes, &is_other);
    if (staged->file.kind == KW_TUF_ROOT) {
        KW_REQUIRE(!is_other, err, KW_CONFLICT, "%s is there, and differs", name);
        return KW_OK;
    }
    uint64_t live = live_version(p, staged->role);
    KW_REQUIRE(staged->file.version > live || (staged->file.version == live && is_same), err,
               KW_ROLLBACK, "version %llu is live", (unsigned long long)live);
    return KW_OK;
}

static kw_status stage(publication *p, staged_file *out, const kw_tuf_staged *given, kw_error *err)
{
    bool is_root = is_role(given->role, KW_TUF_ROOT);
    char name[KW_TUF_DRAFT_NAME_BYTES];
    KW_AUTO(kw_buf) bytes = kw_buf_init(given->bytes.len);
    KW_REQUIRE(!is_role(given->role, KW_TUF_TIMESTAMP) && !is_role(given->role, KW_TUF_SNAPSHOT),
               err, KW_BAD_INPUT, "timestamp and snapshot are made here");
    KW_TRY(kw_tuf_file_parse(&out->file, given->bytes, is_root ? KW_TUF_ROOT : KW_TUF_TARGETS,
                             KW_TUF_KEYIDS_STRICT, err));
    out->role = given->role;
    KW_TRY(kw_tuf_draft_name(name, given->role, out->file.version, err));
    KW_TRY(check_is_new(p, out, name, given->bytes, err));
    if (!is_root) {
        p->bodies[p->bodies_count++] = out->file.body;
    }
    KW_TRY_AT(err, kw_buf_append(&bytes, given->bytes), "staging a file");
    return kw_tuf_draft_add(&p->draft, name, &bytes, err);
}

static kw_status stage_all(publication *p, kw_error *err)
{
    size_t count = p->release->staged_count;
    KW_REQUIRE(p->release->snapshot != NULL || count == 0, err, KW_BAD_INPUT,
               "what is staged needs a new snapshot");
    p->staged = kw_heap_new(count + 1, sizeof *p->staged);
    p->bodies = kw_heap_new(count + 1, sizeof(kw_json *));
    KW_REQUIRE(p->staged != NULL && p->bodies != NULL, err, KW_NO_MEMORY,
               "no memory for a publication");
    for (size_t i = 0; i < count; i++) {
        KW_TRY_AT(err, stage(p, &p->staged[i], &p->release->staged[i], err), "staging file %zu",
                  i + 1);
    }
    return KW_OK;
}

/* ---- what is made ---- */

static void list_role(publication *p, kw_str role, uint64_t version)
{
    for (size_t i = 0; i < p->listings_count; i++) {
        if (kw_str_equal(p->listings[i].role, role)) {
            p->listings[i].version = version;
            return;
        }
    }
    p->listings[p->listings_count++] = (kw_tuf_listing){.role = role, .version = version};
}

static kw_status list_all(publication *p, kw_error *err)
{
    const kw_json *live = p->snapshot.body;
    size_t room = kw_json_count(kw_json_get(live, "meta")) + p->release->staged_count;
    p->listings = kw_heap_new(room + 1, sizeof *p->listings);
    KW_REQUIRE(p->listings != NULL, err, KW_NO_MEMORY, "no memory for a snapshot");
    kw_str role = {0};
    kw_tuf_meta entry;
    for (const void *at = NULL; live != NULL && kw_tuf_meta_walk(live, &at, &role, &entry);) {
        p->listings[p->listings_count++] = (kw_tuf_listing){.role = role, .version = entry.version};
    }
    for (size_t i = 0; i < p->release->staged_count; i++) {
        if (p->staged[i].file.kind == KW_TUF_TARGETS) {
            list_role(p, p->staged[i].role, p->staged[i].file.version);
        }
    }
    return KW_OK;
}

/* Signs and adds a file of an online role; `out_listing` is what the file above says of it. */
static kw_status make(publication *p, kw_tuf_listing *out_listing, kw_tuf_kind kind,
                      const kw_tuf_head *head, const kw_tuf_signer *signer, kw_error *err)
{
    KW_AUTO(kw_buf) body = kw_buf_init(kw_tuf_bytes_max(kind));
    KW_AUTO(kw_buf) bytes = kw_buf_init(kw_tuf_bytes_max(kind));
    char name[KW_TUF_DRAFT_NAME_BYTES];
    bool is_snapshot = kind == KW_TUF_SNAPSHOT;
    KW_TRY_AT(err,
              kw_tuf_write_meta(&body, kind, head, is_snapshot ? p->listings : out_listing,
                                is_snapshot ? p->listings_count : 1),
              "writing metadata");
    KW_TRY(kw_tuf_write_signed(&bytes, kw_buf_text(&body), signer, err));
    KW_TRY(kw_tuf_draft_name(name, kw_tuf_kind_name(kind), is_snapshot ? head->version : 0, err));
    *out_listing = (kw_tuf_listing){.role = kw_tuf_kind_name(kind),
                                    .version = head->version,
                                    .has_content = true,
                                    .length = bytes.len};
    kw_sha256(&out_listing->sha256, kw_buf_view(&bytes));
    return kw_tuf_draft_add(&p->draft, name, &bytes, err);
}

/* The snapshot that is live, as its timestamp lists it. */
static kw_status list_live_snapshot(const publication *p, kw_tuf_listing *out, kw_error *err)
{
    kw_tuf_meta entry;
    KW_REQUIRE(p->timestamp.body != NULL, err, KW_BAD_STATE, "nothing is published yet");
    KW_ASSERT(kw_tuf_meta_find(p->timestamp.body, &entry, kw_tuf_kind_name(KW_TUF_SNAPSHOT)));
    *out = (kw_tuf_listing){.role = kw_tuf_kind_name(KW_TUF_SNAPSHOT),
                            .version = entry.version,
                            .has_content = entry.content.has_length && entry.content.has_sha256,
                            .length = entry.content.length,
                            .sha256 = entry.content.sha256};
    return KW_OK;
}

static kw_status make_online(publication *p, kw_error *err)
{
    const kw_tuf_release *release = p->release;
    kw_tuf_listing listing = {0};
    if (release->snapshot == NULL) {
        KW_TRY(list_live_snapshot(p, &listing, err));
    } else {
        const kw_tuf_head head = {p->snapshot.version + 1, release->snapshot_expires};
        KW_TRY(list_all(p, err));
        KW_TRY(make(p, &listing, KW_TUF_SNAPSHOT, &head, release->snapshot, err));
    }
    const kw_tuf_head head = {p->timestamp.version + 1, release->timestamp_expires};
    return make(p, &listing, KW_TUF_TIMESTAMP, &head, release->timestamp, err);
}

/* ---- delegated roles ---- */

/* Under one file that may delegate to it. */
static kw_status verify_under(const kw_tuf_file *delegator, const staged_file *staged,
                              bool *is_delegated, kw_error *err)
{
    kw_tuf_role role;
    if (!kw_tuf_targets_role(delegator->body, &role, staged->role)) {
        return KW_OK;
    }
    *is_delegated = true;
    return kw_tuf_verify_threshold(&staged->file, &role, err);
}

/* Whoever delegates to it, among all files that the new snapshot lists, must find it signed. */
static kw_status verify_delegated(const publication *p, const staged_file *staged, kw_error *err)
{
    bool is_delegated = false;
    for (size_t i = 0; i < p->listings_count; i++) {
        KW_AUTO(kw_buf) bytes = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
        KW_AUTO(kw_tuf_file) delegator = {0};
        char name[KW_TUF_DRAFT_NAME_BYTES];
        KW_TRY(kw_tuf_draft_name(name, p->listings[i].role, p->listings[i].version, err));
        KW_TRY(kw_tuf_draft_read(&p->draft, &bytes, name, err));
        KW_TRY(kw_tuf_file_parse(&delegator, kw_buf_view(&bytes), KW_TUF_TARGETS,
                                 KW_TUF_KEYIDS_STRICT, err));
        KW_TRY(verify_under(&delegator, staged, &is_delegated, err));
    }
    KW_REQUIRE(is_delegated, err, KW_NOT_FOUND, "no role delegates to %.*s",
               KW_STR_ARG(staged->role));
    return KW_OK;
}

/* What a client that only refreshes does not look at. */
static kw_status check_delegated(const publication *p, kw_error *err)
{
    for (size_t i = 0; i < p->release->staged_count; i++) {
        const staged_file *staged = &p->staged[i];
        if (staged->file.kind == KW_TUF_TARGETS && !is_role(staged->role, KW_TUF_TARGETS)) {
            KW_TRY_AT(err, verify_delegated(p, staged, err), "checking file %zu", i + 1);
            KW_REQUIRE(!kw_tuf_file_is_expired(&staged->file, p->release->now), err, KW_EXPIRED,
                       "file %zu has expired", i + 1);
        }
    }
    return KW_OK;
}

/* ---- the order of writing ---- */

/* Staged files stand first in the draft, in their order; snapshot and timestamp behind them. */
static kw_status write_staged(const publication *p, bool is_wanted(kw_str role), kw_error *err)
{
    for (size_t i = 0; i < p->release->staged_count; i++) {
        if (is_wanted(p->staged[i].role)) {
            KW_TRY(kw_tuf_draft_write(&p->draft, &p->draft.files[i], err));
        }
    }
    return KW_OK;
}

static bool is_root(kw_str role)
{
    return is_role(role, KW_TUF_ROOT);
}

static bool is_targets(kw_str role)
{
    return is_role(role, KW_TUF_TARGETS);
}

static bool is_delegated(kw_str role)
{
    return !is_root(role) && !is_targets(role);
}

static kw_status make_metadata_folder(const char *folder, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(PATH_BYTES_MAX);
    const char *path = NULL;
    KW_TRY_AT(err, kw_buf_append_format(&text, "%s/metadata", folder), "naming a folder");
    KW_TRY_AT(err, kw_buf_c_text(&text, &path), "naming a folder");
    return kw_dir_make(path, 0755, err);
}

static kw_status write_all(const publication *p, kw_error *err)
{
    const char *folder = p->draft.folder;
    const kw_tuf_draft_file *last = &p->draft.files[p->draft.count - 1];
    KW_TRY(make_metadata_folder(folder, err));
    KW_TRY(kw_tuf_uploads_write(folder, p->release, p->bodies, p->bodies_count, err));
    KW_TRY(write_staged(p, is_delegated, err));
    KW_TRY(write_staged(p, is_targets, err));
    if (p->release->snapshot != NULL) {
        KW_TRY(kw_tuf_draft_write(&p->draft, last - 1, err));
    }
    KW_TRY(write_staged(p, is_root, err));
    return kw_tuf_draft_write(&p->draft, last, err);
}

kw_status kw_tuf_publish(const char *folder, const kw_tuf_release *release, kw_error *err)
{
    KW_AUTO(publication) p = {.release = release, .draft = {.folder = folder}};
    KW_TRY(load_live(&p, err));
    KW_TRY(stage_all(&p, err));
    KW_TRY(make_online(&p, err));
    KW_TRY(kw_tuf_draft_rehearse(&p.draft, release->now, err));
    KW_TRY(check_delegated(&p, err));
    KW_TRY(kw_tuf_uploads_check(folder, release, p.bodies, p.bodies_count, err));
    return write_all(&p, err);
}
