/* SPDX-License-Identifier: Apache-2.0
 * Words of a command line into members. Texts of errors name the option and never show its value.
 * */
#include "config/args.h"

#include "codec/suggest.h"

enum {
    TARGETS_MAX = 4,
    ROWS_MAX = 64,
    NAME_BYTES_MAX = 64
};

typedef struct reading {
    const kw_args_target *targets;
    size_t targets_count;
    kw_arena *arena;
    kw_strs words;
    size_t at;            /* next word */
    size_t positions;     /* words by position so far */
    bool is_past_options; /* behind "--" */
    bool is_given[TARGETS_MAX][ROWS_MAX];
} reading;

/* A row of a target. */
typedef struct row {
    size_t target;
    const kw_field *field; /* NULL: none */
} row;

/* The member's name as an option: '_' becomes '-'. */
static void spell(char out[NAME_BYTES_MAX], const kw_field *field)
{
    size_t len = strlen(field->name);
    KW_ASSERT(len < NAME_BYTES_MAX);
    for (size_t i = 0; i <= len; i++) {
        out[i] = (char)(field->name[i] == '_' ? '-' : field->name[i]);
    }
}

kw_status kw_args_spell(kw_buf *out, const kw_field *field)
{
    char name[NAME_BYTES_MAX];
    spell(name, field);
    if ((field->flags & KW_OPERAND) == 0) {
        return kw_buf_append_format(out, "--%s", name);
    }
    for (char *c = name; *c != '\0'; c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c & ~0x20 : *c);
    }
    return kw_buf_append_str(out, kw_str_of(name));
}

static row find_option(const reading *r, kw_str name)
{
    char spelled[NAME_BYTES_MAX];
    for (size_t t = 0; t < r->targets_count; t++) {
        const kw_schema *schema = r->targets[t].schema;
        for (size_t i = 0; i < schema->count; i++) {
            const kw_field *field = &schema->fields[i];
            spell(spelled, field);
            if ((field->flags & KW_OPERAND) == 0 && kw_str_equal(name, kw_str_of(spelled))) {
                return (row){t, field};
            }
        }
    }
    return (row){0};
}

static kw_status unknown_option(const reading *r, kw_str name, kw_error *err)
{
    char spelled[NAME_BYTES_MAX];
    char best[NAME_BYTES_MAX] = "";
    kw_suggestion s = kw_suggest(name);
    for (size_t t = 0; t < r->targets_count; t++) {
        const kw_schema *schema = r->targets[t].schema;
        for (size_t i = 0; i < schema->count; i++) {
            unsigned before = s.distance;
            spell(spelled, &schema->fields[i]);
            kw_suggest_offer(&s,
                             kw_str_of((schema->fields[i].flags & KW_OPERAND) == 0 ? spelled : ""));
            if (s.distance < before) {
                memcpy(best, spelled, sizeof best);
            }
        }
    }
    bool is_shown = name.len < NAME_BYTES_MAX && kw_str_is_made_of(name, "-_");
    return kw_fail(err, KW_USAGE, "unknown option%s%.*s%s%s%s", is_shown ? " --" : "",
                   is_shown ? (int)name.len : 0, name.ptr,
                   best[0] != '\0' ? "; did you mean --" : "", best, best[0] != '\0' ? "?" : "");
}

/* Sets the member from text. What codec/ calls "epoch: not a number" is here "--epoch: ...". */
static kw_status set(reading *r, row at, kw_str text, kw_error *err)
{
    const kw_args_target *target = &r->targets[at.target];
    size_t index = (size_t)(at.field - target->schema->fields);
    KW_ASSERT(index < ROWS_MAX);
    bool *is_given = &r->is_given[at.target][index];
    KW_AUTO(kw_buf) name = kw_buf_init(2 * NAME_BYTES_MAX);
    KW_TRY_AT(err, kw_args_spell(&name, at.field), "naming an option");
    KW_REQUIRE((at.field->flags & KW_SECRET) == 0, err, KW_USAGE,
               "%.*s: a secret never stands on a command line", KW_STR_ARG(kw_buf_text(&name)));
    KW_REQUIRE(!*is_given || at.field->kind == KW_KIND_STRS, err, KW_USAGE, "%.*s: given twice",
               KW_STR_ARG(kw_buf_text(&name)));
    if (!*is_given && at.field->kind == KW_KIND_STRS) {
        kw_strs none = {0};
        memcpy((uint8_t *)target->object + at.field->offset, &none, sizeof none); /* no fallback */
    }
    *is_given = true;
    kw_error inner = {0};
    kw_status st = kw_field_set(target->object, r->arena, at.field, text, &inner);
    if (st == KW_OK) {
        return KW_OK;
    }
    const char *why = inner.text + KW_MIN(strlen(inner.text), strlen(at.field->name) + 2);
    return kw_fail(err, st == KW_BAD_INPUT ? KW_USAGE : st, "%.*s: %s",
                   KW_STR_ARG(kw_buf_text(&name)), why);
}

