/* SPDX-License-Identifier: Apache-2.0
 * Compliance mode (emtp.md section 12). Writes personal data: the caller wipes the buffer. */
#include "emtp/engine/explain.h"

#include "codec/hex.h"
#include "codec/json.h"

#include <stdlib.h>

static const char *const profile_names[] = {[KW_EMTP_V1] = "v1", [KW_EMTP_V1_REF] = "v1-ref"};

static const char *const reading_names[] = {[KW_EMTP_READING_SPEC] = "spec",
                                            [KW_EMTP_READING_REFERENCE] = "reference",
                                            [KW_EMTP_READING_PACKED] = "packed"};

static const char *const variant_names[] = {[KW_EMTP_ADDR_LINE1_POSTAL] = "line1_postal",
                                            [KW_EMTP_ADDR_LINE1_CITY_STATE] = "line1_city_state",
                                            [KW_EMTP_ADDR_NOUNIT_POSTAL] = "nounit_postal",
                                            [KW_EMTP_ADDR_NOUNIT_CITY_STATE] = "nounit_city_state",
                                            [KW_EMTP_ADDR_LINE1_CITY_STATE_POSTAL] =
                                                "line1_city_state_postal"};

/* In the order of their bits, which is the order of their names. */
static const char *const warning_names[] = {"address_member", "empty_name", "weak"};

const char *kw_emtp_profile_name(kw_emtp_profile profile)
{
    return profile_names[profile];
}

static void write_key(kw_json_writer *w, const char *name)
{
    kw_json_write_key(w, kw_str_of(name));
}

static void write_text(kw_json_writer *w, const char *name, kw_str text)
{
    write_key(w, name);
    kw_json_write_str(w, text);
}

static void write_texts(kw_json_writer *w, const char *name, kw_strs texts)
{
    write_key(w, name);
    kw_json_open_array(w);
    for (size_t i = 0; i < texts.count; i++) {
        kw_json_write_str(w, texts.items[i]);
    }
    kw_json_close_array(w);
}

/* A form of a reading; "" when there is no reading. */
static kw_status write_form(kw_json_writer *w, kw_arena *arena, const char *name,
                            const kw_emtp_reading *reading, kw_emtp_name_form form)
{
    kw_str text = {0};
    KW_TRY(kw_emtp_reading_form(arena, &text, reading, form));
    write_text(w, name, text);
    return KW_OK;
}

static void write_parts(kw_json_writer *w, const kw_emtp_reading *reading)
{
    write_text(w, "given", reading->given);
    write_texts(w, "middles", reading->middles);
    write_text(w, "family", reading->family);
    write_text(w, "suffix", reading->suffix);
}

/* The first reading: spec in v1, reference in v1-ref. */
static kw_status write_name(kw_json_writer *w, kw_arena *arena, const kw_emtp_name *name)
{
    static const kw_emtp_reading empty = {0};
    const kw_emtp_reading *reading = name->readings_count > 0 ? &name->readings[0] : &empty;
    write_key(w, "normalized_name");
    kw_json_open_object(w);
    write_parts(w, reading);
    KW_TRY(write_form(w, arena, "full", reading, KW_EMTP_NAME_FULL));
    KW_TRY(write_form(w, arena, "given_family", reading, KW_EMTP_NAME_GIVEN_FAMILY));
    KW_TRY(write_form(w, arena, "initials_family", reading, KW_EMTP_NAME_INITIALS_FAMILY));
    kw_json_close_object(w);
    return KW_OK;
}

static kw_status write_readings(kw_json_writer *w, kw_arena *arena, const kw_emtp_name *name)
{
    write_key(w, "readings");
    kw_json_open_array(w);
    for (size_t i = 0; i < name->readings_count; i++) {
        const kw_emtp_reading *reading = &name->readings[i];
        kw_json_open_object(w);
        write_text(w, "kind", kw_str_of(reading_names[reading->kind]));
        write_parts(w, reading);
        KW_TRY(write_form(w, arena, "given_initial_family", reading,
                          KW_EMTP_NAME_GIVEN_INITIAL_FAMILY));
        kw_json_close_object(w);
    }
    kw_json_close_array(w);
    return KW_OK;
}

static void write_dob(kw_json_writer *w, kw_str dob)
{
    write_key(w, "normalized_dob");
    if (dob.len > 0) {
        kw_json_write_str(w, dob);
    } else {
        kw_json_write_null(w);
    }
}

