/* SPDX-License-Identifier: Apache-2.0
 * An operator that is to join. */
#include "support/join_desk.h"

#include "codec/json.h"
#include "crypto/address_text.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/net_certs.h"

#include <stdio.h>

enum {
    NUMBER = 77, /* of the peer: none of the others */
    RUNNING = 3,
};

static void write_file(const join_desk *desk, const char *name, kw_span bytes, unsigned mode)
{
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk->client, name).text, bytes, mode, NULL));
}

static void start_members(join_desk *desk)
{
    for (uint16_t index = 1; index <= RUNNING; index++) {
        client_desk_start(&desk->client, index, &(tls_peer_script){{CLIENT_DESK_OK}, 1});
        tls_peer_append(desk->client.peers[index - 1], 0, kw_buf_view(&desk->client.second_file));
    }
    client_desk_write(&desk->client);
}

/* From an authority of its own: the scripted servers have certificates for one end. */
static void make_certificate(join_desk *desk)
{
    static const char *const commands[] = {"dev-ca init %/pki",
                                           "dev-ca issue %/pki self --peer --host localhost"};
    for (size_t i = 0; i < KW_COUNT(commands); i++) {
        KW_AUTO(command_result) result = client_desk_run(&desk->client, commands[i]);
        assert_int_equal(result.exit_code, 0);
    }
}

static void start_own(join_desk *desk)
{
    tempdir_path certificate = client_desk_path(&desk->client, "peer.pem");
    tempdir_path key = client_desk_path(&desk->client, "peer.key");
    (void)snprintf(
        desk->share, sizeof desk->share,
        "{\"operatorAddress\":\"%s\",\"commitments\":[\"00\"],\"masterPublicKey\":\"00\","
        "\"version\":2,\"isActive\":true,\"certificateHash\":\"0x%064d\"}",
        desk->address, 0);
    desk->own = tls_peer_start_as(certificate.text, key.text,
                                  &(tls_peer_script){{CLIENT_DESK_OK, CLIENT_DESK_OK}, 2});
    tls_peer_append(desk->own, 0, kw_buf_view(&desk->client.second_file));
    tls_peer_append(desk->own, 1, kw_span_of_str(kw_str_of(desk->share)));
}

static void make_row(join_desk *desk)
{
    kw_roster_entry entry = peer_entry(&desk->self);
    kw_hash32 digest;
    kw_possession_digest(&digest, &entry);
    desk->proof = peer_sign(&desk->self, &digest);
    (void)snprintf(desk->url, sizeof desk->url, "%s",
                   desk->own == NULL ? "https://localhost:1" : tls_peer_url(desk->own));
    desk->row = (kw_operator_row){
        .address = kw_str_of(desk->address),
        .curve = desk->self.curve,
        .key = entry.key,
        .proof = kw_peer_signature_view(&desk->proof),
        .peer_url = KW_STR("https://localhost:8444"),
        .public_url = kw_str_of(desk->url),
        .tls_spki = net_certs_spki(client_desk_path(&desk->client, "pki/self.pem").text),
    };
}

void join_desk_write_entry(const join_desk *desk, const char *name)
{
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    EXPECT_OK(kw_json_encode(&json, &kw_operator_row_schema, &desk->row, KW_JSON_PLAIN));
    write_file(desk, name, kw_buf_view(&json), 0644);
}

void join_desk_write_operators(const join_desk *desk, const kw_operator_row *row)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_rows rows = {.version = 0};
    kw_operator_row all[CLIENT_DESK_MEMBERS + 1];
    EXPECT_OK(kw_file_read(&json, client_desk_path(&desk->client, "cluster.json").text, NULL));
    EXPECT_OK(kw_json_decode(&rows, &arena, &kw_cluster_rows_schema, kw_buf_view(&json), NULL));
    assert_int_equal(rows.genesis.count, CLIENT_DESK_MEMBERS);
    memcpy(all, rows.genesis.items, CLIENT_DESK_MEMBERS * sizeof all[0]);
    all[CLIENT_DESK_MEMBERS] = row == NULL ? all[0] : *row;
    kw_buf_clear(&json);
    EXPECT_OK(kw_operators_encode(
        &json, (kw_operator_rows){all, CLIENT_DESK_MEMBERS + (row == NULL ? 0 : 1)}));
    write_file(desk, "operators.json", kw_buf_view(&json), 0644);
}

void join_desk_open(join_desk *desk, bool is_up)
{
    *desk = (join_desk){.own = NULL};
    client_desk_open(&desk->client);
    start_members(desk);
    peer_make(&desk->self, NUMBER, KW_PEER_BN254);
    kw_address_write(desk->address, &desk->self.address);
    make_certificate(desk);
    if (is_up) {
        start_own(desk);
    }
    make_row(desk);
    join_desk_write_entry(desk, "node5.json");
    join_desk_write_operators(desk, NULL);
    write_file(desk, "own.key", KW_SPAN(desk->self.secret), 0600);
}

void join_desk_close(join_desk *desk)
{
    if (desk->own != NULL) {
        tls_peer_stop(desk->own);
    }
    client_desk_close(&desk->client);
}
