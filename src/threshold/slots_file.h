/* SPDX-License-Identifier: Apache-2.0
 * Slots in a folder: a file of 32 bytes each, named by its id in hexadecimal. CACHEDIR.TAG tells
 * backup programs to leave the folder out (bford.info/cachedir): a copy of it would bring back what
 * was erased. */
#ifndef KW_THRESHOLD_SLOTS_FILE_H
#define KW_THRESHOLD_SLOTS_FILE_H

#include "threshold/slots.h"

/* Opens the folder, made with mode 0700 when it is not there, for this process alone; halves of
 * slots that a crash left are erased. BUSY: another process has it open. FORBIDDEN: others may read
 * it. CONFLICT: not a folder. LIMIT: its name is too long. Else as os/file.h. The context of `rng`
 * outlives the slots. */
KW_MUST_USE kw_status kw_slots_open(kw_slots **out, const char *dir, const kw_rng *rng,
                                    kw_error *err);

/* Reads one slot of a folder that a daemon may have open, without opening it. LIMIT: its name is
 * too long; else as kw_slots_get. CT: leaks nothing. */
KW_MUST_USE kw_status kw_slots_peek(kw_secret32 *out, const char *dir, const kw_hash32 *id,
                                    kw_error *err);

#endif /* KW_THRESHOLD_SLOTS_FILE_H */
