/* SPDX-License-Identifier: Apache-2.0
 * A JSON line becomes a person (emtp.md section 3). Personal data: it is copied into the arena
 * only, and the JSON tree is freed before the function returns. */
#include "emtp/engine/record.h"

#include "codec/json.h"
#include "codec/limits.h"
#include "emtp/engine/dob.h"
#include "emtp/engine/idno.h"

static const char *const fault_names[] = {
    [KW_EMTP_FAULT_NONE] = "",           [KW_EMTP_FAULT_LIMIT] = "limit",
    [KW_EMTP_FAULT_JSON] = "json",       [KW_EMTP_FAULT_UNKNOWN] = "unknown",
    [KW_EMTP_FAULT_MISSING] = "missing", [KW_EMTP_FAULT_TYPE] = "type",
    [KW_EMTP_FAULT_EMPTY] = "empty",     [KW_EMTP_FAULT_DOB] = "dob",
};

static const char *const member_names[] = {
    [KW_EMTP_MEMBER_NONE] = NULL,       [KW_EMTP_MEMBER_FULL_NAME] = "full_name",
    [KW_EMTP_MEMBER_DOB] = "dob",       [KW_EMTP_MEMBER_ADDRESSES] = "addresses",
    [KW_EMTP_MEMBER_PHONES] = "phones", [KW_EMTP_MEMBER_IDNOS] = "idnos",
};

/* The members of an address object, in the order in which they are checked. */
static const struct {
    const char *name;
    bool is_required;
    size_t offset; /* of the kw_str in kw_emtp_address_input; SIZE_MAX: checked, not used */
} address_members[] = {
    {"line1", true, offsetof(kw_emtp_address_input, line1)},
    {"line2", false, SIZE_MAX},
    {"city", true, offsetof(kw_emtp_address_input, city)},
    {"state", true, offsetof(kw_emtp_address_input, state)},
    {"postal_code", true, offsetof(kw_emtp_address_input, postal_code)},
    {"country", false, offsetof(kw_emtp_address_input, country)},
};

/* What the steps share. */
typedef struct reading {
    kw_arena *arena;
    kw_emtp_person *person;
    kw_emtp_reject *reject;
    const kw_emtp_options *options;
} reading;

const char *kw_emtp_fault_name(kw_emtp_fault fault)
{
    return fault_names[fault];
}

const char *kw_emtp_member_name(kw_emtp_member member)
{
    return member_names[member];
}

static kw_status refuse(const reading *r, kw_emtp_fault fault, kw_emtp_member member)
{
    *r->reject = (kw_emtp_reject){.fault = fault, .member = member};
    return KW_BAD_INPUT;
}

/* The text of a string within the limit. BAD_INPUT: refused. */
static kw_status read_string(const reading *r, kw_str *out, const kw_json *value,
                             kw_emtp_member member, bool may_be_empty)
{
    if (kw_json_kind_of(value) != KW_JSON_STRING) {
        return refuse(r, KW_EMTP_FAULT_TYPE, member);
    }
    *out = kw_json_text(value);
    if (out->len == 0 && !may_be_empty) {
        return refuse(r, KW_EMTP_FAULT_EMPTY, member);
    }
    return out->len > KW_EMTP_STRING_BYTES_MAX ? refuse(r, KW_EMTP_FAULT_LIMIT, member) : KW_OK;
}

/* Checks that a member is absent (*out_count = 0) or a list that is not too long. */
static kw_status read_list(const reading *r, size_t *out_count, const kw_json *list,
                           kw_emtp_member member, size_t items_max)
{
    *out_count = kw_json_count(list);
    if (list == NULL) {
        return KW_OK;
    }
    if (kw_json_kind_of(list) != KW_JSON_ARRAY) {
        return refuse(r, KW_EMTP_FAULT_TYPE, member);
    }
    return *out_count > items_max ? refuse(r, KW_EMTP_FAULT_LIMIT, member) : KW_OK;
}

