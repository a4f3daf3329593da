/* SPDX-License-Identifier: Apache-2.0
 * Audit logs for tests. */
#include "support/audit.h"

#include "crypto/note.h"

#include "support/expect.h"

#include <stdio.h>

void audit_place_make(audit_place *place)
{
    *place = (audit_place){.dir = tempdir_make()};
    atomic_store(&place->time.at, 1700000000000);
    place->clock = kw_clock_of_manual(&place->time);
    static const kw_secret32 seed = {{1, 2, 3}};
    kw_ed25519_key_of_seed(&place->key, &seed);
    place->config = (kw_audit_config){.folder = place->dir.path,
                                      .node = KW_STR("n1"),
                                      .key = &place->key,
                                      .clock = &place->clock,
                                      .segment_bytes = 64 * 1024};
    KW_AUTO(kw_note_signer) signer = {0};
    EXPECT_OK(kw_note_signer_init(&signer, KW_STR("n1/audit"), &place->key));
    KW_AUTO(kw_buf) vkey = kw_buf_init(sizeof place->vkey - 1);
    EXPECT_OK(kw_note_vkey_format(&vkey, &signer.verifier));
    memcpy(place->vkey, vkey.ptr, vkey.len);
}

void audit_place_remove(audit_place *place)
{
    kw_ed25519_key_drop(&place->key);
    tempdir_remove(&place->dir);
}

kw_audit *audit_place_open(audit_place *place)
{
    kw_audit *audit = NULL;
    kw_error err = {0};
    kw_status st = kw_audit_open(&audit, &place->config, &err);
    if (st != KW_OK) {
        print_error("kw_audit_open: %s: %s\n", kw_status_name(st), err.text);
        fail();
    }
    return audit;
}

kw_audit_event audit_event_of(unsigned i)
{
    static _Thread_local char object[32];
    int len = snprintf(object, sizeof object, "object-%u", i);
    return (kw_audit_event){.tenant = KW_STR("acme"),
                            .actor = KW_STR("client-1"),
                            .method = KW_AUTH_API_KEY,
                            .action = KW_STR("emtp.key.served"),
                            .object = {object, (size_t)len},
                            .outcome = KW_OK,
                            .request_id = KW_STR("0123456789abcdef01234567")};
}

void audit_append_all(kw_audit *audit, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        kw_audit_event event = audit_event_of(i);
        if (i + 1 < count) {
            kw_status st = kw_audit_append(audit, &event, NULL, NULL);
            if (st == KW_OK) {
                continue;
            }
            EXPECT_STATUS(st, KW_AUDIT_UNAVAILABLE); /* the queue is full: wait for this one */
        }
        kw_error err = {0};
        kw_status st = KW_AUDIT_UNAVAILABLE;
        while (st == KW_AUDIT_UNAVAILABLE && kw_audit_is_available(audit)) {
            st = kw_audit_append_wait(audit, &event, &err);
        }
        EXPECT_OK(st);
    }
}

kw_audit_report audit_expect(const audit_place *place, const char *folder, kw_str anchor,
                             kw_audit_verdict wanted)
{
    kw_audit_verify_options options = {
        .folder = folder, .vkey = kw_str_of(place->vkey), .anchor = anchor};
    kw_audit_report report = {.verdict = KW_AUDIT_UNREADABLE};
    kw_error err = {0};
    EXPECT_OK(kw_audit_verify(&report, &options, &err));
    if (report.verdict != wanted) {
        print_error("verdict %d, wanted %d: sequence %llu: %s\n", (int)report.verdict, (int)wanted,
                    (unsigned long long)report.bad_sequence, report.reason);
        fail();
    }
    return report;
}
