/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_emtp_kid_parse. What it takes, it writes again in the same way. */
#include "base/error.h"
#include "emtp/engine/epoch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_str text = {(const char *)data, size};
    kw_emtp_kid_form form = {0};
    if (!kw_emtp_kid_parse(&form, text)) {
        return 0;
    }
    kw_emtp_rule rule = {.cadence = form.cadence, .period_s = 3600, .overlap = 1};
    kw_emtp_kid again = kw_emtp_epoch_kid(&rule, form.start, form.replacement);
    KW_ASSERT(kw_str_equal(kw_emtp_kid_text(&again), text));
    kw_emtp_window window = kw_emtp_epoch_window(&rule, form.start);
    KW_ASSERT(kw_emtp_expires_at(text, window, 1) > window.not_after);
    return 0;
}
