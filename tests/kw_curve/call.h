/* SPDX-License-Identifier: Apache-2.0
 * One operation on a curve as kw-curve takes it: named, its inputs as bytes. What the operations
 * mean, and which input is judged first, stands in docs/protocol/kw_curve.md. */
#ifndef KW_TESTS_KW_CURVE_CALL_H
#define KW_TESTS_KW_CURVE_CALL_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/json.h"
#include "curve/h2c.h"

typedef enum curve_fmt {
    CURVE_ZCASH,
    CURVE_EIP2537,
    CURVE_EIP196,
    CURVE_GNARK,
    CURVE_ARK,
    CURVE_SNARKJS,
    CURVE_GT_COEFF,
    CURVE_GT_KYBER,
} curve_fmt;

enum {
    CURVE_INPUTS_MAX = 1 << 14,
    CURVE_ANSWER_BYTES_MAX = 1 << 20,
    CURVE_ARENA_BYTES_MAX = 64 << 20,
};

/* A request. Everything that it points to lives in `arena`. */
typedef struct curve_call {
    kw_arena *arena;
    const kw_span *in;
    size_t count; /* of `in` */
    curve_fmt fmt;
    const kw_h2c_hash *hash;
    bool has_dst;
    kw_span dst;
} curve_call;

/* What an operation answers: bytes, or a verdict. */
typedef struct curve_answer {
    kw_buf bytes;
    bool is_verdict;
    bool verdict;
} curve_answer;

typedef struct curve_row {
    const char *name;
    kw_status (*run)(curve_answer *out, const curve_call *call);
} curve_row;

/* The operation of a curve with that name; NULL when there is none. */
const curve_row *curve_bls_find(kw_str op);
const curve_row *curve_bn_find(kw_str op);

/* Runs a request, {"curve", "op", "in", "fmt", "dst", "hash"}; "id" is not looked at. `out` is
 * empty before and owned by the caller. BAD_INPUT: a member is missing, unknown or of another type,
 * bytes are not lower-case hexadecimal. ARG: no such curve, operation, encoding or hash, a number
 * of inputs that the operation does not take. LIMIT. INTERNAL: two ways through the library that
 * must agree did not. All others are the library's. */
KW_MUST_USE kw_status curve_call_run(curve_answer *out, kw_arena *arena, const kw_json *request);

/* ---- for the operations ---- */

/* ARG unless there are `count` inputs. */
KW_MUST_USE kw_status curve_call_needs(const curve_call *call, size_t count);

/* The domain separation tag: the member, or else the input behind the first `count`. ARG: neither,
 * both, or empty. */
KW_MUST_USE kw_status curve_call_dst(kw_span *out, const curve_call *call, size_t count);

/* Room for the answer's next `len` bytes; an answer is bounded, so that there is always room. */
kw_mspan curve_answer_room(curve_answer *out, size_t len);

#endif /* KW_TESTS_KW_CURVE_CALL_H */
