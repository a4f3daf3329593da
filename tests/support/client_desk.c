/* SPDX-License-Identifier: Apache-2.0
 * A cluster for clients. */
#include "support/client_desk.h"

#include "codec/hex.h"
#include "codec/json.h"
#include "crypto/address_text.h"
#include "os/file.h"
#include "support/expect.h"
#include "threshold/engine/use/partial.h"

#include <signal.h>
#include <stdio.h>

/* Port 1 of loopback: nobody listens there. */
#define NOWHERE "https://localhost:1"

/* The rows of the first roster, and what they point to. */
typedef struct desk_rows {
    kw_operator_row items[CLIENT_DESK_MEMBERS];
    kw_peer_signature proofs[CLIENT_DESK_MEMBERS];
    char addresses[CLIENT_DESK_MEMBERS][KW_ADDRESS_TEXT_BYTES];
} desk_rows;

const char *client_desk_url(const client_desk *desk, uint16_t index)
{
    const tls_peer *at = desk->peers[index - 1];
    if (at != NULL) {
        return tls_peer_url(at);
    }
    return desk->hung == NULL ? NOWHERE : desk->hung;
}

static void make_rows(client_desk *desk, const peer *peers, desk_rows *out)
{
    for (uint16_t i = 0; i < CLIENT_DESK_MEMBERS; i++) {
        kw_roster_entry entry = peer_entry(&peers[i]);
        kw_hash32 digest;
        kw_possession_digest(&digest, &entry);
        out->proofs[i] = peer_sign(&peers[i], &digest);
        kw_address_write(out->addresses[i], &peers[i].address);
        (void)snprintf(desk->urls[i], sizeof desk->urls[i], "%s",
                       client_desk_url(desk, (uint16_t)(i + 1)));
        out->items[i] = (kw_operator_row){
            .address = kw_str_of(out->addresses[i]),
            .curve = peers[i].curve,
            .key = entry.key,
            .proof = kw_peer_signature_view(&out->proofs[i]),
            .peer_url = KW_STR(NOWHERE),
            .public_url = kw_str_of(desk->urls[i]),
            .tls_spki = {{0x51, (uint8_t)i}},
        };
    }
}

static void make_cluster(const desk_rows *from, kw_arena *arena, kw_cluster_rows *out)
{
    EXPECT_OK(kw_object_init(out, arena, &kw_cluster_rows_schema));
    out->version = 1;
    out->name = KW_STR("desk");
    out->genesis = (kw_operator_rows){(kw_operator_row *)from->items, CLIENT_DESK_MEMBERS};
}

static void write_rows(const client_desk *desk, const char *name, const kw_cluster_rows *rows)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    EXPECT_OK(kw_json_encode(&json, &kw_cluster_rows_schema, rows, KW_JSON_PLAIN));
    EXPECT_OK(
        kw_file_write_atomic(client_desk_path(desk, name).text, kw_buf_view(&json), 0600, NULL));
}

void client_desk_write(client_desk *desk)
{
    const kw_group *group = &kw_group_bls12_381;
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    desk_rows from;
    kw_cluster_rows rows;
    kw_group_g2_bytes wire;
    make_rows(desk, desk->first.peers, &from);
    make_cluster(&from, &arena, &rows);
    write_rows(desk, "cluster.json", &rows);
    group->g2_encode(&wire, &desk->first.polynomial[0]);
    rows.master_key = kw_group_g2_view(group, &wire);
    write_rows(desk, "pinned.json", &rows);
}

static void end_calls(client_desk *desk)
{
    kw_client_calls_free(desk->calls);
    desk->calls = NULL;
    kw_client_cluster_drop(&desk->cluster);
}

void client_desk_call(client_desk *desk, const char *cluster_file, uint32_t timeout_ms)
{
    static const kw_client_credential nobody;
    client_desk_write(desk);
    end_calls(desk);
    tempdir_path path = client_desk_path(desk, cluster_file);
    tempdir_path ca = client_desk_path(desk, "ca.pem");
    const kw_client_cluster_options files = {.cluster_file = path.text};
    const kw_client_calls_options options = {.cluster = &desk->cluster,
                                             .credential = &nobody,
                                             .ca_file = ca.text,
                                             .timeout_ms = timeout_ms};
    EXPECT_OK(kw_client_cluster_load(&desk->cluster, &files, NULL));
    EXPECT_OK(kw_client_calls_open(&desk->calls, &options, NULL));
}

