/* SPDX-License-Identifier: Apache-2.0
 * The table of section 2 of threshold.md, written from there. */
#include "threshold/paths.h"

#include "support/expect.h"

static const struct {
    kw_message_type type;
    uint64_t epoch;
    const char *path;
} table[] = {
    {KW_MESSAGE_HELLO, 1, "/dkg/hello"},     {KW_MESSAGE_HELLO, 2, "/reshare/hello"},
    {KW_MESSAGE_DEAL, 1, "/dkg/commitment"}, {KW_MESSAGE_DEAL, 7, "/reshare/commitment"},
    {KW_MESSAGE_SHARES, 1, "/dkg/share"},    {KW_MESSAGE_SHARES, 2, "/reshare/share"},
    {KW_MESSAGE_HAVE, 1, "/dkg/ack"},        {KW_MESSAGE_HAVE, 2, "/reshare/ack"},
    {KW_MESSAGE_ECHO, 1, "/dkg/ack"},        {KW_MESSAGE_ECHO, 2, "/reshare/ack"},
    {KW_MESSAGE_PROPOSE, 1, "/dkg/agree"},   {KW_MESSAGE_PROPOSE, 2, "/reshare/agree"},
    {KW_MESSAGE_PREVOTE, 1, "/dkg/agree"},   {KW_MESSAGE_PREVOTE, 2, "/reshare/agree"},
    {KW_MESSAGE_PRECOMMIT, 1, "/dkg/agree"}, {KW_MESSAGE_PRECOMMIT, 2, "/reshare/agree"},
    {KW_MESSAGE_EXTRACT, 1, "/dkg/extract"}, {KW_MESSAGE_RECONSTRUCT, 1, "/dkg/extract"},
    {KW_MESSAGE_COMMIT, 1, "/dkg/complete"}, {KW_MESSAGE_COMMIT, 2, "/reshare/complete"},
    {KW_MESSAGE_SEAL, 1, "/dkg/complete"},   {KW_MESSAGE_SEAL, 2, "/reshare/complete"},
};

static void path_takes__is_the_table_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(table); i++) {
        kw_message_header header = {.type = table[i].type, .epoch = table[i].epoch};
        for (size_t k = 0; k < KW_COUNT(table); k++) {
            bool wanted = strcmp(table[i].path, table[k].path) == 0;
            assert_int_equal(kw_peer_path_takes(table[k].path, &header), wanted);
        }
        assert_false(kw_peer_path_takes("/dkg", &header));
    }
}

static void path_of__reads_the_header(void **state)
{
    (void)state;
    uint8_t payload[KW_MESSAGE_HEADER_BYTES] = {'K', 'W', 'T', '1', KW_MESSAGE_ECHO, 1};
    payload[79] = 2; /* epoch */
    kw_authenticated message = {.payload = KW_SPAN(payload)};
    assert_string_equal(kw_peer_path_of(&message), "/reshare/ack");
    payload[79] = 1;
    assert_string_equal(kw_peer_path_of(&message), "/dkg/ack");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_takes__is_the_table_and_nothing_else),
        cmocka_unit_test(path_of__reads_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