static kw_status read_full_name(const reading *r, const kw_json *record)
{
    const kw_json *value = kw_json_get(record, "full_name");
    kw_str text = {0};
    if (value == NULL) {
        return refuse(r, KW_EMTP_FAULT_MISSING, KW_EMTP_MEMBER_FULL_NAME);
    }
    KW_TRY(read_string(r, &text, value, KW_EMTP_MEMBER_FULL_NAME, false));
    KW_TRY(kw_emtp_name_read(r->arena, &r->person->name, text, r->options->profile));
    if (r->person->name.readings_count == 0) {
        r->person->warnings |= KW_EMTP_WARN_EMPTY_NAME;
    }
    return KW_OK;
}

static kw_status read_dob(const reading *r, const kw_json *record)
{
    const kw_json *value = kw_json_get(record, "dob");
    bool is_weak = r->options->weak && r->options->profile == KW_EMTP_V1;
    if (value == NULL) {
        r->person->warnings |= KW_EMTP_WARN_WEAK;
        return is_weak ? KW_OK : refuse(r, KW_EMTP_FAULT_MISSING, KW_EMTP_MEMBER_DOB);
    }
    kw_str text = {0};
    KW_TRY(read_string(r, &text, value, KW_EMTP_MEMBER_DOB, true));
    kw_emtp_dob_rule rule = r->options->profile == KW_EMTP_V1_REF ? KW_EMTP_DOB_LOOSE
                            : is_weak                             ? KW_EMTP_DOB_OR_MONTH
                                                                  : KW_EMTP_DOB_EXACT;
    kw_str dob = {0};
    if (kw_emtp_dob_parse(&dob, text, rule) != KW_OK) {
        return refuse(r, KW_EMTP_FAULT_DOB, KW_EMTP_MEMBER_DOB);
    }
    if (kw_emtp_dob_is_month(dob)) {
        r->person->warnings |= KW_EMTP_WARN_WEAK;
    }
    return kw_arena_copy_str(r->arena, &r->person->dob, dob);
}

static bool is_address_member(kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(address_members); i++) {
        if (kw_str_equal(name, kw_str_of(address_members[i].name))) {
            return true;
        }
    }
    return false;
}

static kw_status read_address_object(const reading *r, kw_emtp_address_input *out,
                                     const kw_json *object)
{
    for (size_t i = 0; i < KW_COUNT(address_members); i++) {
        const kw_json *value = kw_json_get(object, address_members[i].name);
        kw_str text = {0};
        if (value == NULL && address_members[i].is_required) {
            return refuse(r, KW_EMTP_FAULT_MISSING, KW_EMTP_MEMBER_ADDRESSES);
        }
        if (value != NULL) {
            KW_TRY(read_string(r, &text, value, KW_EMTP_MEMBER_ADDRESSES, true));
        }
        if (address_members[i].offset != SIZE_MAX) {
            memcpy((char *)out + address_members[i].offset, &text, sizeof text);
        }
    }
    kw_str name = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(object, &at, &name, &value);) {
        if (!is_address_member(name)) {
            r->person->warnings |= KW_EMTP_WARN_ADDRESS_MEMBER;
        }
    }
    return KW_OK;
}

static kw_status read_addresses(const reading *r, const kw_json *record)
{
    const kw_json *list = kw_json_get(record, "addresses");
    size_t count = 0;
    KW_TRY(read_list(r, &count, list, KW_EMTP_MEMBER_ADDRESSES, KW_EMTP_ADDRESSES_MAX));
    r->person->addresses = kw_arena_new(r->arena, count, sizeof *r->person->addresses);
    if (r->person->addresses == NULL) {
        return KW_LIMIT;
    }
    kw_str name = {0};
    const kw_json *item = NULL;
    size_t i = 0;
    for (const void *at = NULL; kw_json_next(list, &at, &name, &item); i++) {
        kw_emtp_address_input input = {.is_free_text = kw_json_kind_of(item) != KW_JSON_OBJECT};
        if (input.is_free_text) {
            KW_TRY(read_string(r, &input.line1, item, KW_EMTP_MEMBER_ADDRESSES, false));
        } else {
            KW_TRY(read_address_object(r, &input, item));
        }
        KW_TRY(
            kw_emtp_address_read(r->arena, &r->person->addresses[i], &input, r->options->profile));
    }
    r->person->addresses_count = count;
    return KW_OK;
}