/* The id that the cluster will have, before it has a certificate with it. */
static void name_cluster(client_desk *desk)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    peer peers[CLIENT_DESK_MEMBERS];
    desk_rows from;
    kw_cluster_rows rows;
    kw_cluster_file file;
    for (uint32_t i = 0; i < CLIENT_DESK_MEMBERS; i++) {
        peer_make(&peers[i], i + 1, KW_PEER_ECDSA);
    }
    make_rows(desk, peers, &from);
    make_cluster(&from, &arena, &rows);
    EXPECT_OK(kw_cluster_file_of_rows(&file, &arena, &rows, NULL));
    desk->epochs.cluster_id = file.cluster_id;
}

void client_desk_open(client_desk *desk)
{
    const kw_group *group = &kw_group_bls12_381;
    kw_group_g2_bytes wire;
    (void)signal(SIGPIPE, SIG_IGN);
    *desk = (client_desk){.dir = tempdir_make(),
                          .first_file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX),
                          .second_file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX)};
    epoch_desk_open(&desk->epochs, group, KW_PEER_ECDSA);
    name_cluster(desk);
    epoch_desk_make(&desk->epochs, &desk->first, NULL, (desk_plan){1, CLIENT_DESK_MEMBERS, 0});
    epoch_desk_make(&desk->epochs, &desk->second, &desk->first,
                    (desk_plan){1, CLIENT_DESK_MEMBERS, 0});
    EXPECT_OK(kw_certificate_encode(&desk->first_file, &desk->first.certificate, group));
    EXPECT_OK(kw_certificate_encode(&desk->second_file, &desk->second.certificate, group));
    group->g2_encode(&wire, &desk->first.polynomial[0]);
    kw_hex_encode_to(desk->master_key, kw_group_g2_view(group, &wire));
    client_desk_write(desk);
}

void client_desk_close(client_desk *desk)
{
    end_calls(desk);
    for (uint16_t i = 0; i < CLIENT_DESK_MEMBERS; i++) {
        if (desk->peers[i] != NULL) {
            tls_peer_stop(desk->peers[i]);
        }
    }
    kw_buf_drop(&desk->first_file);
    kw_buf_drop(&desk->second_file);
    epoch_desk_close(&desk->epochs);
    tempdir_remove(&desk->dir);
}

void client_desk_start(client_desk *desk, uint16_t index, const tls_peer_script *script)
{
    kw_file_info info;
    tls_peer **at = &desk->peers[index - 1];
    tempdir_path certificate = client_desk_path(desk, "peer.pem");
    bool is_first = kw_file_stat(&info, certificate.text, NULL) != KW_OK;
    *at = is_first ? tls_peer_start(&desk->dir, script)
                   : tls_peer_start_as(certificate.text, client_desk_path(desk, "peer.key").text,
                                       script);
}

void client_desk_write_part(char out[CLIENT_DESK_ANSWER_BYTES], const desk_epoch *epoch,
                            const client_desk_part *part)
{
    const kw_group *group = &kw_group_bls12_381;
    char address[KW_ADDRESS_TEXT_BYTES];
    char digits[97] = "";
    char attested[48] = "";
    kw_group_g1 point;
    kw_group_g1_bytes wire;
    EXPECT_OK(kw_partial_sign(&point, group, &epoch->shares[part->signer - 1], part->what));
    group->g1_encode(&wire, &point);
    kw_hex_encode_to(digits, kw_group_g1_view(group, &wire));
    kw_address_write(address, &epoch->roster.members[part->address_of - 1].address);
    if (part->attested != 0) {
        (void)snprintf(attested, sizeof attested, ",\"attestedVersion\":%u",
                       (unsigned)part->attested);
    }
    (void)snprintf(out, CLIENT_DESK_ANSWER_BYTES,
                   CLIENT_DESK_OK "{\"operatorAddress\":\"%s\",\"partialSignature\":\"%s\","
                                  "\"version\":%u%s}",
                   address, digits, (unsigned)part->version, attested);
}

void client_desk_say(client_desk *desk, uint16_t index, const desk_epoch *epoch,
                     const client_desk_part *part)
{
    char *answer = desk->answers[index - 1];
    client_desk_write_part(answer, epoch, part);
    client_desk_start(desk, index, &(tls_peer_script){{answer}, 1});
    tls_peer_on_get(desk->peers[index - 1], CLIENT_DESK_OK,
                    kw_buf_view(epoch == &desk->first ? &desk->first_file : &desk->second_file));
}

void client_desk_sign(client_desk *desk, uint16_t index, const desk_epoch *epoch,
                      const kw_purposed *what)
{
    const client_desk_part part = {index, index, epoch->certificate.candidate.fields.epoch, what,
                                   0};
    client_desk_say(desk, index, epoch, &part);
}

tempdir_path client_desk_path(const client_desk *desk, const char *name)
{
    return tempdir_join(&desk->dir, name);
}

command_result client_desk_run(const client_desk *desk, const char *words)
{
    return command_line_run_in(desk->dir.path, words);
}
