/* SPDX-License-Identifier: Apache-2.0
 * How the operators of a cluster did when they were asked something. */
#ifndef KW_CLIENT_THRESHOLD_MEMBER_H
#define KW_CLIENT_THRESHOLD_MEMBER_H

#include "client/threshold_calls.h"

/* How an operator did. */
typedef enum kw_client_standing {
    KW_CLIENT_SLOW = 0, /* it had not answered yet when enough others had */
    KW_CLIENT_GOOD,
    KW_CLIENT_DOWN,     /* not reached, not in time, or somebody else answered in its place */
    KW_CLIENT_REFUSING, /* it answered, and does not give what was asked for */
    KW_CLIENT_LYING,    /* what it gave is wrong */
    KW_CLIENT_BEHIND,   /* what it gave is of an epoch before one that was seen already */
} kw_client_standing;

typedef struct kw_client_member {
    kw_client_standing standing;
    kw_status st;            /* why it is not good */
    uint64_t epoch;          /* that it showed, and that was checked; 0: none */
    uint32_t took_ms;        /* to its answer */
    uint64_t attested_epoch; /* that it names for the time it was asked about; 0: it knows none */
} kw_client_member;

/* What the end of a call says before anybody looks at what it brought. */
kw_client_member kw_client_member_of(const kw_client_answer *answer);

/* What to tell whom too few of `n` members helped: the status that most of those gave who gave
 * nothing good; UNAVAILABLE where they are down or lie, REFUSED where they are behind. `good`:
 * how many helped. Always fails. */
KW_MUST_USE kw_status kw_client_members_fail(const kw_client_member *members, uint16_t n,
                                             unsigned good, kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_MEMBER_H */
