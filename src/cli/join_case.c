/* SPDX-License-Identifier: Apache-2.0
 * An operator that is to join a cluster. Secret inputs: its signing key, its TLS key. */
#include "cli/join_case.h"

#include "cli/epoch_view.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/threshold_survey.h"
#include "codec/json.h"
#include "crypto/address_text.h"
#include "crypto/x509.h"
#include "os/clock.h"
#include "os/file.h"
#include "threshold/api_types.h"

enum {
    PEM_BYTES_MAX = 64 * 1024,
    LOOK_MS = 1000,
};

void kw_join_case_drop(kw_join_case *join)
{
    kw_operator_self_drop(&join->self);
    kw_cluster_remote_drop(&join->remote);
}

/* ---- its certificate ---- */
static kw_status check_use(kw_span pem, kw_str path, kw_error *err)
{
    kw_clock clock = kw_clock_system();
    kw_unix_s until = 0;
    KW_TRY_AT(err, kw_x509_check_peer(pem, err), "reading %s", path.ptr);
    KW_TRY_AT(err, kw_x509_not_after(&until, pem, err), "reading %s", path.ptr);
    KW_REQUIRE(until > kw_clock_now_ms(&clock) / 1000, err, KW_REFUSED, "%s has expired", path.ptr);
    return KW_OK;
}

static kw_status check_certificate(const kw_operator_row *row, const kw_cluster_options *options,
                                   kw_error *err)
{
    KW_AUTO(kw_buf) pem = kw_buf_init(PEM_BYTES_MAX);
    KW_AUTO(kw_secret_bytes) key = kw_secret_bytes_init(PEM_BYTES_MAX);
    kw_x509_identity identity;
    KW_REQUIRE(options->cert.len > 0 && options->ca.len > 0, err, KW_USAGE,
               "an operator needs --ca, --cert and --cert-key");
    KW_TRY_AT(err, kw_file_read(&pem, options->cert.ptr, err), "reading the certificate");
    KW_TRY_AT(err, kw_x509_identity_parse(&identity, kw_buf_view(&pem), err), "reading %s",
              options->cert.ptr);
    KW_TRY_AT(err, kw_secret_bytes_read_file(&key, options->cert_key.ptr, false, err),
              "reading the certificate's key");
    KW_TRY(check_use(kw_buf_view(&pem), options->cert, err));
    KW_TRY_AT(err, kw_x509_pair_check(kw_buf_view(&pem), kw_secret_bytes_view(&key), err),
              "checking %s", options->cert_key.ptr);
    KW_REQUIRE(kw_span_equal_var(KW_SPAN(identity.spki.bytes), KW_SPAN(row->tls_spki.bytes)), err,
               KW_REFUSED,
               "%s is not the certificate of the entry: others would not know this operator",
               options->cert.ptr);
    return KW_OK;
}

/* ---- the operators with it ---- */
static kw_status read_rows(kw_cli *cli, kw_operator_rows *out, const kw_cluster_options *options,
                           kw_error *err)
{
    bool has_list = options->operators.len > 0;
    kw_str path = has_list ? options->operators : options->cluster;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_rows cluster = {.version = 0};
    KW_TRY_AT(err, kw_file_read(&json, path.ptr, err), "reading the operators");
    kw_span text = kw_buf_view(&json);
    if (has_list) {
        return kw_operators_read_rows(out, cli->arena, text, err);
    }
    KW_TRY(kw_json_decode(&cluster, cli->arena, &kw_cluster_rows_schema, text, err));
    *out = cluster.genesis;
    return KW_OK;
}

/* The entry in the list is the one at hand, or nobody finds this operator there. */
static kw_status check_listed(const kw_operator_row *listed, const kw_operator_row *own,
                              kw_error *err)
{
    bool has_key = listed->curve == own->curve && kw_span_equal_var(listed->key, own->key);
    bool has_certificate =
        kw_span_equal_var(KW_SPAN(listed->tls_spki.bytes), KW_SPAN(own->tls_spki.bytes));
    bool has_place = kw_str_equal(listed->peer_url, own->peer_url) &&
                     kw_str_equal(listed->public_url, own->public_url);
    KW_REQUIRE(has_key, err, KW_REFUSED, "the operators list %.*s with another key",
               KW_STR_ARG(own->address));
    KW_REQUIRE(has_certificate, err, KW_REFUSED,
               "the operators list %.*s with another certificate: send them the entry of this one",
               KW_STR_ARG(own->address));
    KW_REQUIRE(has_place, err, KW_REFUSED, "the operators list %.*s at another URL",
               KW_STR_ARG(own->address));
    return KW_OK;
}

static kw_status add_row(kw_cli *cli, kw_join_case *join, kw_error *err)
{
    kw_operator_rows *rows = &join->rows;
    const kw_operator_row *own = &join->self.row;
    for (size_t i = 0; i < rows->count; i++) {
        if (kw_str_equal(rows->items[i].address, own->address)) {
            join->is_listed = true;
            return check_listed(&rows->items[i], own, err);
        }
    }
    kw_operator_row *all = kw_arena_new(cli->arena, rows->count + 1, sizeof *all);
    KW_REQUIRE(all != NULL, err, KW_NO_MEMORY, "no memory for the operators");
    memcpy(all, rows->items, rows->count * sizeof *all);
    all[rows->count] = *own;
    *rows = (kw_operator_rows){all, rows->count + 1};
    return KW_OK;
}

