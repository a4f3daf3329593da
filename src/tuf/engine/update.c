/* SPDX-License-Identifier: Apache-2.0
 * The client's workflow. Source: TUF 1.0.34 section 5. All inputs are public. */
#include "tuf/engine/update.h"

#include "base/heap.h"
#include "tuf/engine/cjson.h"
#include "tuf/engine/meta.h"
#include "tuf/engine/search.h"
#include "tuf/engine/targets.h"
#include "tuf/engine/verify.h"

#include <stdio.h>

enum {
    NAME_BYTES = 20 + 1 + KW_TUF_FILE_NAME_BYTES_MAX + sizeof ".json",
};

/* Which file the machine is about; the first four are of that kind. */
typedef enum stage {
    AT_ROOT = KW_TUF_ROOT,
    AT_TIMESTAMP = KW_TUF_TIMESTAMP,
    AT_SNAPSHOT = KW_TUF_SNAPSHOT,
    AT_TARGETS = KW_TUF_TARGETS,
    AT_DELEGATED, /* the file of a role that the search has reached */
    AT_REST,
    AT_FAILURE,
} stage;

struct kw_tuf_updater {
    kw_tuf_rules rules;
    stage stage;
    kw_tuf_want want;
    char name[NAME_BYTES]; /* of what is wanted */
    kw_tuf_file root;      /* trusted, each of the four; empty: not yet */
    kw_tuf_file timestamp;
    kw_tuf_file snapshot;
    kw_tuf_file targets;
    unsigned rotations;
    kw_span new_root; /* a root that is trusted and not stored yet */
    kw_tuf_search search;
    const kw_tuf_role *role; /* AT_DELEGATED: borrowed from the search */
    bool has_found;
    kw_tuf_content found;
    kw_buf custom; /* of it; empty: none */
};

kw_status kw_tuf_updater_new(kw_tuf_updater **out, const kw_tuf_rules *rules, kw_error *err)
{
    kw_tuf_updater *u = kw_heap_new(1, sizeof *u);
    KW_REQUIRE(u != NULL, err, KW_NO_MEMORY, "no memory for an update");
    u->rules = *rules;
    u->custom = kw_buf_init(KW_TUF_TARGETS_BYTES_MAX);
    u->want = (kw_tuf_want){
        .kind = KW_TUF_WANT_LOCAL, .name = "root.json", .bytes_max = kw_tuf_bytes_max(KW_TUF_ROOT)};
    *out = u;
    return KW_OK;
}

void kw_tuf_updater_free(kw_tuf_updater *updater)
{
    if (updater == NULL) {
        return;
    }
    kw_tuf_file_drop(&updater->root);
    kw_tuf_file_drop(&updater->timestamp);
    kw_tuf_file_drop(&updater->snapshot);
    kw_tuf_file_drop(&updater->targets);
    kw_tuf_search_drop(&updater->search);
    kw_buf_drop(&updater->custom);
    kw_heap_free(updater);
}

const kw_tuf_want *kw_tuf_updater_want(const kw_tuf_updater *updater)
{
    return &updater->want;
}

const kw_tuf_content *kw_tuf_updater_found(const kw_tuf_updater *updater)
{
    return updater->has_found ? &updater->found : NULL;
}

kw_span kw_tuf_updater_custom(const kw_tuf_updater *updater)
{
    return kw_buf_view(&updater->custom);
}

bool kw_tuf_updater_is_consistent(const kw_tuf_updater *updater)
{
    return kw_tuf_root_is_consistent(updater->root.body);
}

/* ---- the file at hand ---- */

static kw_tuf_kind kind_at_hand(const kw_tuf_updater *u)
{
    return u->stage == AT_DELEGATED ? KW_TUF_TARGETS : (kw_tuf_kind)u->stage;
}

static kw_str name_at_hand(const kw_tuf_updater *u)
{
    return u->stage == AT_DELEGATED ? u->role->name : kw_tuf_kind_name(kind_at_hand(u));
}

