/* SPDX-License-Identifier: Apache-2.0
 * Sources over sources; the file is one object of sections for the same decoder that reads JSON. */
#include "config/load.h"

#include "codec/suggest.h"
#include "codec/yaml.h"
#include "os/env.h"

/* What an option is called outside; bounds names that are put together here. */
enum {
    NAME_BYTES_MAX = 128,
    VARIABLES_MAX = 256
};

/* An option of a section. */
typedef struct target {
    const kw_section *section;
    const kw_option *option;
} target;

static void *section_at(void *config, const kw_section *section)
{
    return (uint8_t *)config + section->offset;
}

static const kw_section *find_section(const kw_config_shape *shape, kw_str name)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (kw_str_equal(name, kw_str_of(shape->sections[i].name))) {
            return &shape->sections[i];
        }
    }
    return NULL;
}

/* Bad input of an operator is a bad configuration. */
static kw_status as_config(kw_status st)
{
    return st == KW_BAD_INPUT ? KW_CONFIG : st;
}

/* ---- the file ---- */

/* The rows without KW_REQ: another source may still give what the file lacks. */
static kw_status relaxed_schema(kw_schema *out, kw_arena *arena, const kw_schema *schema)
{
    kw_option *rows = kw_arena_new(arena, schema->count, sizeof *rows);
    if (rows == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < schema->count; i++) {
        rows[i] = schema->fields[i];
        rows[i].flags &= ~(unsigned)KW_REQ;
    }
    *out = *schema;
    out->fields = rows;
    return KW_OK;
}

static kw_status load_file(void *config, kw_arena *arena, const kw_config_shape *shape,
                           kw_span yaml, kw_error *err)
{
    KW_ASSERT(shape->count <= KW_SECTIONS_MAX);
    kw_schema schemas[KW_SECTIONS_MAX];
    kw_field fields[KW_SECTIONS_MAX];
    for (size_t i = 0; i < shape->count; i++) {
        const kw_section *section = &shape->sections[i];
        KW_TRY_AT(err, relaxed_schema(&schemas[i], arena, section->schema), "reading options");
        fields[i] = (kw_field){.name = section->name,
                               .offset = section->offset,
                               .kind = KW_KIND_OBJECT,
                               .item_size = section->schema->size,
                               .schema = &schemas[i]};
    }
    kw_schema whole = {
        .name = "configuration", .fields = fields, .count = shape->count, .size = shape->size};
    return kw_yaml_decode(config, arena, &whole, yaml, err);
}

/* ---- single values ---- */

static kw_status set_option(void *config, kw_arena *arena, const target *to, kw_str text,
                            kw_error *err)
{
    void *object = section_at(config, to->section);
    if (to->option->kind != KW_KIND_STRS) {
        return kw_field_set(object, arena, to->option, text, err);
    }
    *(kw_strs *)(void *)((uint8_t *)object + to->option->offset) = (kw_strs){0};
    while (text.len > 0) {
        kw_str item = {0};
        kw_str rest = {0};
        (void)kw_str_split(text, ',', &item, &rest);
        KW_TRY(kw_field_set(object, arena, to->option, item, err));
        text = rest;
    }
    return KW_OK;
}

static kw_status unknown_option(const kw_section *section, kw_str name, const char *source,
                                kw_error *err)
{
    kw_suggestion s = kw_suggest(name);
    for (size_t i = 0; i < section->schema->count; i++) {
        kw_suggest_offer(&s, kw_str_of(section->schema->fields[i].name));
    }
    return kw_fail(err, KW_CONFIG, "%s: section %s has no such option%s%.*s%s", source,
                   section->name, s.best.len > 0 ? "; did you mean " : "", KW_STR_ARG(s.best),
                   s.best.len > 0 ? "?" : "");
}

/* A name and a value from outside. */
typedef struct assignment {
    const kw_section *section;
    kw_str name; /* of an option, perhaps */
    kw_str value;
    const char *source; /* what errors begin with */
} assignment;

static kw_status assign(void *config, kw_arena *arena, const assignment *a, kw_error *err)
{
    target to = {a->section, kw_field_find(a->section->schema, a->name)};
    if (to.option == NULL) {
        return unknown_option(a->section, a->name, a->source, err);
    }
    kw_error inner = {0};
    kw_status st = set_option(config, arena, &to, a->value, &inner);
    return st == KW_OK ? KW_OK : kw_fail(err, as_config(st), "%s: %s", a->source, inner.text);
}

/* The section that a variable's name (lower case, without its prefix) begins with; the longest
 * wins, so that sections `net` and `net_client` can live side by side. */
static const kw_section *section_of_variable(const kw_config_shape *shape, kw_str name)
{
    const kw_section *best = NULL;
    for (size_t i = 0; i < shape->count; i++) {
        const kw_section *section = &shape->sections[i];
        kw_str text = kw_str_of(section->name);
        bool is_prefix =
            name.len > text.len && kw_str_starts_with(name, text) && name.ptr[text.len] == '_';
        if (is_prefix && (best == NULL || text.len > strlen(best->name))) {
            best = section;
        }
    }
    return best;
}

