/* SPDX-License-Identifier: Apache-2.0
 * json/parse/300: the tree of one record of about 300 bytes; json/decode/300: the same into a
 * struct of 8 members; json/jansson/300: the tree by jansson, beside it. */
#include "base/buf.h"
#include "codec/json.h"

#include <jansson.h>
#include <stdio.h>
#include <time.h>

typedef struct record {
    kw_str name;
    kw_str dob;
    kw_strs phones;
    kw_strs emails;
    kw_str street;
    kw_str city;
    kw_str zip;
    uint64_t id;
} record;

static const kw_field record_fields[] = {
    KW_FIELD(record, name, 200, KW_REQ),  KW_FIELD(record, dob, 10, KW_REQ),
    KW_FIELD(record, phones, 40, KW_REQ), KW_FIELD(record, emails, 80, KW_REQ),
    KW_FIELD(record, street, 80, KW_REQ), KW_FIELD(record, city, 80, KW_REQ),
    KW_FIELD(record, zip, 10, KW_REQ),    KW_FIELD(record, id, UINT64_MAX, KW_REQ),
};
KW_SCHEMA(record, record_fields);

static const char text[] =
    "{\"name\":\"Maria de los Angeles Hernandez-Gutierrez Jr\",\"dob\":\"1984-02-29\","
    "\"phones\":[\"+1 (415) 555-2671\",\"415.555.0199\"],"
    "\"emails\":[\"maria.hernandez@example.com\",\"mhg@example.org\"],"
    "\"street\":\"1600 Pennsylvania Avenue NW Apt 42\",\"city\":\"San Francisco\","
    "\"zip\":\"94105-1234\",\"id\":123456789012}";

enum {
    ROUNDS = 200000
};

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void report(const char *name, double since)
{
    (void)printf("{\"name\":\"%s\",\"ns\":%.0f}\n", name, (seconds() - since) * 1e9 / ROUNDS);
}

int main(void)
{
    kw_span body = {(const uint8_t *)text, sizeof text - 1};
    double begin = seconds();
    for (int i = 0; i < ROUNDS; i++) {
        KW_AUTO_PTR(kw_json) tree = NULL;
        if (kw_json_parse(&tree, body, 8, NULL) != KW_OK) {
            return 1;
        }
    }
    report("json/parse/300", begin);
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    begin = seconds();
    for (int i = 0; i < ROUNDS; i++) {
        record out = {0};
        kw_arena_reset(&arena);
        if (kw_json_decode(&out, &arena, &record_schema, body, NULL) != KW_OK) {
            return 1;
        }
    }
    report("json/decode/300", begin);
    begin = seconds();
    for (int i = 0; i < ROUNDS; i++) {
        json_t *tree = json_loadb(text, sizeof text - 1, JSON_REJECT_DUPLICATES, NULL);
        if (tree == NULL) {
            return 1;
        }
        json_decref(tree);
    }
    report("json/jansson/300", begin);
    return 0;
}