/* What the file above says of the file at hand, which is neither root nor timestamp. */
static kw_status find_entry(const kw_tuf_updater *u, kw_tuf_meta *out, kw_error *err)
{
    const kw_tuf_file *above = u->stage == AT_SNAPSHOT ? &u->timestamp : &u->snapshot;
    KW_REQUIRE(kw_tuf_meta_find(above->body, out, name_at_hand(u)), err, KW_NOT_FOUND,
               "the snapshot does not have this role");
    return KW_OK;
}

/* Bytes that enough keys of the role at hand have signed. */
static kw_status read_signed(const kw_tuf_updater *u, kw_tuf_file *out, kw_span bytes,
                             kw_error *err)
{
    KW_AUTO(kw_tuf_file) file = {0};
    kw_tuf_role role;
    KW_TRY(kw_tuf_file_parse(&file, bytes, kind_at_hand(u), u->rules.keyids, err));
    if (u->stage != AT_DELEGATED) {
        kw_tuf_root_role(u->root.body, &role, kind_at_hand(u));
    }
    KW_TRY(kw_tuf_verify_threshold(&file, u->stage == AT_DELEGATED ? u->role : &role, err));
    *out = kw_tuf_file_take(&file);
    return KW_OK;
}

static void trust(kw_tuf_file *slot, kw_tuf_file *file)
{
    kw_tuf_file_drop(slot);
    *slot = kw_tuf_file_take(file);
}

static kw_status check_expiry(const kw_tuf_updater *u, const kw_tuf_file *file, kw_error *err)
{
    char expires[KW_RFC3339_BYTES];
    kw_utc_format(expires, file->expires);
    KW_REQUIRE(!kw_tuf_file_is_expired(file, u->rules.now), err, KW_EXPIRED, "expired at %s",
               expires);
    return KW_OK;
}

/* ---- what is wanted ---- */

/* A file of that name; version 0: its name has none. */
static kw_status want_file(kw_tuf_updater *u, kw_tuf_want_kind kind, uint64_t version,
                           kw_error *err)
{
    kw_tuf_quoted quoted;
    KW_TRY_AT(err, kw_tuf_quote(&quoted, name_at_hand(u)), "naming the file of a role");
    if (version == 0) {
        (void)snprintf(u->name, sizeof u->name, "%s.json", quoted.text);
    } else {
        (void)snprintf(u->name, sizeof u->name, "%llu.%s.json", (unsigned long long)version,
                       quoted.text);
    }
    u->want = (kw_tuf_want){
        .kind = kind, .name = u->name, .bytes_max = kw_tuf_bytes_max(kind_at_hand(u))};
    return KW_OK;
}

static kw_status want_stored(kw_tuf_updater *u, kw_span bytes, kw_error *err)
{
    KW_TRY(want_file(u, KW_TUF_WANT_STORE, 0, err));
    u->want.bytes = bytes;
    return KW_OK;
}

/* A file that the one above lists: in which version, and perhaps of which length. */
static kw_status want_listed(kw_tuf_updater *u, const kw_tuf_meta *entry, kw_error *err)
{
    bool has_version = kw_tuf_updater_is_consistent(u);
    KW_TRY(want_file(u, KW_TUF_WANT_REMOTE, has_version ? entry->version : 0, err));
    if (entry->content.has_length && entry->content.length < u->want.bytes_max) {
        u->want.bytes_max = (size_t)entry->content.length;
    }
    return KW_OK;
}

static kw_status begin(kw_tuf_updater *u, stage next, kw_error *err)
{
    u->stage = next;
    return want_file(u, KW_TUF_WANT_LOCAL, 0, err);
}

static void rest(kw_tuf_updater *u)
{
    u->stage = AT_REST;
    u->want = (kw_tuf_want){0};
}

/* ---- root ---- */

