/* SPDX-License-Identifier: Apache-2.0
 * What an operator wrote: records that a crash leaves whole, and a transaction that it does not. */
#ifndef KW_TESTS_KW_SIM_DISK_H
#define KW_TESTS_KW_SIM_DISK_H

#include "base/buf.h"
#include "threshold/engine/operator/operator.h"

/* What a disk keeps, or what a transaction will do to it. */
typedef struct sim_record {
    bool is_erasure;
    kw_record_kind kind;
    kw_hash32 scope;
    kw_hash32 id;
    kw_buf bytes; /* owned */
} sim_record;

typedef struct sim_records {
    sim_record *items; /* owned */
    size_t count;
    size_t capacity;
} sim_records;

/* All-zero is an empty disk. */
typedef struct sim_disk {
    sim_records kept;
    sim_records staged;
} sim_disk;

void sim_disk_drop(sim_disk *disk);

/* PERSIST or ERASE. */
void sim_disk_stage(sim_disk *disk, const kw_operator_action *action);
void sim_disk_commit(sim_disk *disk);
void sim_disk_forget(sim_disk *disk); /* the transaction */

/* All records, borrowed from the disk, in an array that the caller frees with kw_heap_free. */
kw_operator_record *sim_disk_read(const sim_disk *disk);

/* The certificate of an epoch; empty: there is none. Borrowed until the next commit. */
kw_span sim_disk_certificate(const sim_disk *disk, uint64_t epoch);

#endif /* KW_TESTS_KW_SIM_DISK_H */
