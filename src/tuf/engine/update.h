/* SPDX-License-Identifier: Apache-2.0
 * A TUF client as a machine (TUF 1.0.34 section 5): it says what it wants, its driver does that and
 * gives the answer, until it wants nothing. It alone decides what is trusted.
 *
 *     kw_tuf_updater_new(&u, &rules, err);
 *     for (want = kw_tuf_updater_want(u); want->kind != KW_TUF_WANT_NOTHING; ...) {
 *         ... do it; kw_tuf_updater_give(u, &bytes or NULL, err) ...
 *     }
 *     kw_tuf_updater_seek(u, path, err);   and the same loop again; then kw_tuf_updater_found
 */
#ifndef KW_TUF_ENGINE_UPDATE_H
#define KW_TUF_ENGINE_UPDATE_H

#include "tuf/engine/content.h"
#include "tuf/engine/metadata.h"

typedef enum kw_tuf_want_kind {
    KW_TUF_WANT_NOTHING, /* refreshed, or the search is over */
    KW_TUF_WANT_LOCAL, /* the bytes of a local file; none: there is no such file, or a longer one */
    KW_TUF_WANT_REMOTE, /* those that the repository has; none: it answered 403 or 404 */
    KW_TUF_WANT_STORE,  /* that `bytes` become the local file, durably; answered with none */
    KW_TUF_WANT_ERASE,  /* that there is no such local file; answered with none */
} kw_tuf_want_kind;

typedef struct kw_tuf_want {
    kw_tuf_want_kind kind;
    const char *name; /* "root.json", "3.root.json"; of ASCII that names no folder; static until the
                         next answer */
    size_t bytes_max; /* LOCAL, REMOTE: more are no answer */
    kw_span bytes;    /* STORE: those of the last REMOTE */
} kw_tuf_want;

typedef struct kw_tuf_rules {
    kw_unix_s now; /* of the whole update */
    kw_tuf_keyids keyids;
} kw_tuf_rules;

typedef struct kw_tuf_updater kw_tuf_updater;

/* Wants the local root first. NO_MEMORY. */
KW_MUST_USE kw_status kw_tuf_updater_new(kw_tuf_updater **out, const kw_tuf_rules *rules,
                                         kw_error *err);

/* Takes NULL. */
void kw_tuf_updater_free(kw_tuf_updater *updater);
KW_AUTO_PTR_DEFINE(kw_tuf_updater);

/* Never NULL. */
const kw_tuf_want *kw_tuf_updater_want(const kw_tuf_updater *updater);

/* The answer to what is wanted: bytes, or NULL for none. Those of a REMOTE stay where they are
 * until LOCAL, REMOTE or NOTHING is wanted. A failure ends the machine; what was stored before it
 * is good and stays.
 * NOT_FOUND: no local root; a file that there must be is not there. THRESHOLD: too few signatures.
 * ROLLBACK: older than what was trusted before. EXPIRED. HASH: other bytes than signed metadata
 * says, or another version. BAD_INPUT, LIMIT, HASH: of kw_tuf_file_parse. LIMIT: a search of too
 * many roles. NO_MEMORY. BAD_STATE: it has failed before, or wants nothing. */
KW_MUST_USE kw_status kw_tuf_updater_give(kw_tuf_updater *updater, const kw_span *bytes,
                                          kw_error *err);

/* Begins to look for a target file: top-level targets first, then delegations, depth first in the
 * order of the files. BAD_STATE: something is wanted still. LIMIT: the path is too long. */
KW_MUST_USE kw_status kw_tuf_updater_seek(kw_tuf_updater *updater, kw_str path, kw_error *err);

/* What the search has found, until the next one; NULL: no role has that path. */
const kw_tuf_content *kw_tuf_updater_found(const kw_tuf_updater *updater);

/* What the role that has it says of it beside that: canonical JSON of `custom`, until the next
 * search; empty: nothing. */
kw_span kw_tuf_updater_custom(const kw_tuf_updater *updater);

/* Whether file names have versions and hashes before them; of the root that is trusted. */
bool kw_tuf_updater_is_consistent(const kw_tuf_updater *updater);

#endif /* KW_TUF_ENGINE_UPDATE_H */
