/* SPDX-License-Identifier: Apache-2.0
 * Families of tuples (emtp.md section 5). Every field is a list without repeats and every family
 * names its fields, so no tuple is made twice. */
#include "emtp/engine/tuple.h"

#include <stdlib.h>

enum {
    TIER_SPEC = 1,
    TIER_ID = 2,
    TIER_REST = 3,
    TIERS = 4
};

/* The beginning of tuples: a name form with the date of birth, or the date alone. */
typedef struct head {
    kw_str name; /* empty: without a name */
    kw_str text; /* the message so far */
    uint8_t tier;
    bool has_fields;    /* `text` is more than the prefix */
    bool pairs_with_id; /* also said together with ids */
    uint8_t id_tier;
} head;

typedef struct addr_field {
    kw_str text;
    uint8_t tier;
} addr_field;

/* A digit string and the families that take it. */
typedef struct phone_field {
    kw_str text;
    bool is_alone;     /* E164, LAST10: without a name */
    bool is_near_name; /* E164, NATIONAL: with names, in their tier */
    bool is_last10;    /* with names in tier 3; alone with ids */
} phone_field;

enum {
    HEADS_MAX = 1 + KW_EMTP_READINGS_MAX * KW_EMTP_NAME_FORMS,
    ADDRS_PER_ADDRESS = KW_EMTP_ADDR_VARIANTS * KW_EMTP_ADDR_VALUES_MAX,
    FIELDS_PER_PHONE = 3,
};

/* The fields of one person, and the tuples as they come. */
typedef struct builder {
    kw_arena *arena;
    const kw_emtp_options *options;
    head *heads; /* the first is without a name */
    size_t heads_count;
    addr_field *addrs;
    size_t addrs_count;
    phone_field *phones;
    size_t phones_count;
    kw_strs idnos;
    kw_emtp_tuple *tuples;
    size_t tuples_count;
    size_t tuples_max;
} builder;

/* Which form of which reading goes where. */
static bool form_is_used(kw_emtp_reading_kind reading, kw_emtp_name_form form, bool is_wide)
{
    if (reading == KW_EMTP_READING_PACKED) {
        return form == KW_EMTP_NAME_INITIALS_FAMILY;
    }
    return form != KW_EMTP_NAME_GIVEN_INITIAL_FAMILY || is_wide;
}

static bool form_is_spec(kw_emtp_name_form form)
{
    return form == KW_EMTP_NAME_FULL || form == KW_EMTP_NAME_GIVEN_FAMILY ||
           form == KW_EMTP_NAME_INITIALS_FAMILY;
}

/* Adds a form, or lowers the tiers of the same name that is there. */
static void add_name(builder *b, const head *name)
{
    for (size_t i = 1; i < b->heads_count; i++) {
        head *known = &b->heads[i];
        if (kw_str_equal(known->name, name->name)) {
            known->tier = KW_MIN(known->tier, name->tier);
            known->id_tier =
                known->pairs_with_id ? KW_MIN(known->id_tier, name->id_tier) : name->id_tier;
            known->pairs_with_id = known->pairs_with_id || name->pairs_with_id;
            return;
        }
    }
    b->heads[b->heads_count++] = *name;
}

static kw_status collect_names(builder *b, const kw_emtp_name *name)
{
    b->heads_count = 1;
    for (size_t i = 0; i < name->readings_count; i++) {
        const kw_emtp_reading *reading = &name->readings[i];
        bool is_spec = reading->kind == KW_EMTP_READING_SPEC;
        for (size_t at = 0; at < KW_EMTP_NAME_FORMS; at++) {
            kw_emtp_name_form form = (kw_emtp_name_form)at;
            if (!form_is_used(reading->kind, form, b->options->wide)) {
                continue;
            }
            head item = {.tier = is_spec && form_is_spec(form) ? TIER_SPEC : TIER_REST,
                         .pairs_with_id = form == KW_EMTP_NAME_GIVEN_FAMILY,
                         .id_tier = is_spec ? TIER_ID : TIER_REST};
            KW_TRY(kw_emtp_reading_form(b->arena, &item.name, reading, form));
            if (item.name.len > 0) {
                add_name(b, &item);
            }
        }
    }
    return KW_OK;
}

static void add_addr(builder *b, kw_str text, uint8_t tier)
{
    for (size_t i = 0; i < b->addrs_count; i++) {
        if (kw_str_equal(b->addrs[i].text, text)) {
            b->addrs[i].tier = KW_MIN(b->addrs[i].tier, tier);
            return;
        }
    }
    b->addrs[b->addrs_count++] = (addr_field){text, tier};
}

static void collect_addresses(builder *b, const kw_emtp_person *person)
{
    for (size_t i = 0; i < person->addresses_count; i++) {
        for (size_t v = 0; v < KW_EMTP_ADDR_VARIANTS; v++) {
            const kw_emtp_addr_values *values = &person->addresses[i].variants[v];
            bool is_required = v == KW_EMTP_ADDR_LINE1_POSTAL || v == KW_EMTP_ADDR_LINE1_CITY_STATE;
            bool is_used = v != KW_EMTP_ADDR_LINE1_CITY_STATE_POSTAL || b->options->wide;
            for (size_t k = 0; is_used && k < values->count; k++) {
                add_addr(b, values->items[k], is_required && k == 0 ? TIER_SPEC : TIER_REST);
            }
        }
    }
}

