/* SPDX-License-Identifier: Apache-2.0
 * A token file out of records in any order, in bounded memory: sorted runs in a nameless file,
 * merged at the end. */
#ifndef KW_EMTP_EMTK_SORTER_H
#define KW_EMTP_EMTK_SORTER_H

#include "emtp/engine/emtk.h"

typedef struct kw_emtk_sorter kw_emtk_sorter;

/* Where the file goes, piece by piece. */
typedef struct kw_emtk_sink {
    kw_status (*write)(void *ctx, kw_span bytes, kw_error *err);
    void *ctx;
} kw_emtk_sink;

/* `memory_bytes`: for records, at least KW_EMTK_SORTER_BYTES_MIN. `folder`: for the nameless file,
 * made only when the memory is full. NO_MEMORY. */
enum {
    KW_EMTK_SORTER_BYTES_MIN = 4096
};
KW_MUST_USE kw_status kw_emtk_sorter_new(kw_emtk_sorter **out, size_t memory_bytes,
                                         const char *folder, kw_error *err);
void kw_emtk_sorter_free(kw_emtk_sorter *sorter); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_emtk_sorter);

/* Takes records; no two alike in token and row. NO_SPACE, IO: of the nameless file. */
KW_MUST_USE kw_status kw_emtk_sorter_add(kw_emtk_sorter *sorter, const kw_emtk_record *records,
                                         size_t count, kw_error *err);

/* Writes the whole file; once. Statuses of the sink; NO_SPACE, IO, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtk_sorter_finish(kw_emtk_sorter *sorter, kw_str kid, kw_emtk_sink sink,
                                            kw_error *err);

#endif /* KW_EMTP_EMTK_SORTER_H */
