/* SPDX-License-Identifier: Apache-2.0
 * Audit commands for tests. */
#include "support/audit_cli.h"

#include "base/heap.h"
#include "cli/commands.h"

#include "support/expect.h"

#include <stdio.h>

int audit_cli_setup(void **state)
{
    audit_place *place = kw_heap_new(1, sizeof *place);
    assert_non_null(place);
    audit_place_make(place);
    kw_audit *audit = audit_place_open(place);
    audit_append_all(audit, 5);
    kw_audit_free(audit);
    *state = place;
    return 0;
}

int audit_cli_teardown(void **state)
{
    audit_place_remove(*state);
    kw_heap_free(*state);
    return 0;
}

command_result audit_cli_run(const audit_place *place, const char *command, const char *options)
{
    char words[2048];
    (void)snprintf(words, sizeof words, "audit %s %s%s", command, place->dir.path, options);
    return command_line_run(&kw_keyward, words, 0);
}
