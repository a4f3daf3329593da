/* SPDX-License-Identifier: Apache-2.0
 * What members did that threshold.md section 9 punishes, waiting to be told. */
#include "threshold/engine/session/session_parts.h"

kw_status session_evidence_init(kw_session *s)
{
    s->deeds = kw_arena_new(s->setup.memory.lasting, s->audience.count, SESSION_DEEDS);
    return s->deeds == NULL ? KW_LIMIT : KW_OK;
}

/* One equivocation, false extraction or wrong source says all; complaints count one by one. */
static uint8_t deed_max(uint8_t number)
{
    return number <= 2 ? SESSION_DEED_MAX : 1;
}

void session_report_deed(kw_session *s, const kw_session_evidence *evidence)
{
    uint8_t *told = &s->deeds[(evidence->culprit - 1) * SESSION_DEEDS + evidence->number - 1];
    if (*told >= deed_max(evidence->number) || evidence->culprit == s->self) {
        return;
    }
    session_report *report = kw_arena_new(s->setup.memory.lasting, 1, sizeof *report);
    if (report == NULL) {
        return; /* evidence is worth less than going on */
    }
    ++*told;
    report->evidence = *evidence;
    if (s->reports == NULL) {
        s->reports = report;
    } else {
        s->reports_end->next = report;
    }
    s->reports_end = report;
}

bool session_next_report(kw_session *s, kw_session_action *out)
{
    session_report *report = s->reports;
    if (report == NULL) {
        return false;
    }
    s->reports = report->next;
    out->act = KW_SESSION_FRAUD;
    out->evidence = &report->evidence;
    return true;
}
