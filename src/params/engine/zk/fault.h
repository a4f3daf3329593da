/* SPDX-License-Identifier: Apache-2.0
 * Why a parameter file is refused, and where. */
#ifndef KW_PARAMS_ENGINE_ZK_FAULT_H
#define KW_PARAMS_ENGINE_ZK_FAULT_H

#include "base/error.h"
#include "base/span.h"

#define KW_ZK_NO_INDEX  UINT64_MAX
#define KW_ZK_NO_OFFSET UINT64_MAX

/* All-zero but for the index: the file as a whole. */
typedef struct kw_zk_place {
    uint32_t section; /* id in a binary file; 0: none */
    const char *part; /* "tauG1", "contribution", "line"; NULL: none */
    uint64_t index;   /* of the point or contribution, from 0; KW_ZK_NO_INDEX: all of the part */
    uint64_t offset;  /* bytes from the beginning of the file; KW_ZK_NO_OFFSET: not known */
} kw_zk_place;

typedef struct kw_zk_fault {
    kw_status cause; /* NOT_ON_CURVE, RANGE ...; OK: none was found */
    kw_zk_place place;
    char what[96]; /* "a point is not on the curve" */
} kw_zk_fault;

/* Fills `fault`, and `err` with place and text. Returns ZK_INVALID. `what` NULL: the text of the
 * cause. */
KW_MUST_USE kw_status kw_zk_refuse(kw_zk_fault *fault, const kw_zk_place *place, kw_status cause,
                                   const char *what, kw_error *err);

/* For callers whose own calls had no `err`: fills it with what `fault` says when `st` is
 * ZK_INVALID, with the text of `st` else. Returns `st`. */
KW_MUST_USE kw_status kw_zk_repeat(const kw_zk_fault *fault, kw_status st, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_FAULT_H */
