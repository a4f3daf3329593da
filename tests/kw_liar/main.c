/* SPDX-License-Identifier: Apache-2.0
 * kw-liar: prints a second HELLO of an operator for the session that begins at a boundary, as the
 * body of POST /reshare/hello. For demonstrations of what happens to who says two things. */
#include "crypto/address_text.h"
#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/liar.h"
#include "support/seeded_rng.h"
#include "threshold/operator_key.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    FILE_BYTES_MAX = 16 << 20,
    ARGUMENTS = 7,
};

static const char usage[] = "kw-liar CLUSTER.json OPERATORS.json ADDRESS KEY CERTIFICATE BOUNDARY\n"
                            "  KEY: the 32 bytes of the operator's key; BOUNDARY: Unix seconds\n";

static void read_file(kw_buf *out, const char *path)
{
    *out = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_file_read(out, path, NULL));
}

int main(int argc, char **argv)
{
    if (argc != ARGUMENTS) {
        (void)fputs(usage, stderr);
        return 2;
    }
    kw_arena arena = kw_arena_init(2 * KW_OPERATORS_ARENA_MAX);
    kw_buf files[4];
    KW_AUTO(kw_secret32) key = {0};
    kw_cluster_file cluster;
    kw_operators operators;
    liar who = {.cluster = &cluster, .roster = &operators.roster};
    read_file(&files[0], argv[1]);
    read_file(&files[1], argv[2]);
    read_file(&files[2], argv[5]);
    read_file(&files[3], argv[4]);
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(kw_buf_view(&files[3]))));
    EXPECT_OK(kw_cluster_file_decode(&cluster, &arena, kw_buf_view(&files[0]), NULL));
    EXPECT_OK(kw_operators_decode(&operators, &arena, kw_buf_view(&files[1]), NULL));
    EXPECT_OK(kw_address_parse(&who.self, kw_str_of(argv[3])));
    uint16_t index = kw_roster_index(&operators.roster, &who.self);
    assert_int_not_equal(index, 0);
    KW_AUTO_PTR(kw_operator_secret) secret = NULL;
    EXPECT_OK(kw_operator_secret_of(&secret, kw_roster_at(&operators.roster, index)->scheme->curve,
                                    &key));
    seeded_rng seeded = {.seed = kw_monotonic_ns()};
    kw_rng rng = seeded_rng_port(&seeded);
    who.signer = kw_operator_secret_signer(secret);
    who.rng = &rng;
    KW_AUTO(kw_buf) json = kw_buf_init(FILE_BYTES_MAX);
    liar_say_hello(&who, &json, kw_buf_view(&files[2]), strtoull(argv[6], NULL, 10));
    (void)printf("%.*s\n", KW_STR_ARG(kw_buf_text(&json)));
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        kw_buf_drop(&files[i]);
    }
    kw_arena_drop(&arena);
    return 0;
}
