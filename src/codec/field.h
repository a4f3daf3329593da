/* SPDX-License-Identifier: Apache-2.0
 * Field tables: a struct described once, as rows. The same rows decode and encode JSON, read YAML,
 * environment and command options, print JSON Schema, and redact logs.
 *
 *     static const kw_field sign_request_fields[] = {
 *         KW_FIELD(kw_sign_request, key_id, 64, KW_REQ | KW_PATH, .min = 1, .made_of = "-_"),
 *         KW_FIELD(kw_sign_request, epoch, UINT64_MAX, KW_REQ),
 *         KW_FIELD(kw_sign_request, note, 200, 0, .help = "shown to the approver"),
 *     };
 *     KW_SCHEMA(kw_sign_request, sign_request_fields);
 *
 * The kind of a member follows from its C type; a type that is not listed does not compile. */
#ifndef KW_CODEC_FIELD_H
#define KW_CODEC_FIELD_H

#include "base/arena.h"
#include "base/buf.h"

/* A list of texts: a member type like the others. The items live in the decoder's arena. */
typedef struct kw_strs {
    kw_str *items;
    size_t count;
} kw_strs;

typedef enum kw_field_kind {
    KW_KIND_BOOL,
    KW_KIND_INT, /* int, int32_t */
    KW_KIND_I64, /* int64_t */
    KW_KIND_U16,
    KW_KIND_U32,
    KW_KIND_U64,    /* uint64_t, size_t */
    KW_KIND_STR,    /* text */
    KW_KIND_SPAN,   /* bytes, as base64 */
    KW_KIND_HASH32, /* 32 bytes, as hex */
    KW_KIND_STRS,   /* list of texts */
    KW_KIND_ENUM,   /* one of the names of a table; the member is an enum */
    KW_KIND_OBJECT, /* a struct inside the struct, with a schema of its own */
    KW_KIND_LIST,   /* struct {T *items; size_t count;}, each T with the same schema */
} kw_field_kind;

enum {
    KW_REQ = 1 << 0,      /* must be present; is written even when it is zero or empty */
    KW_PATH = 1 << 1,     /* comes from the path of a route, not from the body */
    KW_QUERY = 1 << 2,    /* comes from the query */
    KW_SECRET = 1 << 3,   /* never in a log, a printed configuration or a redacted reply */
    KW_TIME = 1 << 4,     /* int64_t seconds since 1970, as "2026-01-31T23:59:59Z" */
    KW_HEX = 1 << 5,      /* bytes as lower-case hex instead of base64 */
    KW_NULL = 1 << 6,     /* an absent value may be, and is, written as null */
    KW_CONTROLS = 1 << 7, /* the text may hold U+0001..001F and U+007F */
    KW_OPERAND = 1 << 8,  /* command line: given by its position, not by --name */
};

/* One name of an enum. Tables of them are arrays; each value once. */
typedef struct kw_enum_name {
    const char *name; /* lower case */
    int value;
} kw_enum_name;

typedef struct kw_schema kw_schema;

/* One row. A row with zeros accepts least: no secret shown, no control character, nothing below 0.
 * */
typedef struct kw_field {
    const char *name; /* of the member, and of the JSON member */
    size_t offset;    /* of the member in its struct, bytes */
    kw_field_kind kind;
    unsigned flags;   /* KW_REQ ... */
    uint64_t max;     /* largest number; most bytes of a text or span, of each text of a list */
    int64_t min;      /* smallest number; fewest bytes of a text or span; fewest items of a list */
    size_t items_max; /* lists: most items; 0 for kw_strs means KW_STRS_ITEMS_MAX */
    size_t item_size; /* lists: bytes of one item */
    const char *made_of;  /* texts: A-Za-z0-9 and these only; NULL: any text */
    const char *fallback; /* value when absent, written as on a command line; NULL: zero, empty */
    const char *help;     /* what it means, its unit: for docs, help and schemas */
    bool reloads;         /* options: may change without a restart */
    const kw_enum_name *names; /* enums */
    size_t names_count;
    const kw_schema *schema; /* of the object or of each item */
} kw_field;

/* Items of a kw_strs when its row does not say. */
#define KW_STRS_ITEMS_MAX 64

/* A struct with rows. */
struct kw_schema {
    const char *name; /* of the C type */
    const kw_field *fields;
    size_t count;
    size_t size; /* of the struct, bytes */
};

#define KW_MEMBER(type, member) (((const type *)0)->member)

/* The one list of member types. */
/* clang-format off */
#define KW_KIND_OF(member)         \
    _Generic((member),             \
        bool: KW_KIND_BOOL,        \
        int: KW_KIND_INT,          \
        int64_t: KW_KIND_I64,      \
        uint16_t: KW_KIND_U16,     \
        uint32_t: KW_KIND_U32,     \
        uint64_t: KW_KIND_U64,     \
        kw_str: KW_KIND_STR,       \
        kw_span: KW_KIND_SPAN,     \
        kw_hash32: KW_KIND_HASH32, \
        kw_strs: KW_KIND_STRS)
