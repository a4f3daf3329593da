/* SPDX-License-Identifier: Apache-2.0
 * audit/append/<producers>: durable records a second through the group commit; audit/verify/1e6:
 * offline verification of a million records beside `openssl dgst -sha256` over the same bytes. */
#include "guard/audit.h"

#include "guard/audit_log.h"
#include "guard/audit_verify.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/thread.h"

#include "support/audit.h"
#include "support/process.h"

#include <stdatomic.h>
#include <stdio.h>

enum {
    PRODUCERS = 2,
    APPENDED = 200000,
    VERIFIED = 1000000,
    ROUNDS = 3,
};

typedef struct producer {
    kw_audit *audit;
    kw_thread thread;
    _Atomic uint64_t acknowledged;
} producer;

static void acknowledge(void *data, kw_status st)
{
    producer *p = data;
    if (st == KW_OK) {
        (void)atomic_fetch_add(&p->acknowledged, 1);
    }
}

/* Appends as fast as the queue takes them, like loops that hold their responses. */
static void produce(void *ctx)
{
    producer *p = ctx;
    for (unsigned i = 0; i < APPENDED / PRODUCERS; i++) {
        kw_audit_event event = audit_event_of(i);
        while (kw_audit_append(p->audit, &event, acknowledge, p) != KW_OK) {
            kw_sleep_ms(1); /* the queue is full */
        }
    }
}

static double seconds_since(uint64_t start_ns)
{
    return (double)(kw_monotonic_ns() - start_ns) * 1e-9;
}

static void bench_append(void)
{
    audit_place place;
    audit_place_make(&place);
    place.config.segment_bytes = 0;
    kw_audit *audit = audit_place_open(&place);
    static producer producers[PRODUCERS];
    uint64_t start = kw_monotonic_ns();
    for (size_t i = 0; i < PRODUCERS; i++) {
        producers[i].audit = audit;
        if (kw_thread_start(&producers[i].thread, "producer", produce, &producers[i], NULL) !=
            KW_OK) {
            return;
        }
    }
    for (size_t i = 0; i < PRODUCERS; i++) {
        kw_thread_join(&producers[i].thread);
    }
    while (kw_audit_state_now(audit).queued > 0) {
        kw_sleep_ms(1);
    }
    double seconds = seconds_since(start);
    kw_audit_state state = kw_audit_state_now(audit);
    (void)printf("{\"name\":\"audit/append/%d\",\"records_per_s\":%.0f,\"commits\":%llu}\n",
                 PRODUCERS, APPENDED / seconds, (unsigned long long)state.commits);
    kw_audit_free(audit);
    audit_place_remove(&place);
}

static double time_openssl(const audit_place *place)
{
    char command[1024];
    (void)snprintf(command, sizeof command, "cat %s/*.log | openssl dgst -sha256", place->dir.path);
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    process_result result = {0};
    uint64_t start = kw_monotonic_ns();
    process_expect(&result, 0, argv, (kw_str){0});
    double seconds = seconds_since(start);
    process_result_drop(&result);
    return seconds;
}

static double time_verify(const audit_place *place, uint64_t *bytes)
{
    uint64_t start = kw_monotonic_ns();
    kw_audit_report report = audit_expect(place, place->dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    *bytes = report.bytes;
    return seconds_since(start);
}

static void bench_verify(void)
{
    audit_place place;
    audit_place_make(&place);
    place.config.segment_bytes = 0;
    kw_audit *audit = audit_place_open(&place);
    audit_append_all(audit, VERIFIED);
    kw_audit_free(audit);
    double openssl = 1e9;
    double verify = 1e9;
    uint64_t bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
        openssl = KW_MIN(openssl, time_openssl(&place));
        verify = KW_MIN(verify, time_verify(&place, &bytes));
    }
    (void)printf("{\"name\":\"audit/verify/1e6\",\"bytes\":%llu,\"seconds\":%.3f,"
                 "\"openssl_dgst_seconds\":%.3f,\"ratio\":%.2f}\n",
                 (unsigned long long)bytes, verify, openssl, verify / openssl);
    audit_place_remove(&place);
}

int main(void)
{
    bench_append();
    bench_verify();
    return 0;
}
