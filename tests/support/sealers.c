/* SPDX-License-Identifier: Apache-2.0
 * Sealers for tests. */
#include "support/sealers.h"

#include "os/file.h"
#include "support/expect.h"

kw_seal_options sealers_options(sealer_file *file, const tempdir *dir, const char *name,
                                kw_seal_root root, kw_str content)
{
    *file = (sealer_file){.path = tempdir_join(dir, name), .rng = {.seed = 7}};
    EXPECT_OK(kw_file_write_atomic(file->path.text, kw_span_of_str(content), 0600, NULL));
    return (kw_seal_options){.root = root,
                             .path = file->path.text,
                             .rng = seeded_rng_port(&file->rng),
                             .cost = {.memory_kib = 64, .passes = 1}};
}

kw_sealer *sealers_open(kw_store *store, sealer_file *file, const tempdir *dir)
{
    char key[32];
    memset(key, 'k', sizeof key);
    kw_seal_options options =
        sealers_options(file, dir, "seal.key", KW_SEAL_KEY_FILE, (kw_str){key, sizeof key});
    kw_sealer *sealer = NULL;
    kw_error err = {0};
    if (kw_sealer_open(&sealer, store, &options, &err) != KW_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return sealer;
}
