/* SPDX-License-Identifier: Apache-2.0
 * The text of a refusal. */
#include "params/engine/zk/fault.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    PLACE_TEXT_BYTES = 64
};

/* "section 2 (tauG1), point 17, byte 4711: ", as far as it is known. */
static void describe(char out[PLACE_TEXT_BYTES], const kw_zk_place *place)
{
    int len = 0;
    out[0] = '\0';
    if (place->section != 0) {
        len = snprintf(out, PLACE_TEXT_BYTES, "section %" PRIu32 ", ", place->section);
    }
    size_t at = (size_t)len;
    const char *part = place->part == NULL ? "" : place->part;
    if (place->index != KW_ZK_NO_INDEX) {
        len = snprintf(out + at, PLACE_TEXT_BYTES - at, "%s %" PRIu64 ", byte %" PRIu64 ": ", part,
                       place->index, place->offset);
    } else if (place->part != NULL) {
        len = snprintf(out + at, PLACE_TEXT_BYTES - at, "%s, byte %" PRIu64 ": ", part,
                       place->offset);
    } else {
        len = snprintf(out + at, PLACE_TEXT_BYTES - at, "byte %" PRIu64 ": ", place->offset);
    }
    KW_ASSERT(len > 0);
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
