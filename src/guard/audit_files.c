/* SPDX-License-Identifier: Apache-2.0
 * Names of audit files and the cutting of notes: what the writer and the verifier share. */
#include "guard/audit_log.h"

#include "base/heap.h"
#include "os/dir.h"

#include <stdio.h>

enum {
    DIGITS = 16
};

kw_status kw_audit_path(char out[KW_AUDIT_PATH_BYTES], const char *folder, uint64_t first,
                        const char *kind)
{
    int len = snprintf(out, KW_AUDIT_PATH_BYTES, "%s/%0*llu.%s", folder, DIGITS,
                       (unsigned long long)first, kind);
    return len > 0 && len < KW_AUDIT_PATH_BYTES ? KW_OK : KW_LIMIT;
}

void kw_audit_segments_drop(kw_audit_segments *segments)
{
    kw_heap_free(segments->firsts);
    *segments = (kw_audit_segments){0};
}

/* The sequence in "0000000000001024.log"; false for every other name. */
static bool first_of_name(uint64_t *out, kw_str name)
{
    kw_str digits = {name.ptr, DIGITS};
    uint64_t first = 0;
    if (name.len != DIGITS + 4 || !kw_str_ends_with(name, KW_STR(".log"))) {
        return false;
    }
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') {
            return false;
        }
        first = first * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *out = first;
    return true;
}

kw_status kw_audit_segments_list(kw_audit_segments *out, const char *folder, kw_error *err)
{
    KW_AUTO(kw_dir_names) names = {0};
    KW_TRY(kw_dir_list(&names, folder, err));
    KW_AUTO(kw_audit_segments) found = {.firsts = kw_heap_new(names.count + 1, sizeof(uint64_t))};
    KW_REQUIRE(found.firsts != NULL, err, KW_NO_MEMORY, "listing audit segments");
    for (size_t i = 0; i < names.count; i++) { /* byte order is the order of the digits */
        if (first_of_name(&found.firsts[found.count], kw_str_of(names.names[i]))) {
            found.count++;
        }
    }
    *out = found;
    found = (kw_audit_segments){0};
    return KW_OK;
}

/* Length of the text up to and with the first empty line; 0 when there is none. */
static size_t empty_line_end(kw_str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\n' && text.ptr[i - 1] == '\n') {
            return i + 1;
        }
    }
    return 0;
}

kw_status kw_audit_notes_next(kw_str *out, kw_str *rest)
{
    if (rest->len == 0) {
        return KW_END;
    }
    /* The first empty line ends the signed text, the second one the note. */
    size_t signed_len = empty_line_end(*rest);
    kw_str tail = {rest->ptr + signed_len, rest->len - signed_len};
    size_t tail_len = signed_len == 0 ? 0 : empty_line_end(tail);
    if (tail_len == 0) {
        return KW_BAD_INPUT;
    }
    *out = (kw_str){rest->ptr, signed_len + tail_len - 1};
    *rest = (kw_str){tail.ptr + tail_len, tail.len - tail_len};
    return KW_OK;
}