/* `--no-flag` for a bool row. */
static row find_negated(const reading *r, kw_str name)
{
    kw_str no = KW_STR("no-");
    if (!kw_str_starts_with(name, no)) {
        return (row){0};
    }
    row at = find_option(r, (kw_str){name.ptr + no.len, name.len - no.len});
    return at.field != NULL && at.field->kind == KW_KIND_BOOL ? at : (row){0};
}

static kw_status read_option(reading *r, kw_str word, kw_error *err)
{
    kw_str name = {0};
    kw_str value = {0};
    bool has_value = kw_str_split(word, '=', &name, &value);
    row at = find_option(r, name);
    if (at.field == NULL) {
        row negated = find_negated(r, name);
        if (negated.field == NULL || has_value) {
            return unknown_option(r, name, err);
        }
        return set(r, negated, KW_STR("false"), err);
    }
    if (!has_value && at.field->kind == KW_KIND_BOOL) {
        value = KW_STR("true");
    } else if (!has_value) {
        bool has_next =
            r->at < r->words.count && !kw_str_starts_with(r->words.items[r->at], KW_STR("--"));
        KW_REQUIRE(has_next, err, KW_USAGE, "--%.*s: its value is missing", KW_STR_ARG(name));
        value = r->words.items[r->at++];
    }
    return set(r, at, value, err);
}

static kw_status read_position(reading *r, kw_str word, kw_error *err)
{
    size_t seen = 0;
    for (size_t t = 0; t < r->targets_count; t++) {
        const kw_schema *schema = r->targets[t].schema;
        for (size_t i = 0; i < schema->count; i++) {
            const kw_field *field = &schema->fields[i];
            bool is_arg = (field->flags & KW_OPERAND) != 0;
            if (is_arg && (seen == r->positions || field->kind == KW_KIND_STRS)) {
                r->positions += field->kind != KW_KIND_STRS;
                return set(r, (row){t, field}, word, err);
            }
            seen += is_arg;
        }
    }
    return kw_fail(err, KW_USAGE, "a word too many");
}

static kw_status read_word(reading *r, kw_error *err)
{
    kw_str word = r->words.items[r->at++];
    kw_str dashes = KW_STR("--");
    if (r->is_past_options || kw_str_equal(word, KW_STR("-")) ||
        !kw_str_starts_with(word, KW_STR("-"))) {
        return read_position(r, word, err);
    }
    if (kw_str_equal(word, dashes)) {
        r->is_past_options = true;
        return KW_OK;
    }
    if (kw_str_equal(word, KW_STR("-h"))) {
        word = KW_STR("--help");
    }
    if (!kw_str_starts_with(word, dashes)) {
        return kw_fail(err, KW_USAGE, "options begin with two dashes");
    }
    return read_option(r, (kw_str){word.ptr + dashes.len, word.len - dashes.len}, err);
}

kw_status kw_args_read(const kw_args_target *targets, size_t targets_count, kw_arena *arena,
                       kw_strs words, kw_error *err)
{
    KW_ASSERT(targets_count <= TARGETS_MAX);
    reading r = {
        .targets = targets, .targets_count = targets_count, .arena = arena, .words = words};
    while (r.at < words.count) {
        KW_TRY(read_word(&r, err));
    }
    return KW_OK;
}

kw_status kw_args_check_required(const kw_args_target *target, kw_error *err)
{
    for (size_t i = 0; i < target->schema->count; i++) {
        const kw_field *field = &target->schema->fields[i];
        if ((field->flags & KW_REQ) != 0 && kw_field_is_empty(target->object, field)) {
            KW_AUTO(kw_buf) name = kw_buf_init(2 * NAME_BYTES_MAX);
            KW_TRY_AT(err, kw_args_spell(&name, field), "naming an option");
            return kw_fail(err, KW_USAGE, "%.*s must be given", KW_STR_ARG(kw_buf_text(&name)));
        }
    }
    return KW_OK;
}