static void add_phone(builder *b, const phone_field *phone)
{
    if (phone->text.len == 0) {
        return;
    }
    for (size_t i = 0; i < b->phones_count; i++) {
        phone_field *known = &b->phones[i];
        if (kw_str_equal(known->text, phone->text)) {
            known->is_alone = known->is_alone || phone->is_alone;
            known->is_near_name = known->is_near_name || phone->is_near_name;
            known->is_last10 = known->is_last10 || phone->is_last10;
            return;
        }
    }
    b->phones[b->phones_count++] = *phone;
}

static void collect_phones(builder *b, const kw_emtp_person *person)
{
    for (size_t i = 0; i < person->phones_count; i++) {
        const kw_emtp_phone *phone = &person->phones[i];
        add_phone(b, &(phone_field){phone->e164, .is_alone = true, .is_near_name = true});
        add_phone(b, &(phone_field){phone->national, .is_near_name = true});
        add_phone(b, &(phone_field){phone->last10, .is_alone = true, .is_last10 = true});
    }
}

/* Messages that begin with a name go on with `|` or a letter behind it, and `|` is above all. */
static int compare_heads(const void *a, const void *b)
{
    kw_str x = ((const head *)a)->name;
    kw_str y = ((const head *)b)->name;
    size_t shared = KW_MIN(x.len, y.len);
    int order = kw_str_compare((kw_str){x.ptr, shared}, (kw_str){y.ptr, shared});
    return order != 0 ? order : (x.len < y.len) - (x.len > y.len);
}

static int compare_addrs(const void *a, const void *b)
{
    return kw_str_compare(((const addr_field *)a)->text, ((const addr_field *)b)->text);
}

static int compare_phones(const void *a, const void *b)
{
    return kw_str_compare(((const phone_field *)a)->text, ((const phone_field *)b)->text);
}

static int compare_tuples(const void *a, const void *b)
{
    return kw_str_compare(kw_emtp_tuple_text(a), kw_emtp_tuple_text(b));
}

/* Sorted fields give tuples that are in order already, but for rare prefixes. */
static void sort_fields(builder *b)
{
    qsort(b->heads + 1, b->heads_count - 1, sizeof b->heads[0], compare_heads);
    qsort(b->addrs, b->addrs_count, sizeof b->addrs[0], compare_addrs);
    qsort(b->phones, b->phones_count, sizeof b->phones[0], compare_phones);
}

/* Writes the beginning of each head's messages. LIMIT. */
static kw_status write_heads(builder *b, kw_str dob)
{
    for (size_t i = 0; i < b->heads_count; i++) {
        head *h = &b->heads[i];
        kw_emtp_line line = {0};
        KW_TRY(kw_emtp_line_new(
            b->arena, &line, sizeof KW_EMTP_MESSAGE_PREFIX "NAME=|DOB=" + h->name.len + dob.len));
        kw_emtp_line_add(&line, KW_STR(KW_EMTP_MESSAGE_PREFIX));
        if (h->name.len > 0) {
            kw_emtp_line_add(&line, KW_STR("NAME="));
            kw_emtp_line_add(&line, h->name);
        }
        if (dob.len > 0) {
            kw_emtp_line_add(&line, h->name.len > 0 ? KW_STR("|DOB=") : KW_STR("DOB="));
            kw_emtp_line_add(&line, dob);
        }
        h->text = kw_emtp_line_text(&line);
        h->has_fields = h->name.len > 0 || dob.len > 0;
    }
    return KW_OK;
}

/* Adds the tuple of a head, one more field (`field` such as "PHONE=", empty: none) and an id
 * (empty: none). LIMIT. */
static kw_status add_tuple(builder *b, const head *h, uint8_t tier, const kw_str field[2],
                           kw_str idno)
{
    kw_emtp_line line = {0};
    size_t bytes = h->text.len + field[0].len + field[1].len + idno.len + sizeof "||ID=";
    KW_TRY(kw_emtp_line_new(b->arena, &line, bytes));
    kw_emtp_line_add(&line, h->text);
    if (field[0].len > 0) {
        kw_emtp_line_add(&line, h->has_fields ? KW_STR("|") : KW_STR(""));
        kw_emtp_line_add(&line, field[0]);
        kw_emtp_line_add(&line, field[1]);
    }
    if (idno.len > 0) {
        bool is_first = !h->has_fields && field[0].len == 0;
        kw_emtp_line_add(&line, is_first ? KW_STR("ID=") : KW_STR("|ID="));
        kw_emtp_line_add(&line, idno);
    }
    KW_ASSERT(b->tuples_count < b->tuples_max);
    b->tuples[b->tuples_count++] =
        (kw_emtp_tuple){.message = kw_span_of_str(kw_emtp_line_text(&line)),
                        .tier = b->options->profile == KW_EMTP_V1_REF ? 0 : tier};
    return KW_OK;
}

