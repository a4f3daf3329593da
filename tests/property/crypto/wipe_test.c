/* SPDX-License-Identifier: Apache-2.0
 * After a secret was used and dropped, no copy of it is anywhere in this process's memory. */
#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hmac.h"
#include "crypto/kdf.h"
#include "crypto/note.h"
#include "support/expect.h"
#include "support/seeded_rng.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Without optimisation the compiler keeps values in stack slots that nobody can name: what it then
 * leaves behind says nothing of the programs that are shipped. */
#ifdef __OPTIMIZE__
static const bool is_optimized = true;
#else
static const bool is_optimized = false;
#endif

enum {
    NEEDLE_BYTES = 16,
    CHUNK_BYTES = 1 << 16
};

/* Larger ones are the sanitizers' own, many gigabytes that nobody wrote to. */
#define MAPPING_BYTES_MAX (1UL << 26)

/* Byte i of the secret, as a rule instead of a table, so that the search itself holds no copy. */
static uint8_t secret_byte(size_t i)
{
    return (uint8_t)(i * 197 + 31);
}

/* How the secret stands in memory. */
typedef struct disguise {
    const char *name;
    uint8_t mask; /* XORed to each byte */
} disguise;

static const disguise disguises[] = {
    {"as it is", 0}, {"under the inner pad", 0x36}, {"under the outer pad", 0x5c}};

static bool is_needle(const uint8_t *at, uint8_t mask)
{
    for (size_t i = 0; i < NEEDLE_BYTES; i++) {
        if (at[i] != (uint8_t)(secret_byte(i) ^ mask)) {
            return false;
        }
    }
    return true;
}

static size_t count_in(const uint8_t *bytes, size_t len, uint8_t mask)
{
    size_t count = 0;
    const uint8_t first = (uint8_t)(secret_byte(0) ^ mask);
    const uint8_t *end = &bytes[len];
    const uint8_t *at = memchr(bytes, first, len);
    while (at != NULL && end - at >= NEEDLE_BYTES) {
        count += is_needle(at, mask) ? 1 : 0;
        at = memchr(at + 1, first, (size_t)(end - at) - 1);
    }
    return count;
}

/* Copies in one mapping. The chunks overlap, so that none is missed at a border; what was read is
 * wiped, so that none is found twice. */
static size_t count_in_mapping(int mem, unsigned long from, unsigned long to, uint8_t mask)
{
    static uint8_t chunk[CHUNK_BYTES];
    size_t count = 0;
    for (unsigned long at = from; at < to; at += CHUNK_BYTES - NEEDLE_BYTES + 1) {
        bool is_own = at <= (uintptr_t)chunk + CHUNK_BYTES && at + CHUNK_BYTES >= (uintptr_t)chunk;
        size_t wanted = KW_MIN((size_t)CHUNK_BYTES, to - at);
        ssize_t got = is_own ? 0 : pread(mem, chunk, wanted, (off_t)at);
        count += got > 0 ? count_in(chunk, (size_t)got, mask) : 0;
        kw_wipe(chunk, sizeof chunk);
    }
    return count;
}

static size_t copies(uint8_t mask)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY);
    assert_true(maps != NULL && mem >= 0);
    char line[1024];
    size_t count = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        char *rest = NULL;
        unsigned long from = strtoul(line, &rest, 16);
        unsigned long to = strtoul(rest + 1, &rest, 16);
        bool is_shadow = to - from > MAPPING_BYTES_MAX;
        if (!is_shadow && strncmp(rest, " rw", 3) == 0) {
            count += count_in_mapping(mem, from, to, mask);
        }
    }
    assert_int_equal(fclose(maps) | close(mem), 0);
    return count;
}

static void make_secret(kw_secret32 *out)
{
    for (size_t i = 0; i < sizeof out->secret; i++) {
        out->secret[i] = secret_byte(i);
    }
}

static void expect_no_copy(const char *after)
{
    for (size_t i = 0; i < KW_COUNT(disguises); i++) {
        size_t found = copies(disguises[i].mask);
        if (found > 0) {
            print_error("%s leaves %zu copies of the secret %s\n", after, found, disguises[i].name);
        }
        assert_int_equal(found, 0);
    }
}

/* What each use does with a secret of its own; nothing outlives the call. */
static void use_key_and_bytes(void)
{
    KW_AUTO(kw_secret32) secret = {0};
    make_secret(&secret);
    KW_AUTO_PTR(kw_secret_key) key = NULL;
    EXPECT_OK(kw_secret_key_new(&key, &secret));
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(1 << 16);
    for (int i = 0; i < 200; i++) { /* grows several times */
        EXPECT_OK(kw_secret_bytes_append(&bytes, kw_secret32_view(kw_secret_key_view(key))));
    }
}

