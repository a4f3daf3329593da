/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/join_case.h"

#include "cli/commands.h"
#include "crypto/address_text.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/join_desk.h"
#include "support/net_certs.h"

#include <stdio.h>

static join_desk desk;
static kw_arena arena;
static tempdir_path paths[8]; /* texts of options */

static int make(void **state)
{
    KW_UNUSED(state);
    arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    join_desk_open(&desk, false);
    return 0;
}

static int make_running(void **state)
{
    KW_UNUSED(state);
    arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    join_desk_open(&desk, true);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    join_desk_close(&desk);
    kw_arena_drop(&arena);
    return 0;
}

static kw_cli cli_of(void)
{
    return (kw_cli){
        .in = stdin, .out = stdout, .err = stderr, .arena = &arena, .program = &kw_keyward};
}

static kw_str path_of(size_t at, const char *name)
{
    paths[at] = client_desk_path(&desk.client, name);
    return kw_str_of(paths[at].text);
}

static kw_cluster_options cluster_options(void)
{
    return (kw_cluster_options){
        .cluster = path_of(0, "pinned.json"),
        .operators = path_of(1, "operators.json"),
        .ca = path_of(2, "ca.pem"),
        .cert = path_of(3, "pki/self.pem"),
        .cert_key = path_of(4, "pki/self.key"),
        .timeout = 10000,
    };
}

static kw_status open_case(kw_join_case *out, const kw_cluster_options *options, const char *text)
{
    kw_cli cli = cli_of();
    kw_error err = {0};
    const kw_operator_options self = {.entry = path_of(5, "node5.json"),
                                      .key = KW_OPERATOR_KEY_RAW,
                                      .key_file = path_of(6, "own.key")};
    kw_status st = kw_join_case_open(&cli, out, options, &self, &err);
    assert_int_equal(err.status, st);
    if (strstr(err.text, text) == NULL) {
        fail_msg("no \"%s\" in %s", text, err.text);
    }
    return st;
}

static void expect_case(kw_status wanted, const char *text)
{
    KW_AUTO(kw_join_case) join = {.index = 0};
    kw_cluster_options options = cluster_options();
    EXPECT_STATUS(open_case(&join, &options, text), wanted);
}

static void open__adds_it_to_the_operators(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_join_case) join = {.index = 0};
    kw_cluster_options options = cluster_options();
    EXPECT_OK(open_case(&join, &options, ""));
    assert_false(join.is_listed);
    assert_int_equal(join.rows.count, 5);
    assert_int_equal(join.remote.cluster.operators.roster.n, 5);
    EXPECT_STR(join.rows.items[4].address, desk.address);
    const kw_member *member = kw_roster_at(&join.remote.cluster.operators.roster, join.index);
    assert_true(kw_address_equal(&member->address, &desk.self.address));
}

static void open__knows_it_when_it_is_listed(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_join_case) join = {.index = 0};
    kw_cluster_options options = cluster_options();
    join_desk_write_operators(&desk, &desk.row);
    EXPECT_OK(open_case(&join, &options, ""));
    assert_true(join.is_listed);
    assert_int_equal(join.rows.count, 5);
}

static void open__refuses_another_listing_of_it(void **state)
{
    KW_UNUSED(state);
    kw_operator_row other = desk.row;
    other.tls_spki.bytes[0] ^= 1;
    join_desk_write_operators(&desk, &other);
    expect_case(KW_REFUSED, "with another certificate");
    other = desk.row;
    other.public_url = KW_STR("https://elsewhere:1");
    join_desk_write_operators(&desk, &other);
    expect_case(KW_REFUSED, "at another URL");
    other.public_url = desk.row.public_url;
    other.peer_url = KW_STR("https://elsewhere:1");
    join_desk_write_operators(&desk, &other);
    expect_case(KW_REFUSED, "at another URL");
    peer stranger;
    peer_make(&stranger, 78, KW_PEER_ECDSA);
    stranger.address = desk.self.address;
    kw_roster_entry entry = peer_entry(&stranger);
    kw_hash32 digest;
    kw_possession_digest(&digest, &entry);
    kw_peer_signature proof = peer_sign(&stranger, &digest);
    other = desk.row;
    other.curve = stranger.curve;
    other.key = entry.key;
    other.proof = kw_peer_signature_view(&proof);
    join_desk_write_operators(&desk, &other);
    expect_case(KW_REFUSED, "with another key");
}