static kw_status take_local_root(kw_tuf_updater *u, kw_span bytes, kw_error *err)
{
    KW_AUTO(kw_tuf_file) file = {0};
    kw_tuf_role self;
    KW_TRY(kw_tuf_file_parse(&file, bytes, KW_TUF_ROOT, u->rules.keyids, err));
    kw_tuf_root_role(file.body, &self, KW_TUF_ROOT);
    KW_TRY(kw_tuf_verify_threshold(&file, &self, err));
    trust(&u->root, &file);
    return want_file(u, KW_TUF_WANT_REMOTE, u->root.version + 1, err);
}

/* True when a key that vouched for versions is taken away: what it said of them counts no more. */
static bool takes_keys_away(const kw_tuf_file *after, const kw_tuf_file *before)
{
    static const kw_tuf_kind kinds[] = {KW_TUF_TIMESTAMP, KW_TUF_SNAPSHOT};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        kw_tuf_role old;
        kw_tuf_role new;
        kw_tuf_root_role(before->body, &old, kinds[i]);
        kw_tuf_root_role(after->body, &new, kinds[i]);
        if (!kw_tuf_role_keeps_keys(&new, &old)) {
            return true;
        }
    }
    return false;
}

/* Where versions are to be forgotten, this comes first: a crash between the two forgets too much,
 * not too little. */
static kw_status take_new_root(kw_tuf_updater *u, kw_span bytes, kw_error *err)
{
    KW_AUTO(kw_tuf_file) file = {0};
    kw_tuf_role self;
    KW_TRY_AT(err, read_signed(u, &file, bytes, err), "asking the keys of the root before");
    kw_tuf_root_role(file.body, &self, KW_TUF_ROOT);
    KW_TRY_AT(err, kw_tuf_verify_threshold(&file, &self, err), "asking its own keys");
    KW_REQUIRE(file.version > u->root.version, err, KW_ROLLBACK, "it is version %llu",
               (unsigned long long)file.version);
    KW_REQUIRE(file.version == u->root.version + 1, err, KW_HASH, "it is version %llu",
               (unsigned long long)file.version);
    bool is_rotation = takes_keys_away(&file, &u->root);
    trust(&u->root, &file);
    u->rotations++;
    if (!is_rotation) {
        return want_stored(u, bytes, err);
    }
    u->new_root = bytes;
    u->stage = AT_TIMESTAMP;
    return want_file(u, KW_TUF_WANT_ERASE, 0, err);
}

static kw_status after_erasure(kw_tuf_updater *u, kw_error *err)
{
    if (u->stage == AT_TIMESTAMP) {
        u->stage = AT_SNAPSHOT;
        return want_file(u, KW_TUF_WANT_ERASE, 0, err);
    }
    u->stage = AT_ROOT;
    return want_stored(u, u->new_root, err);
}

static kw_status end_roots(kw_tuf_updater *u, kw_error *err)
{
    KW_TRY(check_expiry(u, &u->root, err));
    return begin(u, AT_TIMESTAMP, err);
}

static kw_status after_root(kw_tuf_updater *u, kw_error *err)
{
    if (u->rotations == KW_TUF_ROTATIONS_MAX) {
        return end_roots(u, err);
    }
    return want_file(u, KW_TUF_WANT_REMOTE, u->root.version + 1, err);
}

/* ---- timestamp ---- */

static uint64_t snapshot_version(const kw_tuf_file *timestamp)
{
    kw_tuf_meta entry;
    KW_ASSERT(kw_tuf_meta_find(timestamp->body, &entry, kw_tuf_kind_name(KW_TUF_SNAPSHOT)));
    return entry.version;
}

static kw_status end_timestamp(kw_tuf_updater *u, kw_error *err)
{
    KW_TRY(check_expiry(u, &u->timestamp, err));
    return begin(u, AT_SNAPSHOT, err);
}

/* What is known of versions counts also when it has expired. The same version again is no news,
 * whatever it says. */