static const kw_str no_field[2] = {{0}, {0}};

static kw_status add_phone_tuples(builder *b, const head *h, const phone_field *phone)
{
    const kw_str field[2] = {KW_STR("PHONE="), phone->text};
    if (h->name.len > 0) {
        bool is_used = phone->is_near_name || b->options->profile == KW_EMTP_V1;
        uint8_t tier = phone->is_near_name ? h->tier : TIER_REST;
        return is_used ? add_tuple(b, h, tier, field, (kw_str){0}) : KW_OK;
    }
    if (phone->is_alone) {
        KW_TRY(add_tuple(b, h, TIER_SPEC, field, (kw_str){0}));
    }
    for (size_t i = 0; phone->is_last10 && i < b->idnos.count; i++) {
        KW_TRY(add_tuple(b, h, TIER_ID, field, b->idnos.items[i]));
    }
    return KW_OK;
}

/* All families that begin with one head. LIMIT. */
static kw_status add_head_tuples(builder *b, const head *h)
{
    if (h->name.len > 0) {
        KW_TRY(add_tuple(b, h, h->tier, no_field, (kw_str){0}));
    }
    for (size_t i = 0; i < b->addrs_count; i++) {
        const kw_str field[2] = {KW_STR("ADDR="), b->addrs[i].text};
        KW_TRY(add_tuple(b, h, KW_MAX(h->tier, b->addrs[i].tier), field, (kw_str){0}));
    }
    for (size_t i = 0; h->pairs_with_id && i < b->idnos.count; i++) {
        KW_TRY(add_tuple(b, h, h->id_tier, no_field, b->idnos.items[i]));
    }
    for (size_t i = 0; i < b->phones_count; i++) {
        KW_TRY(add_phone_tuples(b, h, &b->phones[i]));
    }
    return KW_OK;
}

static void sort_tuples(builder *b)
{
    for (size_t i = 1; i < b->tuples_count; i++) {
        if (compare_tuples(&b->tuples[i - 1], &b->tuples[i]) > 0) {
            qsort(b->tuples, b->tuples_count, sizeof b->tuples[0], compare_tuples);
            return;
        }
    }
}

/* Keeps at most the cap, lowest tiers first, in sorted order. */
static void cap_tuples(kw_emtp_tuples *tuples)
{
    size_t quota[TIERS] = {0};
    size_t room = KW_EMTP_TUPLES_MAX;
    for (size_t i = 0; i < tuples->count; i++) {
        quota[tuples->items[i].tier]++;
    }
    for (size_t tier = 0; tier < TIERS; tier++) {
        quota[tier] = KW_MIN(quota[tier], room);
        room -= quota[tier];
    }
    size_t kept = 0;
    for (size_t i = 0; i < tuples->count; i++) {
        if (quota[tuples->items[i].tier] > 0) {
            quota[tuples->items[i].tier]--;
            tuples->items[kept++] = tuples->items[i];
        }
    }
    tuples->dropped = tuples->count - kept;
    tuples->count = kept;
}

/* Makes the lists that hold fields and tuples. LIMIT. */
static kw_status make_lists(builder *b, const kw_emtp_person *person)
{
    size_t addrs_max = person->addresses_count * ADDRS_PER_ADDRESS;
    size_t phones_max = person->phones_count * FIELDS_PER_PHONE;
    b->heads = kw_arena_new(b->arena, HEADS_MAX, sizeof *b->heads);
    b->addrs = kw_arena_new(b->arena, addrs_max, sizeof *b->addrs);
    b->phones = kw_arena_new(b->arena, phones_max, sizeof *b->phones);
    return b->heads == NULL || b->addrs == NULL || b->phones == NULL ? KW_LIMIT : KW_OK;
}

kw_status kw_emtp_tuples_make(kw_arena *arena, kw_emtp_tuples *out, const kw_emtp_person *person,
                              const kw_emtp_options *options)
{
    builder b = {.arena = arena, .options = options, .idnos = person->idnos};
    KW_TRY(make_lists(&b, person));
    b.heads[0] = (head){.tier = TIER_SPEC, .pairs_with_id = true, .id_tier = TIER_ID};
    KW_TRY(collect_names(&b, &person->name));
    collect_addresses(&b, person);
    collect_phones(&b, person);
    sort_fields(&b);
    KW_TRY(write_heads(&b, person->dob));
    b.tuples_max = b.heads_count * (1 + b.addrs_count + b.phones_count + b.idnos.count) +
                   b.phones_count * b.idnos.count;
    b.tuples = kw_arena_new(arena, b.tuples_max, sizeof *b.tuples);
    if (b.tuples == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < b.heads_count; i++) {
        KW_TRY(add_head_tuples(&b, &b.heads[i]));
    }
    sort_tuples(&b);
    *out = (kw_emtp_tuples){.items = b.tuples, .count = b.tuples_count};
    cap_tuples(out);
    return KW_OK;
}
