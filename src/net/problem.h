/* SPDX-License-Identifier: Apache-2.0
 * What every refusal of a daemon says of itself, application/problem+json. Source: RFC 9457. */
#ifndef KW_NET_PROBLEM_H
#define KW_NET_PROBLEM_H

#include "base/arena.h"
#include "net/http_client.h"

/* Texts with a NUL behind, in an arena; all-zero is none. They are what somebody else wrote. */
typedef struct kw_problem {
    kw_str words;      /* for a person */
    kw_str code;       /* lower-case name of a status */
    kw_str request_id; /* to look for in the daemon's log */
} kw_problem;

/* Reads the body of a refusal. False: the answer is none, or has no such body. */
bool kw_problem_read(kw_problem *out, kw_arena *arena, const kw_http_result *result);

/* The status that the refusal names: an HTTP code stands for many. `st`, what the HTTP code alone
 * says, where there is no problem or what it names has another HTTP code. */
KW_MUST_USE kw_status kw_problem_status(const kw_problem *problem, const kw_http_result *result,
                                        kw_status st);

#endif /* KW_NET_PROBLEM_H */
