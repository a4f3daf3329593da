/* SPDX-License-Identifier: Apache-2.0
 * Operators as real processes. */
#include "support/committee.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "crypto/x509.h"
#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"
#include "threshold/engine/epoch/certificate.h"
#include "threshold/engine/roster/cluster_file.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    COMMITTEE_EPOCHS_MAX = 4096,
    WAIT_LIMIT_MS = 3 * PROCESS_LIMIT_MS, /* sessions abort while the machine is busy */
};

static const char operator_yaml[] = "  peer_networks: [127.0.0.0/8]\n"
                                    "test:\n  allow: true\n"
                                    "listen_peer:\n  address: 127.0.0.1:0\n"
                                    "  client_cert: required\n"
                                    "  certificate_file: %/pki/peer.pem\n"
                                    "  key_file: %/pki/peer.key\n"
                                    "  client_ca_file: %/pki/peers.pem\n"
                                    "threshold:\n"
                                    "  cluster_file: %/cluster.json\n"
                                    "  operators_file: %/operators.json\n"
                                    "  slots_dir: %/data/slots\n"
                                    "  evidence_dir: %/data\n"
                                    "  ca_file: %/pki/peers.pem\n"
                                    "  certificate_file: %/pki/peer.pem\n"
                                    "  tls_key_file: %/pki/peer.key\n";

static const char key_yaml[] = "  key: raw\n  key_file: %/data/operator.key\n";

/* The house of operator `at`, and the hash of its key for TLS. */
static void make_house(committee *c, uint32_t at)
{
    char yaml[2048];
    const char *curve = c->file.peers[at].curve == KW_PEER_BN254 ? "bn254" : "secp256k1";
    const char *key_lines = c->plan.key == NULL ? key_yaml : c->plan.key;
    const char *more = c->plan.more == NULL ? "" : c->plan.more;
    (void)snprintf(yaml, sizeof yaml, "%s%s  address: \"%s\"\n  curve: %s\n%s", operator_yaml,
                   key_lines, c->file.addresses[at], curve, more);
    house *h = house_make(yaml);
    c->houses[at] = h;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_NOBODY,
              "dev-ca issue %/pki peer --peer --host localhost --host 127.0.0.1");
    process_result_drop(&result);
    tempdir_path path = house_path(h, "pki/peer.pem");
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    kw_x509_identity identity;
    EXPECT_OK(kw_file_read(&pem, path.text, NULL));
    EXPECT_OK(kw_x509_identity_parse(&identity, kw_buf_view(&pem), NULL));
    c->file.items[at].tls_spki = identity.spki;
    path = house_path(h, "pki/peer.key");
    KW_AUTO(kw_buf) key = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&key, path.text, NULL));
    house_write(h, "pki/peer.key", kw_buf_view(&key)); /* the daemon's own */
    house_write(h, "data/operator.key", KW_SPAN(c->file.peers[at].secret));
}

/* Operators know each other by their authorities, too. */
static void share_authorities(committee *c)
{
    KW_AUTO(kw_buf) all = kw_buf_init(1 << 20);
    for (uint32_t i = 0; i < c->plan.count; i++) {
        tempdir_path path = house_path(c->houses[i], "pki/ca.pem");
        KW_AUTO(kw_buf) one = kw_buf_init(1 << 16);
        EXPECT_OK(kw_file_read(&one, path.text, NULL));
        EXPECT_OK(kw_buf_append(&all, kw_buf_view(&one)));
    }
    for (uint32_t i = 0; i < c->plan.count; i++) {
        house_write(c->houses[i], "pki/peers.pem", kw_buf_view(&all));
    }
}

static void write_cluster(committee *c)
{
    kw_arena arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_cluster_rows rows;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    EXPECT_OK(kw_object_init(&rows, &arena, &kw_cluster_rows_schema));
    rows.version = 1;
    rows.name = KW_STR("committee");
    rows.suite = c->plan.suite;
    rows.interval_s = c->plan.interval_s;
    rows.reshare_every = KW_MAX(c->plan.reshare_every, UINT32_C(1));
    rows.genesis = (kw_operator_rows){c->file.items, c->plan.genesis};
    EXPECT_OK(kw_json_encode(&json, &kw_cluster_rows_schema, &rows, KW_JSON_PLAIN));
    for (uint32_t i = 0; i < c->plan.count; i++) {
        house_write(c->houses[i], "cluster.json", kw_buf_view(&json));
    }
    kw_arena_drop(&arena);
}

committee *committee_make(const committee_plan *plan)
{
    committee *c = kw_heap_new(1, sizeof *c);
    assert_non_null(c);
    c->plan = *plan;
    operator_rows_make(&c->file, plan->count);
    if (plan->has_cables) {
        c->cables = cables_make(plan->count);
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        make_house(c, i);
    }
    share_authorities(c);
    write_cluster(c);
    return c;
}

void committee_start(committee *c, uint32_t at)
{
    house *h = c->houses[at];
    house_start(h);
    c->file.items[at].peer_url = kw_str_of(h->peer_url);
    c->file.items[at].public_url = kw_str_of(h->public_url);
    if (c->cables != NULL) {
        cables_plug(c->cables, at, h->peer_url);
    }
}

/* Who the operators are, as the house reaches them. */
static void write_list(committee *c, uint32_t at)
{
    kw_operator_row rows[OPERATOR_ROWS_MAX];
    kw_operator_rows list = {rows, 0};
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    for (uint32_t i = 0; i < c->plan.count; i++) {
        if ((c->members >> i & 1) == 0) {
            continue;
        }
        rows[list.count] = c->file.items[i];
        if (c->cables != NULL && i != at) {
            rows[list.count].peer_url = kw_str_of(cables_url(c->cables, at, i));
        }
        list.count++;
    }
    EXPECT_OK(kw_operators_encode(&json, list));
    house_write(c->houses[at], "operators.json", kw_buf_view(&json));
}

