/* SPDX-License-Identifier: Apache-2.0
 * One file of parameters, whatever it is: its first bytes say which check it gets. */
#ifndef KW_PARAMS_ENGINE_ZK_CHECK_H
#define KW_PARAMS_ENGINE_ZK_CHECK_H

#include "params/engine/zk/kzg.h"
#include "params/engine/zk/ptau.h"
#include "params/engine/zk/r1cs.h"
#include "params/engine/zk/vkey.h"
#include "params/engine/zk/zkey.h"

typedef enum kw_zk_kind {
    KW_ZK_UNKNOWN,
    KW_ZK_PTAU,
    KW_ZK_ZKEY,
    KW_ZK_R1CS,
    KW_ZK_VKEY,
    KW_ZK_KZG,
} kw_zk_kind;

/* What a file is, and what a check saw. */
typedef struct kw_zk_report {
    kw_zk_kind kind;
    kw_zk_fault fault; /* cause OK: the file is what its mathematics asks for */
    kw_zk_ptau ptau;   /* of the kind, when it is valid; the others are zero */
    kw_zk_zkey zkey;
    kw_zk_r1cs r1cs;
    kw_zk_vkey vkey; /* owns */
    kw_zk_kzg kzg;
} kw_zk_report;

void kw_zk_report_drop(kw_zk_report *report);

/* "ptau", "zkey", "r1cs", "vkey", "kzg", "unknown". */
const char *kw_zk_kind_name(kw_zk_kind kind);

/* The curve of what was read; NULL for the unknown kind, and perhaps for a refused file. */
const kw_zk_curve *kw_zk_report_curve(const kw_zk_report *report);

/* `out` is empty before, and filled also when the file is refused. ZK_INVALID: it is; NO_MEMORY, or
 * as kw_zk_read: it could not be checked. */
KW_MUST_USE kw_status kw_zk_check(kw_zk_report *out, const kw_zk_job *job, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_CHECK_H */
