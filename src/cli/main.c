/* SPDX-License-Identifier: Apache-2.0
 * keyward: hands the command line to the table. */
#include "cli/commands.h"
#include "os/env.h"
#include "os/signals.h"
#include "os/stream.h"

#include <stdlib.h>

enum {
    WORDS_MAX = 4096
};

int main(int argc, char **argv)
{
    kw_str words[WORDS_MAX];
    kw_strs line = {.items = words};
    for (int i = 1; i < argc && line.count < WORDS_MAX; i++) {
        words[line.count++] = kw_str_of(argv[i]);
    }
    kw_signals_ignore_pipe(); /* kw_program_run knows what to do when nobody reads */
    kw_stream standard_error = kw_stream_stderr();
    bool is_terminal = kw_stream_is_terminal(&standard_error);
    unsigned columns = kw_stream_columns(&standard_error);
    kw_cli cli = {
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .has_color = is_terminal && kw_env_get("NO_COLOR") == NULL,
        .columns = is_terminal && columns == 0 ? 80 : columns,
        .program = &kw_keyward,
    };
    return kw_program_run(&cli, line);
}
