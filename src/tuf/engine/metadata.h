/* SPDX-License-Identifier: Apache-2.0
 * One metadata file: {"signed": BODY, "signatures": [{"keyid","sig"}...]} (TUF 1.0.34 section
 * 4.2). What it says counts only behind kw_tuf_verify_threshold. */
#ifndef KW_TUF_ENGINE_METADATA_H
#define KW_TUF_ENGINE_METADATA_H

#include "base/buf.h"
#include "base/utc.h"
#include "tuf/engine/root.h"

/* A file of good form. All-zero is the empty file. */
typedef struct kw_tuf_file {
    kw_json *tree;             /* owned; what follows but `signed_form` views it */
    const kw_json *body;       /* NULL: the file is empty */
    const kw_json *signatures; /* a list of {"keyid","sig"}, each keyid once */
    kw_tuf_kind kind;
    uint64_t version; /* >= 1 */
    kw_unix_s expires;
    kw_buf signed_form; /* owned: the canonical form of the body, which is what was signed */
} kw_tuf_file;

void kw_tuf_file_drop(kw_tuf_file *file);

/* Moves the file out; `file` becomes empty. */
kw_tuf_file kw_tuf_file_take(kw_tuf_file *file);

/* The most bytes that a file of that kind may have. */
size_t kw_tuf_bytes_max(kw_tuf_kind kind);

/* Parses a file and checks all of it but its signatures; members that nobody knows are fine, and
 * are signed. `out`, empty before, keeps nothing of `bytes`. Memory: 32 bytes for each comma and
 * bracket, and twice the text. BAD_INPUT: not JSON; a member that is missing or malformed; another
 * `_type` or a `spec_version` that is not 1; a keyid that signs twice. LIMIT: too long, too deep,
 * too many keys or signatures. HASH: strict, and a keyid is not the hash of its key. NO_MEMORY. */
KW_MUST_USE kw_status kw_tuf_file_parse(kw_tuf_file *out, kw_span bytes, kw_tuf_kind kind,
                                        kw_tuf_keyids rule, kw_error *err);

/* True from the moment on that the file names. */
static inline bool kw_tuf_file_is_expired(const kw_tuf_file *file, kw_unix_s now)
{
    return now >= file->expires;
}

#endif /* KW_TUF_ENGINE_METADATA_H */
