/* SPDX-License-Identifier: Apache-2.0
 * Checks of a KZG setup with as many points as Ethereum's, 4096 + 65 + 4096: nanoseconds of
 * processor time per point, least and median. Prints JSON lines; tools/bench.py joins the peer,
 * which decodes and checks the same points and does no more. */
#include "base/heap.h"
#include "codec/hex.h"
#include "curve/bls_wire.h"
#include "os/clock.h"
#include "params/engine/zk/kzg.h"
#include "params/engine/zk/lagrange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    N1 = 4096,
    N1_POWER = 12,
    N2 = 65,
    POINTS = 2 * N1 + N2,
    REPS = 11,
};

static void must(kw_status st)
{
    KW_ASSERT(st == KW_OK);
}

static void write_g1(kw_buf *out, const kw_bls_fr *scalar)
{
    kw_bls_secret k;
    kw_bls_g1 point;
    kw_bls_g1_bytes bytes;
    kw_bls_secret_of_fr(&k, scalar);
    kw_bls_g1_base_secret(&point, &k);
    kw_bls_g1_encode_zcash(&bytes, &point);
    must(kw_hex_encode(out, KW_SPAN(bytes.bytes)));
    must(kw_buf_append_byte(out, '\n'));
}

static void write_g2(kw_buf *out, const kw_bls_fr *scalar)
{
    kw_bls_secret k;
    kw_bls_g2 point;
    kw_bls_g2_bytes bytes;
    kw_bls_secret_of_fr(&k, scalar);
    kw_bls_g2_base_secret(&point, &k);
    kw_bls_g2_encode_zcash(&bytes, &point);
    must(kw_hex_encode(out, KW_SPAN(bytes.bytes)));
    must(kw_buf_append_byte(out, '\n'));
}

/* L_i(tau) is f(w^(-i)) / n for the f of lagrange.h with z = tau. */
static void make_setup(kw_buf *out)
{
    static kw_zk_scalar values[N1];
    const kw_zk_curve *curve = &kw_zk_bls12_381;
    kw_zk_evaluations in = {curve->scalar_of_u64(0x123456789abcdef), curve->scalar_of_u64(N1),
                            KW_ZK_ROOT_BASE_KZG, N1_POWER};
    kw_bls_fr power = kw_bls_fr_of_u64(1);
    curve->scalar_batch_inv(&in.weight, 1);
    kw_zk_evaluate(values, curve, &in, 0, N1);
    must(kw_buf_append_format(out, "%d\n%d\n", N1, N2));
    for (size_t i = 0; i < N1; i++) {
        write_g1(out, &values[(N1 - i) % N1].bls);
    }
    for (size_t i = 0; i < N2; i++) {
        write_g2(out, &power);
        kw_bls_fr_mul(&power, &power, &in.z.bls);
    }
    power = kw_bls_fr_of_u64(1);
    for (size_t i = 0; i < N1; i++) {
        write_g1(out, &power);
        kw_bls_fr_mul(&power, &power, &in.z.bls);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *name, kw_span file, kw_zk_level level)
{
    double ns[REPS];
    const kw_zk_source source = kw_zk_source_of_span(&file);
    const kw_zk_job job = {.source = &source, .level = level, .seed = {{1}}};
    for (size_t i = 0; i < REPS; i++) {
        kw_zk_kzg kzg;
        kw_zk_fault fault;
        uint64_t start = kw_thread_cpu_ns();
        must(kw_zk_kzg_check(&kzg, &fault, &job, NULL));
        ns[i] = (double)(kw_thread_cpu_ns() - start) / POINTS;
    }
    qsort(ns, REPS, sizeof *ns, ascending);
    printf("{\"bench\":\"bls12-381/%s/n=%d\",\"impl\":\"keyward\",\"ns_min\":%.1f,"
           "\"ns_med\":%.1f,\"reps\":%d}\n",
           name, POINTS, ns[0], ns[REPS / 2], REPS);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        bool is_help = strcmp(argv[1], "--help") == 0;
        fputs("kw-bench-zk: times of the checks of a KZG setup\n", is_help ? stdout : stderr);
        return is_help ? 0 : 2;
    }
    KW_AUTO(kw_buf) file = kw_buf_init(KW_ZK_SETUP_BYTES_MAX);
    make_setup(&file);
    measure("kzg.points", kw_buf_view(&file), KW_ZK_POINTS);
    measure("kzg.full", kw_buf_view(&file), KW_ZK_FULL);
    return 0;
}