/* Somebody else is listed with what is its own. */
static void open__refuses_to_share(void **state)
{
    KW_UNUSED(state);
    peer stranger;
    peer_make(&stranger, 78, KW_PEER_ECDSA);
    kw_roster_entry entry = peer_entry(&stranger);
    kw_hash32 digest;
    kw_possession_digest(&digest, &entry);
    kw_peer_signature proof = peer_sign(&stranger, &digest);
    char address[KW_ADDRESS_TEXT_BYTES];
    kw_address_write(address, &stranger.address);
    kw_operator_row other = desk.row;
    other.address = kw_str_of(address);
    other.curve = stranger.curve;
    other.key = entry.key;
    other.proof = kw_peer_signature_view(&proof);
    join_desk_write_operators(&desk, &other);
    expect_case(KW_CONFLICT, "share a certificate");
}

static void open__checks_the_certificate(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(net_certs) certs = net_certs_make();
    net_certs_issue(&certs, "other", KW_X509_PEER, NULL, 0);
    KW_AUTO(kw_join_case) join = {.index = 0};
    tempdir_path other = net_certs_path(&certs, "other.pem");
    tempdir_path key = net_certs_path(&certs, "other.key");
    kw_cluster_options options = cluster_options();
    options.cert = kw_str_of(other.text);
    EXPECT_STATUS(open_case(&join, &options, "the key is not that of the certificate"),
                  KW_BAD_INPUT);
    kw_join_case_drop(&join);
    join = (kw_join_case){.index = 0};
    options.cert_key = kw_str_of(key.text);
    EXPECT_STATUS(open_case(&join, &options, "is not the certificate of the entry"), KW_REFUSED);
    kw_join_case_drop(&join);
    join = (kw_join_case){.index = 0};
    options.ca = (kw_str){0};
    EXPECT_STATUS(open_case(&join, &options, "needs --ca"), KW_USAGE);
}

static void open__refuses_certificates_that_others_would(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *name;
        kw_x509_use use;
        int age_days;
        const char *text;
    } rows[] = {{"old", KW_X509_PEER, 31, "has expired"},
                {"server", KW_X509_SERVER, 0, "both ends"},
                {"client", KW_X509_CLIENT, 0, "both ends"}};
    KW_AUTO(net_certs) certs = net_certs_make();
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        char name[32];
        KW_AUTO(kw_join_case) join = {.index = 0};
        kw_cluster_options options = cluster_options();
        net_certs_issue(&certs, rows[i].name, rows[i].use, NULL, rows[i].age_days);
        (void)snprintf(name, sizeof name, "%s.pem", rows[i].name);
        tempdir_path certificate = net_certs_path(&certs, name);
        (void)snprintf(name, sizeof name, "%s.key", rows[i].name);
        tempdir_path key = net_certs_path(&certs, name);
        options.cert = kw_str_of(certificate.text);
        options.cert_key = kw_str_of(key.text);
        EXPECT_STATUS(open_case(&join, &options, rows[i].text), KW_REFUSED);
    }
}

static void view__counts_the_others(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_join_case) join = {.index = 0};
    kw_cli cli = cli_of();
    kw_join_view view;
    kw_error err = {0};
    kw_cluster_options options = cluster_options();
    EXPECT_OK(open_case(&join, &options, ""));
    EXPECT_OK(kw_join_view_take(&cli, &view, &join, &options, &err));
    assert_int_equal(view.answered, 3);
    assert_int_equal(view.epoch, 2);
    EXPECT_STR(view.master_key, desk.client.master_key);
    assert_false(view.is_up);
    assert_false(view.is_serving);
    EXPECT_STATUS(kw_join_wait(&cli, &view, &join, &options, 1, &err), KW_TIMED_OUT);
    assert_non_null(strstr(err.text, "does not answer at its public URL"));
}

static void view__sees_that_it_serves(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_join_case) join = {.index = 0};
    kw_cli cli = cli_of();
    kw_join_view view = {.answered = 0};
    kw_error err = {0};
    kw_cluster_options options = cluster_options();
    EXPECT_OK(open_case(&join, &options, ""));
    EXPECT_OK(kw_join_wait(&cli, &view, &join, &options, 30, &err));
    assert_true(view.is_up);
    assert_true(view.is_serving);
    assert_int_equal(view.answered, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open__adds_it_to_the_operators, make, drop),
        cmocka_unit_test_setup_teardown(open__knows_it_when_it_is_listed, make, drop),
        cmocka_unit_test_setup_teardown(open__refuses_another_listing_of_it, make, drop),
        cmocka_unit_test_setup_teardown(open__refuses_to_share, make, drop),
        cmocka_unit_test_setup_teardown(open__checks_the_certificate, make, drop),
        cmocka_unit_test_setup_teardown(open__refuses_certificates_that_others_would, make, drop),
        cmocka_unit_test_setup_teardown(view__counts_the_others, make, drop),
        cmocka_unit_test_setup_teardown(view__sees_that_it_serves, make_running, drop),
    };
    return cmocka_run_group_tests_name("cli/join_case", tests, NULL, NULL);
}
