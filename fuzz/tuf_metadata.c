/* kw_tuf_file_parse, kw_tuf_cjson_write, kw_tuf_verify_threshold, kw_tuf_targets_next
 * SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hash.h"
#include "tuf/engine/cjson.h"
#include "tuf/engine/meta.h"
#include "tuf/engine/targets.h"
#include "tuf/engine/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is canonical stays what it is, unless a control character stands in it, which is none of
 * JSON's. */
static void write_again(const kw_tuf_file *file)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    if (kw_json_parse(&tree, kw_buf_view(&file->signed_form), KW_TUF_DEPTH_MAX, NULL) == KW_OK) {
        KW_AUTO(kw_buf) again = kw_buf_init(file->signed_form.len);
        KW_ASSERT(kw_tuf_cjson_write(&again, tree, NULL) == KW_OK);
        KW_ASSERT(kw_str_equal(kw_buf_text(&again), kw_buf_text(&file->signed_form)));
    }
}

static void look_into(const kw_tuf_file *file)
{
    kw_tuf_role role;
    kw_tuf_meta meta;
    kw_tuf_content content;
    kw_tuf_delegation delegation;
    kw_hash32 hash;
    kw_str path = KW_STR("path");
    kw_sha256(&hash, kw_span_of_str(path));
    switch (file->kind) {
    case KW_TUF_ROOT:
        kw_tuf_root_role(file->body, &role, KW_TUF_TARGETS);
        (void)!kw_tuf_verify_threshold(file, &role, NULL);
        break;
    case KW_TUF_TIMESTAMP:
    case KW_TUF_SNAPSHOT:
        (void)!kw_tuf_meta_find(file->body, &meta, path);
        KW_ASSERT(kw_tuf_meta_succeeds(file->body, file->body, NULL) == KW_OK);
        break;
    case KW_TUF_TARGETS:
        (void)!kw_tuf_targets_find(file->body, &content, NULL, path);
        for (const void *at = NULL;
             kw_tuf_targets_next(file->body, &at, &delegation, path, &hash);) {
            KW_ASSERT(delegation.role.threshold > 0);
        }
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int kind = KW_TUF_ROOT; kind <= KW_TUF_TARGETS; kind++) {
        KW_AUTO(kw_tuf_file) file = {0};
        kw_status st = kw_tuf_file_parse(&file, (kw_span){data, size}, (kw_tuf_kind)kind,
                                         KW_TUF_KEYIDS_OPAQUE, NULL);
        KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT || st == KW_LIMIT);
        if (st == KW_OK) {
            write_again(&file);
            look_into(&file);
        }
    }
    return 0;
}
