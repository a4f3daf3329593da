/* SPDX-License-Identifier: Apache-2.0
 * A repository in memory. */
#include "support/tuf_repo.h"

#include "codec/hex.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "support/expect.h"
#include "tuf/engine/cjson.h"
#include "tuf/engine/match.h"

#include <stdio.h>

enum {
    FILE_BYTES_MAX = 1 << 20,
    TARGETS_BYTES_MAX = 1 << 20,
};

static const char *const top_names[] = {"root", "timestamp", "snapshot", "targets"};

/* ---- keys ---- */

static kw_ed25519_key key_of(unsigned number)
{
    kw_ed25519_key key;
    kw_secret32 seed = {{0}};
    seed.secret[0] = (uint8_t)number;
    seed.secret[1] = (uint8_t)(number >> 8);
    kw_ed25519_key_of_seed(&key, &seed);
    return key;
}

static tuf_hex hex_of(kw_span bytes)
{
    tuf_hex hex = {{0}};
    assert_true(bytes.len == 32);
    kw_hex_encode_to(hex.text, bytes);
    return hex;
}

static void append(kw_buf *out, const char *text)
{
    EXPECT_OK(kw_buf_append_str(out, kw_str_of(text)));
}

/* In canonical form, which keyids are made of. */
static void write_key_value(kw_buf *out, unsigned number)
{
    kw_ed25519_key key = key_of(number);
    append(out, "{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\"");
    append(out, hex_of(KW_SPAN(key.public_half.bytes)).text);
    append(out, "\"},\"scheme\":\"ed25519\"}");
}

tuf_hex tuf_keyid(unsigned number)
{
    KW_AUTO(kw_buf) value = kw_buf_init(1024);
    kw_hash32 hash;
    write_key_value(&value, number);
    kw_sha256(&hash, kw_buf_view(&value));
    return hex_of(KW_SPAN(hash.bytes));
}

void tuf_write_key(kw_buf *out, unsigned number)
{
    EXPECT_OK(kw_buf_append_format(out, "\"%s\":", tuf_keyid(number).text));
    write_key_value(out, number);
}

static kw_status sign(void *ctx, kw_ed25519_signature *out, kw_span message, kw_error *err)
{
    KW_UNUSED(err);
    kw_ed25519_key key = key_of((unsigned)(uintptr_t)ctx);
    kw_ed25519_sign(&key, out, message);
    return KW_OK;
}

kw_tuf_signer tuf_signer(unsigned number)
{
    return (kw_tuf_signer){
        .key = key_of(number).public_half, .sign = sign, .ctx = (void *)(uintptr_t)number};
}

void tuf_sign(kw_buf *out, kw_str body, const unsigned *signers, size_t count)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_AUTO(kw_buf) form = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(body), 64, NULL));
    EXPECT_OK(kw_tuf_cjson_write(&form, tree, NULL));
    append(out, "{\"signatures\":[");
    for (size_t i = 0; i < count; i++) {
        kw_ed25519_key key = key_of(signers[i]);
        kw_ed25519_signature sig;
        char hex[2 * sizeof sig.bytes];
        kw_ed25519_sign(&key, &sig, kw_buf_view(&form));
        kw_hex_encode_to(hex, KW_SPAN(sig.bytes));
        EXPECT_OK(kw_buf_append_format(out, "%s{\"keyid\":\"%s\",\"sig\":\"%.*s\"}",
                                       i == 0 ? "" : ",", tuf_keyid(signers[i]).text,
                                       (int)sizeof hex, hex));
    }
    append(out, "],\n \"signed\":");
    EXPECT_OK(kw_buf_append_str(out, body));
    append(out, "}\n");
}

/* ---- roles ---- */

static size_t top_index(const char *name)
{
    size_t at = 0;
    while (at < KW_COUNT(top_names) && strcmp(top_names[at], name) != 0) {
        at++;
    }
    return at;
}

static tuf_role *find_role(tuf_repo *repo, const char *name)
{
    for (size_t i = 0; i < repo->roles_count; i++) {
        if (strcmp(repo->roles[i].name, name) == 0) {
            return &repo->roles[i];
        }
    }
    return NULL;
}

tuf_role *tuf_repo_role(tuf_repo *repo, const char *name)
{
    tuf_role *role = find_role(repo, name);
    assert_non_null(role);
    return role;
}

tuf_keys *tuf_repo_keys(tuf_repo *repo, const char *name)
{
    size_t at = top_index(name);
    assert_true(at < KW_COUNT(repo->top));
    return &repo->top[at];
}