void committee_list(committee *c, uint32_t members)
{
    c->members = members;
    for (uint32_t i = 0; i < c->plan.count; i++) {
        write_list(c, i);
    }
}

void committee_restart(committee *c, uint32_t at)
{
    house_kill(c->houses[at]);
    committee_start(c, at);
    committee_list(c, c->members);
}

int committee_get(committee *c, uint32_t at, const char *path, process_result *result)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s%s", c->houses[at]->public_url, path);
    house_request request = {.who = HOUSE_NOBODY, .method = "GET", .url = url};
    return house_call(c->houses[at], result, &request);
}

/* The epoch that the house serves; 0: none. */
static uint64_t epoch_of(committee *c, uint32_t at)
{
    static const char name[] = "\"version\":";
    process_result result = {0};
    uint64_t epoch = 0;
    if (committee_get(c, at, "/pubkey", &result) == 200) {
        EXPECT_OK(kw_buf_append_byte(&result.out, '\0'));
        const char *found = strstr((const char *)result.out.ptr, name);
        assert_non_null(found);
        epoch = strtoull(found + strlen(name), NULL, 10);
    }
    process_result_drop(&result);
    return epoch;
}

uint64_t committee_wait_epoch(committee *c, uint32_t at, uint64_t epoch)
{
    uint64_t deadline_ns = kw_monotonic_ns() + (uint64_t)WAIT_LIMIT_MS * 1000000;
    do {
        uint64_t here = epoch_of(c, at);
        if (here >= epoch) {
            return here;
        }
    } while (kw_monotonic_ns() < deadline_ns);
    fail_msg("operator %u did not reach epoch %u", (unsigned)at, (unsigned)epoch);
    return 0;
}

/* ---- what must hold of all ---- */

typedef struct seen_epochs {
    kw_hash32 hashes[COMMITTEE_EPOCHS_MAX + 1];
    bool is_known[COMMITTEE_EPOCHS_MAX + 1];
    kw_group_g2 master;
    uint64_t count; /* certificates */
} seen_epochs;

/* Reads a certificate as anybody can. */
static void see_epoch(seen_epochs *seen, kw_span file)
{
    static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    const kw_group *group = form.group;
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_certificate certificate;
    EXPECT_OK(kw_certificate_decode(&certificate, &arena, file, &form));
    assert_true(kw_certificate_is_sealed(&certificate, group));
    uint64_t epoch = kw_certificate_epoch_of(file);
    assert_true(epoch <= COMMITTEE_EPOCHS_MAX);
    const kw_group_g2 *master = &certificate.candidate.polynomial[0];
    if (seen->count++ == 0) {
        seen->master = *master;
    }
    assert_true(group->g2_equal(master, &seen->master));
    if (seen->is_known[epoch]) {
        assert_memory_equal(&seen->hashes[epoch], &certificate.hash, sizeof certificate.hash);
    }
    seen->is_known[epoch] = true;
    seen->hashes[epoch] = certificate.hash;
    kw_arena_drop(&arena);
}

uint64_t committee_newest(committee *c, uint32_t at)
{
    process_result result = {0};
    uint64_t epoch = 0;
    if (committee_get(c, at, "/epoch", &result) == 200) {
        epoch = kw_certificate_epoch_of(kw_buf_view(&result.out));
    }
    process_result_drop(&result);
    return epoch;
}

static void see_house(committee *c, uint32_t at, seen_epochs *seen)
{
    uint64_t newest = committee_newest(c, at);
    for (uint64_t epoch = 1; epoch <= newest; epoch++) {
        char path[64];
        process_result result = {0};
        (void)snprintf(path, sizeof path, "/epoch/%llu", (unsigned long long)epoch);
        int http = committee_get(c, at, path, &result);
        assert_true(http == 200 || http == 404); /* who joined later has not all */
        if (http == 200) {
            see_epoch(seen, kw_buf_view(&result.out));
        }
        process_result_drop(&result);
    }
}

/* The key of an operator is in its file and nowhere else; nobody has proof of fraud. */
static void expect_discreet(committee *c, uint32_t at)
{
    static const char *const key_file[] = {"data/operator.key", NULL};
    static const char *const none[] = {NULL};
    char digits[2 * sizeof c->file.peers[at].secret];
    house_expect_nowhere(c->houses[at], KW_SPAN(c->file.peers[at].secret), key_file);
    kw_hex_encode_to(digits, KW_SPAN(c->file.peers[at].secret));
    house_expect_nowhere(c->houses[at], (kw_span){(const uint8_t *)digits, sizeof digits}, none);
    house_expect_nowhere(c->houses[at], kw_span_of_str(KW_STR(".kwf")), none); /* its log */
}

void committee_expect_sound(committee *c)
{
    seen_epochs *seen = kw_heap_new(1, sizeof *seen);
    assert_non_null(seen);
    for (uint32_t i = 0; i < c->plan.count; i++) {
        if (c->houses[i]->daemon.pid > 0) {
            see_house(c, i, seen);
        }
        expect_discreet(c, i);
    }
    assert_true(seen->count > 0);
    kw_heap_free(seen);
}

void committee_free(committee *c)
{
    for (uint32_t i = 0; i < c->plan.count; i++) {
        house_free(c->houses[i]);
    }
    if (c->cables != NULL) {
        cables_free(c->cables);
    }
    kw_heap_free(c);
}