static kw_status read_phones(const reading *r, const kw_json *record)
{
    const kw_json *list = kw_json_get(record, "phones");
    size_t count = 0;
    KW_TRY(read_list(r, &count, list, KW_EMTP_MEMBER_PHONES, KW_EMTP_PHONES_MAX));
    r->person->phones = kw_arena_new(r->arena, count, sizeof *r->person->phones);
    if (r->person->phones == NULL) {
        return KW_LIMIT;
    }
    kw_str name = {0};
    const kw_json *item = NULL;
    size_t i = 0;
    for (const void *at = NULL; kw_json_next(list, &at, &name, &item); i++) {
        kw_str text = {0};
        KW_TRY(read_string(r, &text, item, KW_EMTP_MEMBER_PHONES, false));
        KW_TRY(kw_emtp_phone_read(r->arena, &r->person->phones[i], text, r->options));
    }
    r->person->phones_count = count;
    return KW_OK;
}

static kw_status read_idnos(const reading *r, const kw_json *record)
{
    const kw_json *list = kw_json_get(record, "idnos");
    kw_str texts[KW_EMTP_IDNOS_MAX];
    size_t count = 0;
    KW_TRY(read_list(r, &count, list, KW_EMTP_MEMBER_IDNOS, KW_EMTP_IDNOS_MAX));
    kw_str name = {0};
    const kw_json *item = NULL;
    size_t i = 0;
    for (const void *at = NULL; kw_json_next(list, &at, &name, &item); i++) {
        KW_TRY(read_string(r, &texts[i], item, KW_EMTP_MEMBER_IDNOS, false));
    }
    kw_strs idnos = {texts, count};
    return kw_emtp_idnos_read(r->arena, &r->person->idnos, idnos, r->options->profile);
}

static kw_status refuse_unknown(const reading *r, const kw_json *record)
{
    kw_str name = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(record, &at, &name, &value);) {
        bool is_known = false;
        for (size_t i = KW_EMTP_MEMBER_FULL_NAME; i < KW_COUNT(member_names); i++) {
            is_known = is_known || kw_str_equal(name, kw_str_of(member_names[i]));
        }
        if (!is_known) {
            return refuse(r, KW_EMTP_FAULT_UNKNOWN, KW_EMTP_MEMBER_NONE);
        }
    }
    return KW_OK;
}

kw_status kw_emtp_record_read(kw_arena *arena, kw_emtp_person *out, kw_emtp_reject *out_reject,
                              kw_str line, const kw_emtp_options *options)
{
    kw_emtp_person person = {0};
    reading r = {.arena = arena, .person = &person, .reject = out_reject, .options = options};
    if (line.len > KW_EMTP_LINE_BYTES_MAX) {
        return refuse(&r, KW_EMTP_FAULT_LIMIT, KW_EMTP_MEMBER_NONE);
    }
    KW_AUTO_PTR(kw_json) record = NULL;
    kw_status st = kw_json_parse(&record, kw_span_of_str(line), KW_TREE_DEPTH_MAX, NULL);
    if (st == KW_NO_MEMORY) {
        return st;
    }
    if (st != KW_OK || kw_json_kind_of(record) != KW_JSON_OBJECT) {
        return refuse(&r, KW_EMTP_FAULT_JSON, KW_EMTP_MEMBER_NONE);
    }
    KW_TRY(refuse_unknown(&r, record));
    KW_TRY(read_full_name(&r, record));
    KW_TRY(read_dob(&r, record));
    KW_TRY(read_addresses(&r, record));
    KW_TRY(read_phones(&r, record));
    KW_TRY(read_idnos(&r, record));
    *out = person;
    return KW_OK;
}
