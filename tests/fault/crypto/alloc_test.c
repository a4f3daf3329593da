/* SPDX-License-Identifier: Apache-2.0
 * Every allocation of the constructors of crypto/ fails once. */
#include "base/heap.h"
#include "crypto/aead.h"
#include "crypto/drbg.h"
#include "crypto/x509.h"
#include "os/fault.h"
#include "support/expect.h"
#include "support/seeded_rng.h"

enum {
    NOW = 1790000000,
    TRIES_MAX = 100
};

/* Runs `build` with the k-th allocation of the heap, then of guarded memory, failing, until it
 * succeeds. */
static void fail_each(kw_status (*build)(void))
{
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < TRIES_MAX);
        kw_heap_fail_at(nth);
        st = build();
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
    }
    st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < TRIES_MAX);
        kw_os_faults faults = {0};
        kw_os_faults_use(&faults);
        kw_os_fail_at(&faults, KW_OS_ALLOCATE, nth);
        st = build();
        kw_os_faults_use(NULL);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
    }
}

static kw_status build_drbg(void)
{
    KW_AUTO_PTR(kw_machine_entropy) entropy = NULL;
    KW_TRY(kw_machine_entropy_new(&entropy));
    kw_entropy_source sources[KW_ENTROPY_SOURCES_MAX];
    const kw_drbg_options options = {.sources = sources,
                                     .count = kw_machine_entropy_sources(entropy, sources),
                                     .clock = kw_clock_monotonic()};
    KW_AUTO_PTR(kw_drbg) drbg = NULL;
    return kw_drbg_new(&drbg, &options, NULL);
}

static kw_status build_sealed(void)
{
    seeded_rng rng = {.seed = 1};
    KW_AUTO_PTR(kw_aead) aead = NULL;
    KW_TRY(kw_aead_new(&aead, seeded_rng_port(&rng)));
    KW_AUTO(kw_secret32) key = {{1}};
    KW_AUTO(kw_buf) sealed = kw_buf_init(100);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(100);
    kw_secret_span text = kw_secret_span_of(kw_span_of_str(KW_STR("text")));
    KW_TRY(kw_aead_seal(aead, &sealed, &key, text, (kw_span){0}));
    return kw_aead_open(aead, &plain, &key, kw_buf_view(&sealed), (kw_span){0});
}

static kw_status build_certificates(void)
{
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    KW_TRY(kw_x509_ca_new(&ca, "test CA", NOW, 1, NULL));
    KW_AUTO(kw_x509_pair) own = {0};
    KW_AUTO(kw_x509_pair) pair = {0};
    KW_TRY(kw_x509_ca_export(ca, &own, NULL));
    KW_AUTO_PTR(kw_x509_ca) again = NULL;
    KW_TRY(kw_x509_ca_open(&again, kw_buf_view(&own.certificate), kw_secret_bytes_view(&own.key),
                           NULL));
    const kw_x509_request request = {.common_name = "a",
                                     .use = KW_X509_CLIENT,
                                     .names = {"DNS:a"},
                                     .names_count = 1,
                                     .not_before = NOW,
                                     .days = 1};
    return kw_x509_ca_issue(again, &pair, &request, NULL);
}

static kw_status build_revocations(void)
{
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    KW_TRY(kw_x509_ca_new(&ca, "test CA", NOW, 1, NULL));
    KW_AUTO(kw_x509_pair) own = {0};
    KW_TRY(kw_x509_ca_export(ca, &own, NULL));
    KW_AUTO(kw_buf) lists = kw_buf_init(4096);
    const kw_x509_revoked item = {.serial = {"1"}, .at = NOW};
    const kw_x509_crl_request request = {.items = &item, .count = 1, .this_update = NOW, .days = 1};
    KW_TRY(kw_x509_ca_sign_crl(ca, &lists, &request, NULL));
    KW_AUTO(kw_x509_crls) crls = {0};
    return kw_x509_crls_parse(&crls, kw_buf_view(&lists), kw_buf_view(&own.certificate), NOW, NULL);
}

static void constructors__survive_every_failing_allocation(void **state)
{
    (void)state;
    fail_each(build_drbg);
    fail_each(build_sealed);
    fail_each(build_certificates);
    fail_each(build_revocations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constructors__survive_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("fault/crypto/alloc", tests, NULL, NULL);
}
