/* SPDX-License-Identifier: Apache-2.0
 * Looking for the oracles. */
#include "support/oracle.h"

#include "support/expect.h"
#include "support/process.h"

/* What fails behind this line is a failure of the oracle, not its absence. */
static const char look[] = "command -v node && "
                           "test -e " KW_SOURCE_DIR "/tests/oracle/node_modules/.package-lock.json";

bool oracle_is_there(void)
{
    process_result result = {0};
    const char *const argv[] = {"sh", "-c", look, NULL};
    process_run(&result, argv, (kw_str){0});
    bool found = result.exit_code == 0;
    process_result_drop(&result);
    if (!found) {
        print_message("the oracles are not installed: make oracles\n");
    }
    return found;
}
