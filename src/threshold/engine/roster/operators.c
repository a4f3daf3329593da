/* SPDX-License-Identifier: Apache-2.0
 * Operators from JSON. */
#include "threshold/engine/roster/operators.h"

#include "codec/json.h"
#include "crypto/address_text.h"

enum {
    ADDRESS_CHARS = 42,
};

static const kw_enum_name curve_names[] = {{"secp256k1", KW_PEER_ECDSA}, {"bn254", KW_PEER_BN254}};

static const kw_field row_fields[] = {
    KW_FIELD(kw_operator_row, address, ADDRESS_CHARS, KW_REQ, .min = ADDRESS_CHARS),
    KW_FIELD_ENUM(kw_operator_row, curve, curve_names, KW_REQ),
    KW_FIELD(kw_operator_row, key, KW_PEER_KEY_BYTES_MAX, KW_REQ | KW_HEX, .min = 1),
    KW_FIELD(kw_operator_row, proof, KW_THRESHOLD_SIGNATURE_BYTES_MAX, KW_REQ | KW_HEX, .min = 1),
    KW_FIELD(kw_operator_row, peer_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "-.:/[]"),
    KW_FIELD(kw_operator_row, public_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "-.:/[]"),
    KW_FIELD(kw_operator_row, tls_spki, 0, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_operator_row, row_fields);

typedef struct operators_file {
    uint32_t version;
    kw_operator_rows operators;
} operators_file;

static const kw_field file_fields[] = {
    KW_FIELD(operators_file, version, 1, KW_REQ, .min = 1),
    KW_FIELD_LIST(operators_file, operators, &kw_operator_row_schema, KW_THRESHOLD_MEMBERS_MAX,
                  KW_REQ, .min = 1),
};
KW_SCHEMA(operators_file, file_fields);

/* "https://" and an authority; a path would be cut off by who adds his own. */
static bool is_base_url(kw_str url)
{
    kw_str scheme = KW_STR("https://");
    if (!kw_str_starts_with(url, scheme) || url.len == scheme.len) {
        return false;
    }
    return memchr(url.ptr + scheme.len, '/', url.len - scheme.len) == NULL;
}

static kw_status entry_of_row(kw_roster_entry *out, const kw_operator_row *row, kw_error *err)
{
    KW_TRY_AT(err, kw_address_parse(&out->address, row->address),
              "reading \"%.*s\": an address is 0x and 40 digits in lower case",
              KW_STR_ARG(row->address));
    KW_REQUIRE(is_base_url(row->peer_url) && is_base_url(row->public_url), err, KW_BAD_INPUT,
               "member %.*s: a URL is https://host:port", KW_STR_ARG(row->address));
    out->curve = (uint8_t)row->curve;
    out->key = row->key;
    out->possession = row->proof;
    return KW_OK;
}

/* Two members behind one certificate could not be told apart. */
static bool share_a_certificate(kw_operator_rows rows)
{
    for (size_t i = 0; i < rows.count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (kw_span_equal_var(KW_SPAN(rows.items[i].tls_spki.bytes),
                                  KW_SPAN(rows.items[k].tls_spki.bytes))) {
                return true;
            }
        }
    }
    return false;
}

kw_status kw_operators_of_rows(kw_operators *out, kw_arena *arena, kw_operator_rows rows,
                               kw_error *err)
{
    KW_REQUIRE(rows.count > 0 && rows.count <= KW_THRESHOLD_MEMBERS_MAX, err, KW_LIMIT,
               "1 to %d operators", KW_THRESHOLD_MEMBERS_MAX);
    KW_REQUIRE(!share_a_certificate(rows), err, KW_CONFLICT, "two operators share a certificate");
    kw_roster_entry *entries = kw_arena_new(arena, rows.count, sizeof *entries);
    kw_operator_place *places = kw_arena_new(arena, rows.count, sizeof *places);
    KW_REQUIRE(entries != NULL && places != NULL, err, KW_LIMIT, "no room for the operators");
    for (size_t i = 0; i < rows.count; i++) {
        KW_TRY(entry_of_row(&entries[i], &rows.items[i], err));
    }
    kw_roster_source source = {entries, rows.count, &kw_peer_schemes_all, true};
    kw_operators made = {.places = places};
    KW_TRY(kw_roster_make(&made.roster, arena, &source, err));
    for (size_t i = 0; i < rows.count; i++) {
        const kw_operator_row *row = &rows.items[i];
        uint16_t index = kw_roster_index(&made.roster, &entries[i].address);
        places[index - 1] = (kw_operator_place){row->peer_url, row->public_url, row->tls_spki};
    }
    *out = made;
    return KW_OK;
}

kw_status kw_operators_read_rows(kw_operator_rows *out, kw_arena *arena, kw_span json,
                                 kw_error *err)
{
    KW_REQUIRE(json.len <= KW_OPERATORS_BYTES_MAX, err, KW_LIMIT,
               "an operators file of over %d MiB", KW_OPERATORS_BYTES_MAX >> 20);
    operators_file file = {0};
    KW_TRY(kw_json_decode(&file, arena, &operators_file_schema, json, err));
    *out = file.operators;
    return KW_OK;
}

kw_status kw_operators_decode(kw_operators *out, kw_arena *arena, kw_span json, kw_error *err)
{
    kw_operator_rows rows = {0};
    KW_TRY(kw_operators_read_rows(&rows, arena, json, err));
    return kw_operators_of_rows(out, arena, rows, err);
}

kw_status kw_operators_encode(kw_buf *out, kw_operator_rows rows)
{
    operators_file file = {.version = 1, .operators = rows};
    return kw_json_encode(out, &operators_file_schema, &file, KW_JSON_PLAIN);
}