static kw_status take_new_timestamp(kw_tuf_updater *u, kw_span bytes, kw_error *err)
{
    KW_AUTO(kw_tuf_file) file = {0};
    KW_TRY(read_signed(u, &file, bytes, err));
    const kw_tuf_file *known = &u->timestamp;
    if (known->body != NULL) {
        KW_REQUIRE(file.version >= known->version, err, KW_ROLLBACK, "version %llu came before",
                   (unsigned long long)known->version);
        if (file.version == known->version) {
            return end_timestamp(u, err);
        }
        KW_REQUIRE(snapshot_version(&file) >= snapshot_version(known), err, KW_ROLLBACK,
                   "the snapshot falls to version %llu",
                   (unsigned long long)snapshot_version(&file));
    }
    KW_TRY(check_expiry(u, &file, err));
    trust(&u->timestamp, &file);
    return want_stored(u, bytes, err);
}

/* ---- the search ---- */

/* Looks into a file; what it does not have, others may that it delegates to. */
static kw_status look_into(kw_tuf_updater *u, const kw_tuf_file *targets, kw_error *err)
{
    const kw_json *custom = NULL;
    u->has_found = kw_tuf_targets_find(targets->body, &u->found, &custom, u->search.path);
    if (!u->has_found) {
        return kw_tuf_search_add(&u->search, targets, err);
    }
    return custom == NULL ? KW_OK : kw_tuf_cjson_write(&u->custom, custom, err);
}

static kw_status go_on(kw_tuf_updater *u, kw_error *err)
{
    const kw_tuf_role *next = NULL;
    kw_tuf_meta entry;
    if (!u->has_found) {
        KW_TRY(kw_tuf_search_next(&u->search, &next, err));
    }
    if (next == NULL) {
        rest(u);
        return KW_OK;
    }
    u->role = next;
    u->stage = AT_DELEGATED;
    KW_TRY(find_entry(u, &entry, err)); /* else it is not even asked for */
    return begin(u, AT_DELEGATED, err);
}

static kw_status look(kw_tuf_updater *u, kw_str path, kw_error *err)
{
    u->has_found = false;
    kw_buf_drop(&u->custom);
    KW_TRY(kw_tuf_search_begin(&u->search, path, err));
    KW_TRY(look_into(u, &u->targets, err));
    return go_on(u, err);
}

kw_status kw_tuf_updater_seek(kw_tuf_updater *updater, kw_str path, kw_error *err)
{
    KW_REQUIRE(updater->stage == AT_REST, err, KW_BAD_STATE, "the update is not over");
    kw_status st = look(updater, path, err);
    if (st != KW_OK) {
        updater->stage = AT_FAILURE;
    }
    return st;
}

/* ---- snapshot, targets and delegated files ---- */

/* Takes a file over whose turn it is. */
static kw_status trust_listed(kw_tuf_updater *u, kw_tuf_file *file, kw_error *err)
{
    if (u->stage == AT_DELEGATED) {
        return look_into(u, file, err);
    }
    trust(u->stage == AT_SNAPSHOT ? &u->snapshot : &u->targets, file);
    return KW_OK;
}

static kw_status after_listed(kw_tuf_updater *u, kw_error *err)
{
    if (u->stage == AT_SNAPSHOT) {
        return begin(u, AT_TARGETS, err);
    }
    if (u->stage == AT_DELEGATED) {
        return go_on(u, err);
    }
    rest(u);
    return KW_OK;
}

/* A local file that says what the one above wants of it spares the request. A snapshot that does
 * not still tells which versions were there. */
static kw_status take_local_listed(kw_tuf_updater *u, kw_tuf_file *file, kw_span bytes,
                                   kw_error *err)
{
    kw_tuf_meta entry;
    KW_TRY(find_entry(u, &entry, err));
    if (file->version == entry.version && !kw_tuf_file_is_expired(file, u->rules.now) &&
        kw_tuf_content_check(&entry.content, bytes, NULL) == KW_OK) {
        KW_TRY(trust_listed(u, file, err));
        return after_listed(u, err);
    }
    if (u->stage == AT_SNAPSHOT) {
        trust(&u->snapshot, file);
    }
    return want_listed(u, &entry, err);
}