tuf_role *tuf_repo_add_role(tuf_repo *repo, const char *name)
{
    assert_true(repo->roles_count < KW_COUNT(repo->roles));
    tuf_role *role = &repo->roles[repo->roles_count++];
    (void)snprintf(role->name, sizeof role->name, "%s", name);
    role->expires = repo->expires;
    role->type = top_index(name) < KW_COUNT(top_names) ? top_names[top_index(name)] : "targets";
    role->extra = "";
    role->targets = kw_buf_init(TARGETS_BYTES_MAX);
    return role;
}

static void let_sign(tuf_repo *repo, const char *name, unsigned key)
{
    tuf_role *role = tuf_repo_role(repo, name);
    role->signers[role->signers_count++] = key;
}

static void add_key_to(tuf_keys *keys, unsigned key)
{
    keys->ids[keys->count++] = key;
}

void tuf_repo_add_key(tuf_repo *repo, const char *name)
{
    unsigned key = repo->next_key++;
    add_key_to(tuf_repo_keys(repo, name), key);
    let_sign(repo, name, key);
}

void tuf_repo_rotate(tuf_repo *repo, const char *name)
{
    tuf_keys *keys = tuf_repo_keys(repo, name);
    keys->count = 0;
    tuf_repo_role(repo, name)->signers_count = 0;
    for (unsigned i = 0; i < keys->threshold; i++) {
        tuf_repo_add_key(repo, name);
    }
}

/* ---- bodies ---- */

static void write_role_keys(kw_buf *out, const tuf_keys *keys)
{
    append(out, "\"keyids\":[");
    for (size_t i = 0; i < keys->count; i++) {
        EXPECT_OK(
            kw_buf_append_format(out, "%s\"%s\"", i == 0 ? "" : ",", tuf_keyid(keys->ids[i]).text));
    }
    EXPECT_OK(kw_buf_append_format(out, "],\"threshold\":%u", keys->threshold));
}

/* Keys of all these roles, each once. */
static void write_keys(kw_buf *out, const tuf_keys *const *roles, size_t count)
{
    bool is_written[1024] = {false};
    const char *comma = "";
    append(out, "\"keys\":{");
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < roles[i]->count; k++) {
            unsigned number = roles[i]->ids[k];
            assert_true(number < KW_COUNT(is_written));
            if (!is_written[number]) {
                append(out, comma);
                tuf_write_key(out, number);
                comma = ",";
            }
            is_written[number] = true;
        }
    }
    append(out, "}");
}

static void write_root(const tuf_repo *repo, kw_buf *out)
{
    const tuf_keys *roles[] = {&repo->top[0], &repo->top[1], &repo->top[2], &repo->top[3]};
    append(out,
           repo->is_plain ? ",\"consistent_snapshot\":false," : ",\"consistent_snapshot\":true,");
    write_keys(out, roles, KW_COUNT(roles));
    append(out, ",\"roles\":{");
    for (size_t i = 0; i < KW_COUNT(roles); i++) {
        EXPECT_OK(kw_buf_append_format(out, "%s\"%s\":{", i == 0 ? "" : ",", top_names[i]));
        write_role_keys(out, roles[i]);
        append(out, "}");
    }
    append(out, "}");
}

static const kw_buf *newest(const tuf_repo *repo, const char *name)
{
    kw_tuf_quoted quoted;
    char wanted[KW_TUF_FILE_NAME_BYTES_MAX + 8];
    EXPECT_OK(kw_tuf_quote(&quoted, kw_str_of(name)));
    (void)snprintf(wanted, sizeof wanted, ".%s.json", quoted.text);
    for (size_t i = repo->files_count; i > 0; i--) {
        if (kw_str_ends_with(kw_str_of(repo->files[i - 1].name), kw_str_of(wanted))) {
            return &repo->files[i - 1].bytes;
        }
    }
    return NULL;
}

static void write_entry(const tuf_repo *repo, kw_buf *out, const tuf_role *role)
{
    EXPECT_OK(kw_buf_append_format(out, "\"%s.json\":{\"version\":%u", role->name, role->listed));
    if (repo->lists_hashes) {
        kw_hash32 hash;
        const kw_buf *bytes = newest(repo, role->name);
        kw_sha256(&hash, kw_buf_view(bytes));
        EXPECT_OK(kw_buf_append_format(out, ",\"length\":%zu,\"hashes\":{\"sha256\":\"%s\"}",
                                       bytes->len, hex_of(KW_SPAN(hash.bytes)).text));
    }
    append(out, "}");
}

