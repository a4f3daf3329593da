/* SPDX-License-Identifier: Apache-2.0
 * Samples for another implementation: inputs and our verdict on them, written down while a target
 * runs. tools/fuzz.sh asks @noble/curves about them, which is too slow to be asked about each. */
#ifndef KW_FUZZ_CURVE_SAMPLE_H
#define KW_FUZZ_CURVE_SAMPLE_H

#include "base/span.h"
#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    SAMPLE_SPARSITY = 64, /* a million inputs give some 700 samples */
};

/* Of one verdict, taken or refused: how many there were, and which is the next to write down. */
typedef struct sample_count {
    size_t seen;
    size_t next;
} sample_count;

/* Adds a line of hexadecimal to the file that KW_FUZZ_SAMPLES names, if it names one, for inputs
 * that grow rarer as there are more of them; those that are taken, of which there are few, count
 * apart. */
static void sample(kw_span in, kw_status verdict)
{
    static sample_count counts[2];
    static FILE *file;
    sample_count *count = &counts[verdict == KW_OK];
    const char *path = getenv("KW_FUZZ_SAMPLES");
    if (path == NULL || count->seen++ < count->next) {
        return;
    }
    count->next = count->seen + count->seen / SAMPLE_SPARSITY;
    if (file == NULL) {
        file = fopen(path, "a");
        KW_ASSERT(file != NULL);
    }
    for (size_t i = 0; i < in.len; i++) {
        fprintf(file, "%02x", in.ptr[i]);
    }
    fputc('\n', file);
    fflush(file); /* a crash must not cost the last ones */
}

#endif /* KW_FUZZ_CURVE_SAMPLE_H */