static void write_tuples(kw_json_writer *w, const kw_emtp_tuples *tuples)
{
    write_key(w, "tuples");
    kw_json_open_array(w);
    for (size_t i = 0; i < tuples->count; i++) {
        kw_json_write_str(w, kw_emtp_tuple_text(&tuples->items[i]));
    }
    kw_json_close_array(w);
    write_key(w, "tuple_count");
    kw_json_write_u64(w, tuples->count);
}

static void write_tokens(kw_json_writer *w, const kw_hash32 *tokens, size_t count)
{
    write_key(w, "tokens");
    kw_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        char text[KW_EMTP_TOKEN_CHARS];
        kw_hex_encode_to(text, KW_SPAN(tokens[i].bytes));
        kw_json_write_str(w, (kw_str){text, sizeof text});
    }
    kw_json_close_array(w);
    write_key(w, "token_count");
    kw_json_write_u64(w, count);
}

static void write_warnings(kw_json_writer *w, unsigned warnings)
{
    write_key(w, "warnings");
    kw_json_open_array(w);
    for (size_t i = 0; i < KW_COUNT(warning_names); i++) {
        if ((warnings & 1U << i) != 0) {
            kw_json_write_str(w, kw_str_of(warning_names[i]));
        }
    }
    kw_json_close_array(w);
}

static void write_phones(kw_json_writer *w, const kw_emtp_person *person)
{
    write_key(w, "phones");
    kw_json_open_array(w);
    for (size_t i = 0; i < person->phones_count; i++) {
        const kw_emtp_phone *phone = &person->phones[i];
        kw_json_open_object(w);
        if (phone->e164.len > 0) {
            write_text(w, "e164", phone->e164);
        }
        if (phone->national.len > 0) {
            write_text(w, "national", phone->national);
        }
        if (phone->last10.len > 0) {
            write_text(w, "last10", phone->last10);
        }
        kw_json_close_object(w);
    }
    kw_json_close_array(w);
}

static int compare_texts(const void *a, const void *b)
{
    return kw_str_compare(*(const kw_str *)a, *(const kw_str *)b);
}

static void write_addresses(kw_json_writer *w, const kw_emtp_person *person)
{
    write_key(w, "addresses");
    kw_json_open_array(w);
    for (size_t i = 0; i < person->addresses_count; i++) {
        kw_json_open_object(w);
        for (size_t v = 0; v < KW_EMTP_ADDR_VARIANTS; v++) {
            kw_emtp_addr_values values = person->addresses[i].variants[v];
            if (values.count > 0) {
                qsort(values.items, values.count, sizeof values.items[0], compare_texts);
                write_texts(w, variant_names[v], (kw_strs){values.items, values.count});
            }
        }
        kw_json_close_object(w);
    }
    kw_json_close_array(w);
}

/* What the reference program does not print. */
static kw_status write_ours(kw_json_writer *w, kw_arena *arena, const kw_emtp_explanation *facts)
{
    const kw_emtp_person *person = facts->person;
    write_key(w, "line");
    kw_json_write_u64(w, facts->line);
    write_text(w, "schema_id", KW_STR(KW_EMTP_SCHEMA_ID));
    write_text(w, "profile", kw_str_of(kw_emtp_profile_name(facts->options->profile)));
    write_text(w, "library_version", facts->library_version);
    write_texts(w, "kids", facts->kids);
    write_key(w, "weak");
    kw_json_write_bool(w, kw_emtp_person_is_weak(person));
    write_key(w, "dropped");
    kw_json_write_u64(w, facts->tuples->dropped);
    write_warnings(w, person->warnings);
    KW_TRY(write_readings(w, arena, &person->name));
    write_phones(w, person);
    write_addresses(w, person);
    write_texts(w, "ids", person->idnos);
    return KW_OK;
}

kw_status kw_emtp_explain(kw_buf *out, kw_arena *arena, const kw_emtp_explanation *facts)
{
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    KW_TRY(write_name(&w, arena, &facts->person->name));
    write_dob(&w, facts->person->dob);
    write_tuples(&w, facts->tuples);
    write_tokens(&w, facts->tokens, facts->tokens_count);
    KW_TRY(write_ours(&w, arena, facts));
    kw_json_close_object(&w);
    return kw_json_write_end(&w);
}