static bool is_listed_in(const tuf_role *role, const char *name)
{
    bool is_snapshot = strcmp(role->name, "snapshot") == 0;
    bool is_targets = top_index(role->name) >= 3;
    return role->listed > 0 && (strcmp(name, "timestamp") == 0 ? is_snapshot : is_targets);
}

static void write_meta(const tuf_repo *repo, kw_buf *out, const char *name)
{
    const char *comma = "";
    append(out, ",\"meta\":{");
    for (size_t i = 0; i < repo->roles_count; i++) {
        if (is_listed_in(&repo->roles[i], name)) {
            append(out, comma);
            write_entry(repo, out, &repo->roles[i]);
            comma = ",";
        }
    }
    append(out, "}");
}

static void write_delegation(kw_buf *out, const tuf_delegation *d)
{
    EXPECT_OK(kw_buf_append_format(out, "{\"name\":\"%s\",", d->role));
    write_role_keys(out, &d->keys);
    EXPECT_OK(kw_buf_append_format(out, ",\"paths\":[%s],\"terminating\":%s}", d->paths,
                                   d->is_terminating ? "true" : "false"));
}

static void write_targets(const tuf_repo *repo, kw_buf *out, const tuf_role *role)
{
    const tuf_keys *keys[TUF_DELEGATIONS_MAX];
    size_t count = 0;
    append(out, ",\"targets\":{");
    EXPECT_OK(kw_buf_append(out, kw_buf_view(&role->targets)));
    append(out, "}");
    if (repo->bins != NULL && strcmp(role->name, "targets") == 0) {
        append(out, ",\"delegations\":{");
        append(out, repo->bins);
        append(out, "}");
        return;
    }
    for (size_t i = 0; i < repo->delegations_count; i++) {
        if (strcmp(repo->delegations[i].delegator, role->name) == 0) {
            keys[count++] = &repo->delegations[i].keys;
        }
    }
    if (count == 0) {
        return;
    }
    append(out, ",\"delegations\":{");
    write_keys(out, keys, count);
    const char *comma = ",\"roles\":[";
    for (size_t i = 0; i < repo->delegations_count; i++) {
        if (strcmp(repo->delegations[i].delegator, role->name) == 0) {
            append(out, comma);
            write_delegation(out, &repo->delegations[i]);
            comma = ",";
        }
    }
    append(out, "]}");
}

static void write_body(const tuf_repo *repo, kw_buf *out, const tuf_role *role)
{
    EXPECT_OK(kw_buf_append_format(
        out, "{\"_type\":\"%s\",\"spec_version\":\"1.0.31\",\"version\":%u,\"expires\":\"%s\"%s",
        role->type, role->version, role->expires, role->extra));
    switch (top_index(role->name)) {
    case 0:
        write_root(repo, out);
        break;
    case 1:
    case 2:
        write_meta(repo, out, role->name);
        break;
    default:
        write_targets(repo, out, role);
        break;
    }
    append(out, "}");
}

/* ---- publishing ---- */

static tuf_file *add_file(tuf_repo *repo, const char *name)
{
    assert_true(repo->files_count < KW_COUNT(repo->files));
    tuf_file *file = &repo->files[repo->files_count++];
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    file->bytes = kw_buf_init(FILE_BYTES_MAX);
    return file;
}

void tuf_repo_publish_again(tuf_repo *repo, const char *name)
{
    KW_AUTO(kw_buf) body = kw_buf_init(FILE_BYTES_MAX);
    kw_tuf_quoted quoted;
    char file_name[KW_TUF_FILE_NAME_BYTES_MAX + 24];
    const tuf_role *role = tuf_repo_role(repo, name);
    write_body(repo, &body, role);
    EXPECT_OK(kw_tuf_quote(&quoted, kw_str_of(name)));
    (void)snprintf(file_name, sizeof file_name, "%u.%s.json", role->version, quoted.text);
    tuf_file *file = add_file(repo, file_name);
    tuf_sign(&file->bytes, kw_buf_text(&body), role->signers, role->signers_count);
}

void tuf_repo_publish(tuf_repo *repo, const char *name)
{
    tuf_repo_role(repo, name)->version++;
    tuf_repo_publish_again(repo, name);
}

void tuf_repo_update_timestamp(tuf_repo *repo)
{
    tuf_role *snapshot = tuf_repo_role(repo, "snapshot");
    snapshot->listed = snapshot->version;
    tuf_repo_publish(repo, "timestamp");
}