static void use_hmac(void)
{
    KW_AUTO(kw_secret32) secret = {0};
    make_secret(&secret);
    KW_AUTO(kw_hmac_key) key = {0};
    kw_hmac_key_init(&key, &secret);
    kw_hash32 tags[20];
    kw_span messages[20];
    for (size_t i = 0; i < KW_COUNT(messages); i++) {
        messages[i] = kw_span_of_str(KW_STR("message"));
    }
    kw_hmac_key_tag_many(&key, tags, messages, KW_COUNT(messages));
    kw_hmac_sha256(&tags[0], kw_secret32_view(&secret), messages[0]);
}

/* The secret as the message of a batch, as personal data is. */
static void use_as_message(void)
{
    KW_AUTO(kw_secret32) secret = {0};
    make_secret(&secret);
    KW_AUTO(kw_secret32) other = {{1}};
    KW_AUTO(kw_hmac_key) key = {0};
    kw_hmac_key_init(&key, &other);
    kw_hash32 tags[20];
    kw_span messages[20];
    for (size_t i = 0; i < KW_COUNT(messages); i++) {
        messages[i] = KW_SPAN(secret.secret);
    }
    kw_hmac_key_tag_many(&key, tags, messages, KW_COUNT(messages));
}

static void use_kdf_and_aead(void)
{
    seeded_rng rng = {.seed = 1};
    KW_AUTO(kw_secret32) secret = {0};
    make_secret(&secret);
    KW_AUTO(kw_secret32) derived = {0};
    kw_hkdf_sha256(&derived, kw_secret32_view(&secret), (kw_span){0}, KW_STR("keyward/test/v1"));
    KW_AUTO_PTR(kw_aead) aead = NULL;
    EXPECT_OK(kw_aead_new(&aead, seeded_rng_port(&rng)));
    KW_AUTO(kw_buf) sealed = kw_buf_init(100);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(100);
    EXPECT_OK(kw_aead_seal(aead, &sealed, &secret, kw_secret32_view(&secret), (kw_span){0}));
    EXPECT_OK(kw_aead_open(aead, &plain, &secret, kw_buf_view(&sealed), (kw_span){0}));
}

static void use_signer(void)
{
    KW_AUTO(kw_secret32) secret = {0};
    make_secret(&secret);
    KW_AUTO(kw_ed25519_key) key = {0};
    kw_ed25519_key_of_seed(&key, &secret);
    KW_AUTO(kw_note_signer) signer = {0};
    EXPECT_OK(kw_note_signer_init(&signer, KW_STR("name"), &key));
    KW_AUTO(kw_buf) note = kw_buf_init(1000);
    EXPECT_OK(kw_note_sign(&signer, &note, KW_STR("text\n"), NULL));
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(1000);
    KW_AUTO(kw_note_signer) again = {0};
    EXPECT_OK(kw_note_signer_format(&text, &signer));
    EXPECT_OK(kw_note_signer_parse(&again, kw_secret_bytes_view(&text), NULL));
}

static void search__finds_a_living_secret(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) secret = {0};
    make_secret(&secret);
    assert_int_equal(copies(0), 1);
    KW_AUTO_PTR(kw_secret_key) key = NULL;
    EXPECT_OK(kw_secret_key_new(&key, &secret));
    assert_int_equal(copies(0), 2); /* guarded memory is searched too */
    kw_secret_key_free(key);
    key = NULL;
    kw_secret32_drop(&secret);
    expect_no_copy("the search");
}

static void uses__leave_no_copy_behind(void **state)
{
    (void)state;
    if (!is_optimized) {
        print_message("built without optimisation\n");
        skip();
    }
    static const struct {
        const char *name;
        void (*use)(void);
    } uses[] = {{"a key in guarded memory", use_key_and_bytes},
                {"HMAC", use_hmac},
                {"a batch of messages", use_as_message},
                {"HKDF and AES-GCM", use_kdf_and_aead},
                {"Ed25519 and notes", use_signer}};
    for (size_t i = 0; i < KW_COUNT(uses); i++) {
        uses[i].use();
        expect_no_copy(uses[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search__finds_a_living_secret),
        cmocka_unit_test(uses__leave_no_copy_behind),
    };
    return cmocka_run_group_tests_name("property/crypto/wipe", tests, NULL, NULL);
}
