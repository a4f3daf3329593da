/* SPDX-License-Identifier: Apache-2.0
 * The text of a refusal. */
#include "params/engine/zk/fault.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    PLACE_TEXT_BYTES = 112
};

/* What is known of "section 2, tauG1 17, byte 4711: ". */
static void describe(char out[PLACE_TEXT_BYTES], const kw_zk_place *place)
{
    char section[24] = "";
    char index[24] = "";
    char offset[32] = "";
    if (place->section != 0) {
        (void)snprintf(section, sizeof section, "section %" PRIu32 ", ", place->section);
    }
    if (place->index != KW_ZK_NO_INDEX) {
        (void)snprintf(index, sizeof index, " %" PRIu64, place->index);
    }
    if (place->offset != KW_ZK_NO_OFFSET) {
        (void)snprintf(offset, sizeof offset, "byte %" PRIu64, place->offset);
    }
    const char *part = place->part == NULL ? "" : place->part;
    const char *comma = place->part != NULL && offset[0] != '\0' ? ", " : "";
    (void)snprintf(out, PLACE_TEXT_BYTES, "%s%s%s%s%s: ", section, part, index, comma, offset);
}

kw_status kw_zk_refuse(kw_zk_fault *fault, const kw_zk_place *place, kw_status cause,
                       const char *what, kw_error *err)
{
    char text[PLACE_TEXT_BYTES];
    const char *why = what == NULL ? kw_status_text(cause) : what;
    *fault = (kw_zk_fault){.cause = cause, .place = *place};
    (void)snprintf(fault->what, sizeof fault->what, "%s", why);
    describe(text, place);
    return kw_fail(err, KW_ZK_INVALID, "%s%s", text, why);
}

kw_status kw_zk_repeat(const kw_zk_fault *fault, kw_status st, kw_error *err)
{
    kw_zk_fault same;
    if (st == KW_ZK_INVALID) {
        return kw_zk_refuse(&same, &fault->place, fault->cause, fault->what, err);
    }
    return kw_fail(err, st, "%s", kw_status_text(st));
}