void tuf_repo_update_snapshot(tuf_repo *repo)
{
    for (size_t i = 0; i < repo->roles_count; i++) {
        if (top_index(repo->roles[i].name) >= 3) {
            repo->roles[i].listed = repo->roles[i].version;
        }
    }
    tuf_repo_publish(repo, "snapshot");
    tuf_repo_update_timestamp(repo);
}

void tuf_repo_init_until(tuf_repo *repo, const char *expires)
{
    *repo = (tuf_repo){.next_key = 100, .expires = expires};
    for (size_t i = 0; i < KW_COUNT(top_names); i++) {
        (void)tuf_repo_add_role(repo, top_names[i]);
        repo->top[i].threshold = 1;
        tuf_repo_add_key(repo, top_names[i]);
    }
    tuf_repo_publish(repo, "root");
    tuf_repo_publish(repo, "targets");
    tuf_repo_update_snapshot(repo);
}

void tuf_repo_init(tuf_repo *repo)
{
    tuf_repo_init_until(repo, TUF_LATER);
}

void tuf_repo_drop(tuf_repo *repo)
{
    for (size_t i = 0; i < repo->roles_count; i++) {
        kw_buf_drop(&repo->roles[i].targets);
    }
    for (size_t i = 0; i < repo->files_count; i++) {
        kw_buf_drop(&repo->files[i].bytes);
    }
    repo->roles_count = 0;
    repo->files_count = 0;
}

void tuf_repo_add_target(tuf_repo *repo, const char *role, const char *path, const char *content)
{
    kw_hash32 hash;
    kw_buf *targets = &tuf_repo_role(repo, role)->targets;
    kw_sha256(&hash, kw_span_of_str(kw_str_of(content)));
    EXPECT_OK(kw_buf_append_format(
        targets, "%s\"%s\":{\"length\":%zu,\"hashes\":{\"sha256\":\"%s\"}}",
        targets->len == 0 ? "" : ",", path, strlen(content), hex_of(KW_SPAN(hash.bytes)).text));
    char name[2 * TUF_NAME_BYTES];
    (void)snprintf(name, sizeof name, "target:%s", path);
    append(&add_file(repo, name)->bytes, content);
}

void tuf_repo_replace_target(tuf_repo *repo, const char *path, const char *content)
{
    char name[2 * TUF_NAME_BYTES];
    (void)snprintf(name, sizeof name, "target:%s", path);
    append(&add_file(repo, name)->bytes, content);
}

tuf_delegation *tuf_repo_delegate(tuf_repo *repo, const char *delegator, const char *role,
                                  const char *paths)
{
    assert_true(repo->delegations_count < KW_COUNT(repo->delegations));
    tuf_delegation *d = &repo->delegations[repo->delegations_count++];
    (void)snprintf(d->delegator, sizeof d->delegator, "%s", delegator);
    (void)snprintf(d->role, sizeof d->role, "%s", role);
    d->paths = paths;
    d->keys.threshold = 1;
    if (find_role(repo, role) == NULL) {
        (void)tuf_repo_add_role(repo, role);
    }
    unsigned key = repo->next_key++;
    add_key_to(&d->keys, key);
    let_sign(repo, role, key);
    return d;
}

/* ---- serving ---- */

/* "1.root.json" is the last one with that name, "timestamp.json" the newest version. */
const kw_buf *tuf_repo_peek(const tuf_repo *repo, const char *name)
{
    bool has_version = name[0] >= '0' && name[0] <= '9';
    for (size_t i = repo->files_count; i > 0; i--) {
        const char *file = repo->files[i - 1].name;
        const char *plain = has_version ? file : strchr(file, '.');
        if (plain != NULL && strcmp(has_version ? plain : plain + 1, name) == 0) {
            return &repo->files[i - 1].bytes;
        }
    }
    return NULL;
}

const kw_buf *tuf_repo_fetch(tuf_repo *repo, const char *name)
{
    assert_true(repo->requests_count < KW_COUNT(repo->requests));
    (void)snprintf(repo->requests[repo->requests_count++], TUF_NAME_BYTES, "%s", name);
    return tuf_repo_peek(repo, name);
}

void tuf_repo_expect_requests(const tuf_repo *repo, size_t from, const char *wanted)
{
    KW_AUTO(kw_buf) got = kw_buf_init(FILE_BYTES_MAX);
    for (size_t i = from; i < repo->requests_count; i++) {
        EXPECT_OK(kw_buf_append_format(&got, "%s%s", i == from ? "" : " ", repo->requests[i]));
    }
    EXPECT_STR(kw_buf_text(&got), wanted);
}
