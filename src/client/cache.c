/* SPDX-License-Identifier: Apache-2.0
 * Sealed cache file. Secret inputs: the body, which holds epoch keys. */
#include "client/cache.h"

#include "base/buf.h"
#include "codec/reader.h"
#include "codec/writer.h"
#include "os/file.h"

#define MAGIC KW_STR("KWCACHE1")

enum {
    HEAD_BYTES = 8 + 8,
    URL_BYTES_MAX = 4096,
};

#define FILE_BYTES_MAX (HEAD_BYTES + KW_CLIENT_ANSWER_BYTES_MAX + KW_AEAD_OVERHEAD_BYTES)

/* Head of the file and the server's URL. */
static kw_status write_aad(kw_buf *out, const kw_client_cache *cache, kw_span head)
{
    KW_TRY(kw_buf_append(out, head));
    return kw_buf_append_str(out, kw_str_of(cache->server_url));
}

static kw_status open_sealed(const kw_client_cache *cache, kw_secret_bytes *out, kw_span file,
                             kw_unix_ms *out_fetched_ms)
{
    kw_reader r = kw_reader_of(file);
    kw_str magic = kw_str_of_span(kw_read_span(&r, MAGIC.len));
    uint64_t fetched_ms = kw_read_u64be(&r);
    kw_span sealed = kw_read_rest(&r);
    if (kw_read_end(&r) != KW_OK || !kw_str_equal(magic, MAGIC) || fetched_ms > INT64_MAX) {
        return KW_CORRUPT;
    }
    KW_AUTO(kw_buf) aad = kw_buf_init(HEAD_BYTES + URL_BYTES_MAX);
    KW_TRY(write_aad(&aad, cache, (kw_span){file.ptr, HEAD_BYTES}));
    KW_TRY(
        kw_aead_open(cache->aead, out, kw_secret_key_view(cache->key), sealed, kw_buf_view(&aad)));
    *out_fetched_ms = (kw_unix_ms)fetched_ms;
    return KW_OK;
}

kw_status kw_client_cache_load(const kw_client_cache *cache, kw_secret_bytes *out_body,
                               kw_unix_ms *out_fetched_ms, kw_error *err)
{
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&file, cache->path, err), "reading the key cache");
    kw_status st = open_sealed(cache, out_body, kw_buf_view(&file), out_fetched_ms);
    KW_REQUIRE(st != KW_CORRUPT, err, KW_CORRUPT,
               "the key cache does not open with this credential for this server");
    KW_TRY_AT(err, st, "opening the key cache");
    return KW_OK;
}

static kw_status write_file(const kw_client_cache *cache, kw_buf *out, kw_secret_span body,
                            kw_unix_ms fetched_ms)
{
    kw_writer w = kw_writer_to(out);
    kw_write_str(&w, MAGIC);
    kw_write_u64be(&w, (uint64_t)fetched_ms);
    KW_TRY(kw_write_end(&w));
    KW_AUTO(kw_buf) aad = kw_buf_init(HEAD_BYTES + URL_BYTES_MAX);
    KW_TRY(write_aad(&aad, cache, kw_buf_view(out)));
    return kw_aead_seal(cache->aead, out, kw_secret_key_view(cache->key), body, kw_buf_view(&aad));
}

kw_status kw_client_cache_store(const kw_client_cache *cache, kw_secret_span body,
                                kw_unix_ms fetched_ms, kw_error *err)
{
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    KW_TRY_AT(err, write_file(cache, &file, body, fetched_ms), "sealing the key cache");
    KW_TRY_AT(err, kw_file_write_atomic(cache->path, kw_buf_view(&file), 0600, err),
              "writing the key cache");
    return KW_OK;
}