static kw_status take_new_listed(kw_tuf_updater *u, kw_span bytes, kw_error *err)
{
    KW_AUTO(kw_tuf_file) file = {0};
    kw_tuf_meta entry;
    KW_TRY(find_entry(u, &entry, err));
    KW_TRY(kw_tuf_content_check(&entry.content, bytes, err));
    KW_TRY(read_signed(u, &file, bytes, err));
    KW_REQUIRE(file.version == entry.version, err, KW_HASH, "it is version %llu, not %llu",
               (unsigned long long)file.version, (unsigned long long)entry.version);
    if (u->stage == AT_SNAPSHOT && u->snapshot.body != NULL) {
        KW_TRY(kw_tuf_meta_succeeds(file.body, u->snapshot.body, err));
    }
    KW_TRY(check_expiry(u, &file, err));
    KW_TRY(trust_listed(u, &file, err));
    return want_stored(u, bytes, err);
}

/* ---- answers ---- */

/* No file, or one that is no good: the repository has another. */
static kw_status want_instead(kw_tuf_updater *u, kw_error *err)
{
    kw_tuf_meta entry;
    if (u->stage == AT_TIMESTAMP) {
        return want_file(u, KW_TUF_WANT_REMOTE, 0, err);
    }
    KW_TRY(find_entry(u, &entry, err));
    return want_listed(u, &entry, err);
}

static kw_status take_local(kw_tuf_updater *u, const kw_span *bytes, kw_error *err)
{
    KW_AUTO(kw_tuf_file) file = {0};
    if (u->stage == AT_ROOT) {
        KW_REQUIRE(bytes != NULL, err, KW_NOT_FOUND, "there is no trusted root: begin with init");
        return take_local_root(u, *bytes, err);
    }
    kw_status st = bytes == NULL ? KW_NOT_FOUND : read_signed(u, &file, *bytes, NULL);
    if (st == KW_NO_MEMORY) {
        return kw_fail(err, st, "no memory for a local file");
    }
    if (st != KW_OK) {
        return want_instead(u, err);
    }
    if (u->stage == AT_TIMESTAMP) {
        trust(&u->timestamp, &file);
        return want_file(u, KW_TUF_WANT_REMOTE, 0, err);
    }
    return take_local_listed(u, &file, *bytes, err);
}

static kw_status take_remote(kw_tuf_updater *u, const kw_span *bytes, kw_error *err)
{
    if (u->stage == AT_ROOT) {
        return bytes == NULL ? end_roots(u, err) : take_new_root(u, *bytes, err);
    }
    KW_REQUIRE(bytes != NULL, err, KW_NOT_FOUND, "the repository does not have it");
    return u->stage == AT_TIMESTAMP ? take_new_timestamp(u, *bytes, err)
                                    : take_new_listed(u, *bytes, err);
}

static kw_status after_store(kw_tuf_updater *u, kw_error *err)
{
    if (u->stage == AT_ROOT) {
        return after_root(u, err);
    }
    return u->stage == AT_TIMESTAMP ? end_timestamp(u, err) : after_listed(u, err);
}

static kw_status take(kw_tuf_updater *u, const kw_span *bytes, kw_error *err)
{
    switch (u->want.kind) {
    case KW_TUF_WANT_NOTHING:
        return kw_fail(err, KW_BAD_STATE, "nothing is wanted");
    case KW_TUF_WANT_LOCAL:
        return take_local(u, bytes, err);
    case KW_TUF_WANT_REMOTE:
        return take_remote(u, bytes, err);
    case KW_TUF_WANT_STORE:
        return after_store(u, err);
    case KW_TUF_WANT_ERASE:
        return after_erasure(u, err);
    }
    return KW_INTERNAL;
}

kw_status kw_tuf_updater_give(kw_tuf_updater *updater, const kw_span *bytes, kw_error *err)
{
    KW_REQUIRE(updater->stage != AT_FAILURE, err, KW_BAD_STATE, "the update has failed before");
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s", updater->want.name == NULL ? "" : updater->want.name);
    kw_status st = take(updater, bytes, err);
    if (st == KW_OK) {
        return KW_OK;
    }
    updater->stage = AT_FAILURE;
    return kw_error_at(err, st, "reading %s", name);
}