/* From here on all of them are asked, this one, too. */
static kw_status take_operators(kw_cli *cli, kw_join_case *join, kw_error *err)
{
    kw_address address;
    kw_operators *operators = &join->remote.cluster.operators;
    KW_TRY(kw_operators_of_rows(operators, cli->arena, join->rows, err));
    KW_TRY_AT(err, kw_address_parse(&address, join->self.row.address), "reading an address");
    join->index = kw_roster_index(&operators->roster, &address);
    KW_ASSERT(join->index != 0);
    return KW_OK;
}

kw_status kw_join_case_open(kw_cli *cli, kw_join_case *out, const kw_cluster_options *options,
                            const kw_operator_options *self, kw_error *err)
{
    KW_TRY(kw_cluster_remote_open(&out->remote, options, err));
    KW_TRY(kw_operator_self_open(cli, &out->self, self, err));
    KW_TRY(check_certificate(&out->self.row, options, err));
    KW_TRY(read_rows(cli, &out->rows, options, err));
    KW_TRY(add_row(cli, out, err));
    return take_operators(cli, out, err);
}

/* ---- what they show ---- */
static kw_status take_survey(kw_cli *cli, kw_join_view *view, const kw_join_case *join,
                             const kw_client_survey *survey, kw_error *err)
{
    kw_epoch_view epoch = {.epoch = 0};
    uint16_t n = join->remote.cluster.operators.roster.n;
    KW_REQUIRE(!survey->is_split, err, KW_REFUSED, "operators name different keys");
    for (uint16_t i = 0; i < n; i++) {
        view->answered += i + 1 != join->index && survey->members[i].standing == KW_CLIENT_GOOD;
    }
    view->is_up = survey->members[join->index - 1].standing == KW_CLIENT_GOOD;
    if (survey->newest.file.len == 0) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_epoch_view_fill(cli->arena, &epoch, &join->remote.cluster, &survey->newest),
              "reading an epoch");
    view->epoch = epoch.epoch;
    view->time = (kw_unix_s)epoch.timestamp;
    view->master_key = epoch.master_key;
    return KW_OK;
}

/* What it says of its own share. */
static kw_status ask_share(kw_cli *cli, kw_join_view *view, const kw_join_case *join,
                           kw_client_calls *calls, kw_error *err)
{
    kw_client_answer answer = {.member = 0};
    kw_pubkey key = {0};
    const kw_client_ask ask = {.member = join->index, .path = "/pubkey"};
    KW_TRY_AT(err, kw_client_calls_add(calls, &ask, err), "asking this operator");
    bool is_read = kw_client_calls_next(calls, &answer) && answer.st == KW_OK &&
                   kw_json_decode(&key, cli->arena, &kw_pubkey_schema, kw_buf_view(&answer.body),
                                  NULL) == KW_OK;
    view->is_serving = is_read && key.isActive && key.version >= view->epoch &&
                       kw_str_equal(key.operatorAddress, join->self.row.address);
    kw_client_answer_drop(&answer);
    return KW_OK;
}

kw_status kw_join_view_take(kw_cli *cli, kw_join_view *out, const kw_join_case *join,
                            const kw_cluster_options *options, kw_error *err)
{
    kw_join_view view = {.answered = 0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    KW_AUTO(kw_client_survey) survey = {.is_split = false};
    KW_TRY(kw_cluster_remote_calls(&join->remote, &calls, options, err));
    KW_TRY(kw_client_survey_run(&survey, &join->remote.cluster, calls, 0, err));
    KW_TRY(take_survey(cli, &view, join, &survey, err));
    if (view.epoch > 0) {
        KW_TRY(ask_share(cli, &view, join, calls, err));
    }
    *out = view;
    return KW_OK;
}

kw_status kw_join_wait(kw_cli *cli, kw_join_view *out, const kw_join_case *join,
                       const kw_cluster_options *options, uint32_t wait_s, kw_error *err)
{
    uint64_t from_ns = kw_monotonic_ns();
    uint64_t waited_s = 0;
    bool was_up = out->is_up;
    kw_status st = KW_OK;
    kw_progress progress =
        kw_progress_start(cli, KW_PROGRESS_ITEMS, "seconds at most", wait_s, from_ns);
    while (st == KW_OK && !out->is_serving && waited_s < wait_s) {
        kw_sleep_ms(LOOK_MS);
        st = kw_join_view_take(cli, out, join, options, err);
        waited_s = (kw_monotonic_ns() - from_ns) / 1000000000;
        if (out->is_up && !was_up) {
            kw_progress_clear(&progress);
            kw_cli_note(cli, "it runs; a share comes with the next epoch whose operators list it");
            was_up = true;
        }
        kw_progress_update(&progress, waited_s, kw_monotonic_ns());
    }
    kw_progress_clear(&progress);
    KW_TRY(st);
    KW_REQUIRE(out->is_serving, err, KW_TIMED_OUT, "%s within %u s",
               out->is_up ? "this operator runs, and got no share: do all operators list it?"
                          : "this operator does not answer at its public URL: does it run?",
               (unsigned)wait_s);
    return KW_OK;
}