/* clang-format on */

/* KW_FIELD(struct type, member, largest, flags, further members such as .min = 1 ...) */
#define KW_FIELD(type, member, largest, ...)                                                \
    {                                                                                       \
        .name = #member, .offset = offsetof(type, member),                                  \
        .kind = KW_KIND_OF(KW_MEMBER(type, member)), .max = (largest), .flags = __VA_ARGS__ \
    }

/* KW_FIELD_ENUM(struct type, member, array of kw_enum_name, flags, ...) */
#define KW_FIELD_ENUM(type, member, table, ...)                                                  \
    {                                                                                            \
        .name = #member,                                                                         \
        .offset =                                                                                \
            offsetof(type, member) + KW_MUST_BE(sizeof(KW_MEMBER(type, member)) == sizeof(int)), \
        .kind = KW_KIND_ENUM, .names = (table), .names_count = KW_COUNT(table),                  \
        .flags = __VA_ARGS__                                                                     \
    }

/* KW_FIELD_OBJECT(struct type, member, pointer to the member's schema, flags, ...) */
#define KW_FIELD_OBJECT(type, member, schema_of, ...)                                             \
    {                                                                                             \
        .name = #member, .offset = offsetof(type, member), .kind = KW_KIND_OBJECT,                \
        .item_size = sizeof(KW_MEMBER(type, member)), .schema = (schema_of), .flags = __VA_ARGS__ \
    }

/* KW_FIELD_LIST(struct type, member, pointer to the items' schema, most items, flags, ...) */
#define KW_FIELD_LIST(type, member, schema_of, most, ...)                         \
    {                                                                             \
        .name = #member, .offset = offsetof(type, member), .kind = KW_KIND_LIST,  \
        .item_size = sizeof(*KW_MEMBER(type, member).items), .items_max = (most), \
        .schema = (schema_of), .flags = __VA_ARGS__                               \
    }

/* 0 when `cond` holds; else it does not compile. */
#define KW_MUST_BE(cond) (0 * sizeof(char[(cond) ? 1 : -1]))

#define KW_SCHEMA_OF(type, rows)                                                       \
    {                                                                                  \
        .name = #type, .fields = (rows), .count = KW_COUNT(rows), .size = sizeof(type) \
    }

/* Defines `type`_schema for this file. */
#define KW_SCHEMA(type, rows) static const kw_schema type##_schema = KW_SCHEMA_OF(type, rows)

/* Defines the `type`_schema that a header declares: `extern const kw_schema kw_x_schema;`. */
#define KW_SCHEMA_EXTERN(type, rows) const kw_schema type##_schema = KW_SCHEMA_OF(type, rows)

/* The row with that name; NULL when there is none. */
const kw_field *kw_field_find(const kw_schema *schema, kw_str name);

/* Zeroes the object and gives each member its fallback. LIMIT: the arena is full. A fallback that
 * its own row refuses is a bug and aborts. */
KW_MUST_USE kw_status kw_object_init(void *object, kw_arena *arena, const kw_schema *schema);

/* Sets one member from text as it stands in a path, a query, an environment variable or on a
 * command line: decimal numbers, true/false, names of enums; a kw_strs gets one item more. Checks
 * as the JSON decoder does. BAD_INPUT: wrong form, length or range; the text names the member,
 * never the value. LIMIT: too many items, or the arena is full. Objects and lists of objects:
 * BAD_INPUT. */
KW_MUST_USE kw_status kw_field_set(void *object, kw_arena *arena, const kw_field *field,
                                   kw_str text, kw_error *err);

/* Appends the member as such text (lists: joined by ','; objects: nothing); "[redacted]" for a
 * non-empty KW_SECRET. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_field_print(kw_buf *out, const void *object, const kw_field *field);

/* True for zero, false, absent texts and bytes, lists without items. A text that was given as "" is
 * not empty. An object is empty when its members are what its absence gives (their fallbacks), or
 * when a required text or span of it is absent: it was never filled. */
bool kw_field_is_empty(const void *object, const kw_field *field);

/* For whoever shows objects in a way of its own: the member's address, items of a KW_KIND_LIST. */
static inline const void *kw_field_at(const void *object, const kw_field *field)
{
    return (const uint8_t *)object + field->offset;
}

size_t kw_field_items_count(const void *object, const kw_field *field);
const void *kw_field_item(const void *object, const kw_field *field, size_t index);

/* Fills the KW_QUERY members of an object that kw_object_init prepared from `a=1&b=2`.
 * BAD_INPUT: unknown or repeated names (a kw_strs may repeat), bad values, a KW_REQ one missing. */
KW_MUST_USE kw_status kw_query_decode(void *object, kw_arena *arena, const kw_schema *schema,
                                      kw_str text, kw_error *err);

#endif /* KW_CODEC_FIELD_H */
