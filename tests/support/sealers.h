/* SPDX-License-Identifier: Apache-2.0
 * Sealers for tests: real ones, with a cheap passphrase cost and a generator that repeats itself.
 * */
#ifndef KW_TESTS_SUPPORT_SEALERS_H
#define KW_TESTS_SUPPORT_SEALERS_H

#include "store/seal.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"

/* What the options borrow. */
typedef struct sealer_file {
    tempdir_path path;
    seeded_rng rng;
} sealer_file;

/* Writes `content` with mode 0600 to `name` in `dir`; the options borrow `file`. */
kw_seal_options sealers_options(sealer_file *file, const tempdir *dir, const char *name,
                                kw_seal_root root, kw_str content);

/* Opens by a key file of 32 equal bytes; fails the test when it cannot. The caller frees it; `file`
 * outlives it. */
kw_sealer *sealers_open(kw_store *store, sealer_file *file, const tempdir *dir);

#endif /* KW_TESTS_SUPPORT_SEALERS_H */
