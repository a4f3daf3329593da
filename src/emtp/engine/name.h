/* SPDX-License-Identifier: Apache-2.0
 * Readings of a name and the forms made of them (emtp.md 4.2). */
#ifndef KW_EMTP_ENGINE_NAME_H
#define KW_EMTP_ENGINE_NAME_H

#include "emtp/engine/options.h"
#include "emtp/engine/text.h"

typedef enum kw_emtp_reading_kind {
    KW_EMTP_READING_SPEC,
    KW_EMTP_READING_REFERENCE,
    KW_EMTP_READING_PACKED, /* `JRR` read as J R R; gives the initials form only */
} kw_emtp_reading_kind;

/* One way to cut a name; normalised words, empty where there is none. */
typedef struct kw_emtp_reading {
    kw_emtp_reading_kind kind;
    kw_str given;
    kw_strs middles;
    kw_str family;
    kw_str suffix; /* JR, SR, I..VI */
} kw_emtp_reading;

enum {
    KW_EMTP_READINGS_MAX = 3
};

/* All readings, in the order of their kinds; none when nothing of the name is left. */
typedef struct kw_emtp_name {
    kw_emtp_reading readings[KW_EMTP_READINGS_MAX];
    size_t readings_count;
} kw_emtp_name;

typedef enum kw_emtp_name_form {
    KW_EMTP_NAME_FULL,                 /* given middles family */
    KW_EMTP_NAME_GIVEN_FAMILY,         /* given family */
    KW_EMTP_NAME_GIVEN_FAMILY_SUFFIX,  /* empty without a suffix */
    KW_EMTP_NAME_INITIALS_FAMILY,      /* J R R TOLKIEN */
    KW_EMTP_NAME_COLLAPSED,            /* JRR TOLKIEN; empty without middles */
    KW_EMTP_NAME_GIVEN_INITIAL_FAMILY, /* JOHN R R TOLKIEN */
} kw_emtp_name_form;

enum {
    KW_EMTP_NAME_FORMS = KW_EMTP_NAME_GIVEN_INITIAL_FAMILY + 1
};

/* Reads a name; v1 gives the spec reading first, v1-ref the reference reading alone. What `out`
 * holds lives in the arena. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_name_read(kw_arena *arena, kw_emtp_name *out, kw_str full_name,
                                        kw_emtp_profile profile);

/* Makes one form of a reading. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_reading_form(kw_arena *arena, kw_str *out,
                                           const kw_emtp_reading *reading, kw_emtp_name_form form);

#endif /* KW_EMTP_ENGINE_NAME_H */