static kw_status load_variable(void *config, kw_arena *arena, const kw_config_shape *shape,
                               kw_str variable, kw_error *err)
{
    kw_str name = {0};
    kw_str value = {0};
    kw_str prefix = KW_STR("KEYWARD_");
    (void)kw_str_split(variable, '=', &name, &value);
    if (!kw_str_starts_with(name, prefix) || name.len >= NAME_BYTES_MAX) {
        return KW_OK;
    }
    char source[NAME_BYTES_MAX] = "";
    char lower[NAME_BYTES_MAX] = "";
    memcpy(source, name.ptr, name.len);
    for (size_t i = prefix.len; i < name.len; i++) {
        bool is_upper = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
        lower[i - prefix.len] = (char)(is_upper ? name.ptr[i] | 0x20 : name.ptr[i]);
    }
    kw_str option = kw_str_of(lower);
    const kw_section *section = section_of_variable(shape, option);
    if (section == NULL) {
        return KW_OK;
    }
    size_t skip = strlen(section->name) + 1;
    assignment a = {section, {option.ptr + skip, option.len - skip}, value, source};
    return assign(config, arena, &a, err);
}

static kw_status load_assignment(void *config, kw_arena *arena, const kw_config_shape *shape,
                                 kw_str text, kw_error *err)
{
    kw_str path = {0};
    kw_str value = {0};
    kw_str name = {0};
    kw_str option = {0};
    bool has_form = kw_str_split(text, '=', &path, &value) &&
                    kw_str_split(path, '.', &name, &option) && path.len < NAME_BYTES_MAX - 8 &&
                    kw_str_is_made_of(path, "._");
    KW_REQUIRE(has_form, err, KW_CONFIG, "--set takes section.name=value");
    const kw_section *section = find_section(shape, name);
    KW_REQUIRE(section != NULL, err, KW_CONFIG, "--set %.*s: no such section", KW_STR_ARG(path));
    char source[NAME_BYTES_MAX] = "--set ";
    memcpy(source + strlen(source), path.ptr, path.len);
    assignment a = {section, option, value, source};
    return assign(config, arena, &a, err);
}

static kw_status check_required(const void *config, const kw_config_shape *shape, kw_error *err)
{
    for (size_t i = 0; i < shape->count; i++) {
        const kw_section *section = &shape->sections[i];
        const void *object = (const uint8_t *)config + section->offset;
        for (size_t k = 0; k < section->schema->count; k++) {
            const kw_option *option = &section->schema->fields[k];
            bool is_missing = (option->flags & KW_REQ) != 0 && kw_field_is_empty(object, option);
            KW_REQUIRE(!is_missing, err, KW_CONFIG, "%s.%s: must be given", section->name,
                       option->name);
        }
    }
    return KW_OK;
}

kw_status kw_config_load(void *out, kw_arena *arena, const kw_config_shape *shape,
                         const kw_config_sources *sources, kw_error *err)
{
    void *config = kw_arena_new(arena, 1, shape->size);
    KW_REQUIRE(config != NULL, err, KW_LIMIT, "no room for the configuration");
    kw_error inner = {0};
    kw_status st = load_file(config, arena, shape, sources->yaml, &inner);
    if (st != KW_OK) {
        return kw_fail(err, as_config(st), "%s", inner.text);
    }
    for (size_t i = 0; i < sources->environment.count; i++) {
        KW_TRY(load_variable(config, arena, shape, sources->environment.items[i], err));
    }
    for (size_t i = 0; i < sources->assignments.count; i++) {
        KW_TRY(load_assignment(config, arena, shape, sources->assignments.items[i], err));
    }
    KW_TRY(check_required(config, shape, err));
    memcpy(out, config, shape->size);
    return KW_OK;
}

/* ---- the process's variables ---- */

typedef struct gathering {
    kw_arena *arena;
    kw_strs *list;
    kw_status st;
} gathering;

static void gather(void *ctx, kw_str name, kw_str value)
{
    gathering *g = ctx;
    kw_str text = {0};
    if (g->st == KW_OK && g->list->count == VARIABLES_MAX) {
        g->st = KW_LIMIT;
    }
    if (g->st == KW_OK) {
        g->st = kw_arena_format(g->arena, &text, "%.*s=%.*s", KW_STR_ARG(name), KW_STR_ARG(value));
    }
    if (g->st == KW_OK) {
        g->list->items[g->list->count++] = text;
    }
}

kw_status kw_config_environment(kw_strs *out, kw_arena *arena)
{
    kw_strs list = {.items = kw_arena_new(arena, VARIABLES_MAX, sizeof *list.items)};
    if (list.items == NULL) {
        return KW_LIMIT;
    }
    gathering g = {.arena = arena, .list = &list};
    kw_env_each(KW_STR("KEYWARD_"), gather, &g);
    KW_TRY(g.st);
    *out = list;
    return KW_OK;
}
