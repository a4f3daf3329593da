/* SPDX-License-Identifier: Apache-2.0
 * Files of the online roles. Source: TUF 1.0.34 sections 4.2, "snapshot.json", "timestamp.json". */
#include "tuf/engine/write.h"

#include "codec/hex.h"
#include "crypto/hash.h"
#include "tuf/engine/cjson.h"

#include <stdio.h>

static void write_member(kw_json_writer *w, kw_str name, kw_str value)
{
    kw_json_write_key(w, name);
    kw_json_write_str(w, value);
}

static void write_listing(kw_json_writer *w, kw_buf *name, const kw_tuf_listing *file)
{
    char hex[2 * sizeof file->sha256.bytes];
    kw_buf_clear(name);
    if (w->st == KW_OK) {
        w->st = kw_buf_append_format(name, "%.*s.json", KW_STR_ARG(file->role));
    }
    kw_json_write_key(w, kw_buf_text(name));
    kw_json_open_object(w);
    if (file->has_content) {
        kw_hex_encode_to(hex, KW_SPAN(file->sha256.bytes));
        kw_json_write_key(w, KW_STR("hashes"));
        kw_json_open_object(w);
        write_member(w, KW_STR("sha256"), (kw_str){hex, sizeof hex});
        kw_json_close_object(w);
        kw_json_write_key(w, KW_STR("length"));
        kw_json_write_u64(w, file->length);
    }
    kw_json_write_key(w, KW_STR("version"));
    kw_json_write_u64(w, file->version);
    kw_json_close_object(w);
}

kw_status kw_tuf_write_meta(kw_buf *out, kw_tuf_kind kind, const kw_tuf_head *head,
                            const kw_tuf_listing *files, size_t count)
{
    KW_ASSERT(kind == KW_TUF_SNAPSHOT || kind == KW_TUF_TIMESTAMP);
    KW_AUTO(kw_buf) name = kw_buf_init(KW_TUF_FILE_NAME_BYTES_MAX + sizeof ".json");
    char expires[KW_RFC3339_BYTES];
    kw_utc_format(expires, head->expires);
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    write_member(&w, KW_STR("_type"), kw_tuf_kind_name(kind));
    write_member(&w, KW_STR("expires"), kw_str_of(expires));
    kw_json_write_key(&w, KW_STR("meta"));
    kw_json_open_object(&w);
    for (size_t i = 0; i < count; i++) {
        write_listing(&w, &name, &files[i]);
    }
    kw_json_close_object(&w);
    write_member(&w, KW_STR("spec_version"), KW_STR("1.0.34"));
    kw_json_write_key(&w, KW_STR("version"));
    kw_json_write_u64(&w, head->version);
    kw_json_close_object(&w);
    return kw_json_write_end(&w);
}

kw_tuf_keyid_text kw_tuf_keyid_of_ed25519(const kw_ed25519_public *key)
{
    kw_tuf_keyid_text out = {{0}};
    char hex[2 * sizeof key->bytes + 1] = {0};
    char form[160];
    kw_hash32 hash;
    kw_hex_encode_to(hex, KW_SPAN(key->bytes));
    int len = snprintf(form, sizeof form,
                       "{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"%s\"},\"scheme\":"
                       "\"ed25519\"}",
                       hex);
    KW_ASSERT(len > 0 && (size_t)len < sizeof form);
    kw_sha256(&hash, (kw_span){(const uint8_t *)form, (size_t)len});
    kw_hex_encode_to(out.text, KW_SPAN(hash.bytes));
    return out;
}

static kw_status sign_body(const kw_tuf_signer *signer, kw_ed25519_signature *out, kw_str body,
                           kw_error *err)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_buf) form = kw_buf_init(2 * body.len);
    KW_TRY(kw_json_parse(&tree, kw_span_of_str(body), KW_TUF_DEPTH_MAX, err));
    KW_TRY(kw_tuf_cjson_write(&form, tree, err));
    return signer->sign(signer->ctx, out, kw_buf_view(&form), err);
}

kw_status kw_tuf_write_signed(kw_buf *out, kw_str body, const kw_tuf_signer *signer, kw_error *err)
{
    kw_ed25519_signature sig;
    char hex[2 * sizeof sig.bytes];
    KW_TRY_AT(err, sign_body(signer, &sig, body, err), "signing metadata");
    kw_hex_encode_to(hex, KW_SPAN(sig.bytes));
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("signatures"));
    kw_json_open_array(&w);
    kw_json_open_object(&w);
    write_member(&w, KW_STR("keyid"), kw_str_of(kw_tuf_keyid_of_ed25519(&signer->key).text));
    write_member(&w, KW_STR("sig"), (kw_str){hex, sizeof hex});
    kw_json_close_object(&w);
    kw_json_close_array(&w);
    kw_json_write_key(&w, KW_STR("signed"));
    kw_json_write_raw(&w, body);
    kw_json_close_object(&w);
    KW_TRY_AT(err, kw_json_write_end(&w), "writing metadata");
    return KW_OK;
}
