/* SPDX-License-Identifier: Apache-2.0
 * Options: rows of a struct that YAML, environment and command line share. A folder with options
 * exports the schema of its struct; whoever assembles a program lists them as sections.
 *
 *     static const kw_option net_options[] = {
 *         KW_OPTION(kw_net_config, body_bytes_max, 64 << 20, .min = 1024, .fallback = "1048576",
 *                   .reloads = true, .help = "largest request body that is accepted"),
 *     };
 *     KW_SCHEMA_EXTERN(kw_net_config, net_options);
 *
 *     static const kw_section sections[] = {
 *         KW_SECTION(kw_config, net, &kw_net_config_schema, "listeners and their limits"),
 *     };
 *     static const kw_config_shape shape = KW_CONFIG_SHAPE(kw_config, sections); */
#ifndef KW_CONFIG_OPTION_H
#define KW_CONFIG_OPTION_H

#include "codec/field.h"

/* An option is a field whose row says its fallback, its help and whether it reloads. KW_REQ: there
 * is no sensible fallback, the operator must give it. */
typedef kw_field kw_option;

/* KW_OPTION(struct type, member, largest, .min = 1, .fallback = "1", .reloads = true, .help = "")
 * */
#define KW_OPTION(type, member, largest, ...)                                      \
    {                                                                              \
        .name = #member, .offset = offsetof(type, member),                         \
        .kind = KW_KIND_OF(KW_MEMBER(type, member)), .max = (largest), __VA_ARGS__ \
    }

/* KW_OPTION_ENUM(struct type, member, array of kw_enum_name, .fallback = "name", ...) */
#define KW_OPTION_ENUM(type, member, table, ...) KW_FIELD_ENUM(type, member, table, 0, __VA_ARGS__)

/* One struct inside the configuration. */
typedef struct kw_section {
    const char *name;        /* of the member, and of the YAML key */
    size_t offset;           /* of the member in the configuration, bytes */
    const kw_schema *schema; /* its options; objects and lists of objects come from YAML alone */
    const char *help;
} kw_section;

#define KW_SECTION(type, member, schema_of, help_text)                            \
    {                                                                             \
        .name = #member, .offset = offsetof(type, member), .schema = (schema_of), \
        .help = (help_text)                                                       \
    }

/* A whole configuration: at most KW_SECTIONS_MAX sections. */
typedef struct kw_config_shape {
    const kw_section *sections;
    size_t count;
    size_t size; /* of the configuration, bytes */
} kw_config_shape;

#define KW_SECTIONS_MAX 32

#define KW_CONFIG_SHAPE(type, rows)                                       \
    {                                                                     \
        .sections = (rows), .count = KW_COUNT(rows), .size = sizeof(type) \
    }

#endif /* KW_CONFIG_OPTION_H */
