/* SPDX-License-Identifier: Apache-2.0
 * One input record: a line of JSON, checked in a fixed order, normalised (emtp.md section 3). */
#ifndef KW_EMTP_ENGINE_RECORD_H
#define KW_EMTP_ENGINE_RECORD_H

#include "emtp/engine/addr.h"
#include "emtp/engine/name.h"
#include "emtp/engine/options.h"
#include "emtp/engine/phone.h"

/* Why a record is refused; the first failure in the order of section 3 counts. */
typedef enum kw_emtp_fault {
    KW_EMTP_FAULT_NONE,
    KW_EMTP_FAULT_LIMIT,   /* the line, a list or a string is too long */
    KW_EMTP_FAULT_JSON,    /* not one JSON object in strict UTF-8 */
    KW_EMTP_FAULT_UNKNOWN, /* a top-level member that the schema does not know */
    KW_EMTP_FAULT_MISSING,
    KW_EMTP_FAULT_TYPE,
    KW_EMTP_FAULT_EMPTY,
    KW_EMTP_FAULT_DOB,
} kw_emtp_fault;

/* The top-level members, in the order in which they are checked. */
typedef enum kw_emtp_member {
    KW_EMTP_MEMBER_NONE, /* the fault is of the line as a whole */
    KW_EMTP_MEMBER_FULL_NAME,
    KW_EMTP_MEMBER_DOB,
    KW_EMTP_MEMBER_ADDRESSES,
    KW_EMTP_MEMBER_PHONES,
    KW_EMTP_MEMBER_IDNOS,
} kw_emtp_member;

/* What is reported of a refused record: never a value. */
typedef struct kw_emtp_reject {
    kw_emtp_fault fault;
    kw_emtp_member member;
} kw_emtp_reject;

/* "limit", "json", ...; "" for none. */
const char *kw_emtp_fault_name(kw_emtp_fault fault);

/* "full_name", ...; NULL for none. */
const char *kw_emtp_member_name(kw_emtp_member member);

/* Bits, in the order of their names. */
enum {
    KW_EMTP_WARN_ADDRESS_MEMBER = 1 << 0, /* an address has members that are ignored */
    KW_EMTP_WARN_EMPTY_NAME = 1 << 1,     /* nothing of the name is left: no NAME tuples */
    KW_EMTP_WARN_WEAK = 1 << 2,           /* the date of birth is missing or has no day */
};

/* A checked and normalised record. Everything it points to lives in the arena. */
typedef struct kw_emtp_person {
    kw_emtp_name name;
    kw_str dob; /* YYYY-MM-DD, in weak mode also YYYY-MM or empty */
    kw_emtp_address *addresses;
    size_t addresses_count;
    kw_emtp_phone *phones;
    size_t phones_count;
    kw_strs idnos;     /* ends of numbers, sorted, each once */
    unsigned warnings; /* KW_EMTP_WARN_ bits */
} kw_emtp_person;

static inline bool kw_emtp_person_is_weak(const kw_emtp_person *person)
{
    return (person->warnings & KW_EMTP_WARN_WEAK) != 0;
}

/* Reads one line, without its LF. BAD_INPUT: refused, `out_reject` says why. LIMIT: the arena is
 * full; NO_MEMORY. The arena holds personal data then: kw_arena_wipe it after use. */
KW_MUST_USE kw_status kw_emtp_record_read(kw_arena *arena, kw_emtp_person *out,
                                          kw_emtp_reject *out_reject, kw_str line,
                                          const kw_emtp_options *options);

#endif /* KW_EMTP_ENGINE_RECORD_H */
