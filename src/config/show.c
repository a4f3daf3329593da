/* SPDX-License-Identifier: Apache-2.0
 * A configuration as text: what is in effect, what there is, and what a reload would change. */
#include "config/show.h"

#include "codec/json.h"
#include "codec/yaml.h"

static const void *section_of(const void *config, const kw_section *section)
{
    return (const uint8_t *)config + section->offset;
}

kw_status kw_config_print(kw_buf *out, const kw_config_shape *shape, const void *config)
{
    for (size_t i = 0; i < shape->count; i++) {
        const kw_section *section = &shape->sections[i];
        KW_TRY(kw_buf_append_format(out, "%s:\n", section->name));
        KW_TRY(kw_yaml_encode_redacted(out, section->schema, section_of(config, section), 2));
    }
    return KW_OK;
}

/* ---- reference ---- */

static kw_status append_range(kw_buf *out, const kw_option *option, const char *noun)
{
    return kw_buf_append_format(out, "%s, %lld to %llu", noun, (long long)option->min,
                                (unsigned long long)option->max);
}

static kw_status append_names(kw_buf *out, const kw_option *option)
{
    for (size_t i = 0; i < option->names_count; i++) {
        KW_TRY(kw_buf_append_format(out, "%s`%s`", i == 0 ? "" : ", ", option->names[i].name));
    }
    return KW_OK;
}

static kw_status append_kind(kw_buf *out, const kw_option *option)
{
    switch (option->kind) {
    case KW_KIND_BOOL:
        return kw_buf_append_str(out, KW_STR("`true` or `false`"));
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
        return append_range(out, option, "number");
    case KW_KIND_STR:
        return append_range(out, option, "text, bytes");
    case KW_KIND_SPAN:
        return append_range(out, option, "base64, bytes");
    case KW_KIND_HASH32:
        return kw_buf_append_str(out, KW_STR("64 characters of hex"));
    case KW_KIND_STRS:
        return kw_buf_append_str(out, KW_STR("list of texts"));
    case KW_KIND_ENUM:
        return append_names(out, option);
    case KW_KIND_OBJECT:
        return kw_buf_append_str(out, KW_STR("mapping"));
    case KW_KIND_LIST:
        return kw_buf_append_str(out, KW_STR("list of mappings"));
    }
    return KW_OK;
}

static kw_status append_option(kw_buf *out, const kw_option *option)
{
    KW_TRY(kw_buf_append_format(out, "| `%s` | ", option->name));
    KW_TRY(append_kind(out, option));
    const char *none = (option->flags & KW_REQ) != 0 ? "must be given" : "";
    KW_TRY(option->fallback != NULL ? kw_buf_append_format(out, " | `%s`", option->fallback)
                                    : kw_buf_append_format(out, " | %s", none));
    return kw_buf_append_format(out, " | %s | %s |\n", option->reloads ? "yes" : "no",
                                option->help == NULL ? "" : option->help);
}

kw_status kw_config_reference(kw_buf *out, const kw_config_shape *shape)
{
    KW_TRY(kw_buf_append_str(
        out,
        KW_STR("# Options\n\nEach option `name` of a section is set in the file "
               "(`section:` and below it `name: value`), by the\nvariable "
               "`KEYWARD_SECTION_NAME` or by `--set section.name=value`; the later one wins.\n")));
    for (size_t i = 0; i < shape->count; i++) {
        const kw_section *section = &shape->sections[i];
        KW_TRY(kw_buf_append_format(
            out,
            "\n## %s\n\n%s\n\n| option | value | default | reloads | meaning |\n"
            "|---|---|---|---|---|\n",
            section->name, section->help));
        for (size_t k = 0; k < section->schema->count; k++) {
            KW_TRY(append_option(out, &section->schema->fields[k]));
        }
    }
    return KW_OK;
}

/* ---- reload ---- */

/* The option as JSON, alone: equal values give equal bytes. */
static kw_status encode_option(kw_buf *out, const void *object, const kw_option *option)
{
    kw_field row = *option;
    row.flags |= KW_REQ;
    kw_schema alone = {.name = "option", .fields = &row, .count = 1};
    return kw_json_encode(out, &alone, object, KW_JSON_PLAIN);
}

static kw_status has_changed(bool *out, const kw_option *option, const void *before,
                             const void *after)
{
    enum {
        OPTION_BYTES_MAX = 1 << 20
    };
    KW_AUTO(kw_buf) old = kw_buf_init(OPTION_BYTES_MAX);
    KW_AUTO(kw_buf) new = kw_buf_init(OPTION_BYTES_MAX);
    KW_TRY(encode_option(&old, before, option));
    KW_TRY(encode_option(&new, after, option));
    *out = !kw_span_equal_var(kw_buf_view(&old), kw_buf_view(&new));
    return KW_OK;
}

static kw_status diff_section(kw_buf *out, const kw_section *section, const void *before,
                              const void *after, kw_error *err)
{
    for (size_t i = 0; i < section->schema->count; i++) {
        const kw_option *option = &section->schema->fields[i];
        bool is_new = false;
        KW_TRY_AT(err, has_changed(&is_new, option, before, after), "comparing %s.%s",
                  section->name, option->name);
        if (is_new) {
            KW_REQUIRE(option->reloads, err, KW_CONFIG, "%s.%s changes only with a restart",
                       section->name, option->name);
            KW_TRY_AT(err, kw_buf_append_format(out, "%s.%s\n", section->name, option->name),
                      "listing changes");
        }
    }
    return KW_OK;
}

kw_status kw_config_diff(kw_buf *out, const kw_config_shape *shape, const void *before,
                         const void *after, kw_error *err)
{
    for (size_t i = 0; i < shape->count; i++) {
        const kw_section *section = &shape->sections[i];
        KW_TRY(diff_section(out, section, section_of(before, section), section_of(after, section),
                            err));
    }
    return KW_OK;
}
