/* SPDX-License-Identifier: Apache-2.0
 * Privileges, Landlock and seccomp of the daemon. Source: hardening.md section 10. */
#include "node/confine.h"

#include "crypto/secret.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "os/secmem.h"

enum {
    PATHS_MAX = 64,
    FOLDERS_MAX = 32,
    PATH_BYTES_MAX = 1024,
    LOCKED_BYTES_MIN = 1 << 20, /* keys and their answers */
};

kw_status kw_confine_process(const kw_node_config *config, kw_error *err)
{
    KW_TRY(kw_process_harden(err));
    if (kw_process_is_root()) {
        KW_REQUIRE(config->daemon.user.len > 0, err, KW_REFUSED,
                   "started as root without daemon.user: name an unprivileged user");
        KW_TRY(kw_process_drop_to(config->daemon.user.ptr, err));
    }
    /* Only now: no limit of locked memory holds for root. */
    return kw_secmem_check(LOCKED_BYTES_MIN, err);
}

/* A list of paths; the texts live as long as the configuration or are kept here. */
typedef struct path_list {
    const char *items[PATHS_MAX];
    size_t count;
    char kept[FOLDERS_MAX][PATH_BYTES_MAX];
    size_t kept_count;
} path_list;

static void add(path_list *list, const char *path)
{
    if (path != NULL && path[0] != '\0') {
        KW_ASSERT(list->count < PATHS_MAX);
        list->items[list->count] = path;
        list->count++;
    }
}

/* The folder that holds a file: it is replaced by rename, or has companions (-wal, -shm). */
static kw_status add_folder_of(path_list *list, kw_str path, kw_error *err)
{
    if (path.len == 0) {
        return KW_OK;
    }
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/') {
        len--;
    }
    KW_REQUIRE(len < PATH_BYTES_MAX, err, KW_CONFIG, "a path is too long");
    KW_ASSERT(list->kept_count < KW_COUNT(list->kept));
    char *kept = list->kept[list->kept_count];
    list->kept_count++;
    if (len > 0) {
        memcpy(kept, path.ptr, len);
    } else {
        kept[0] = '.';
    }
    add(list, kept);
    return KW_OK;
}

static kw_status add_folders_of(path_list *list, const kw_str *paths, size_t count, kw_error *err)
{
    for (size_t i = 0; i < count; i++) {
        KW_TRY(add_folder_of(list, paths[i], err));
    }
    return KW_OK;
}

static kw_status add_listener(path_list *list, const kw_listener_config *listener, kw_error *err)
{
    const kw_str paths[] = {listener->certificate_file, listener->key_file,
                            listener->client_ca_file, listener->crl_file, listener->ocsp_file};
    return add_folders_of(list, paths, KW_COUNT(paths), err);
}

static kw_status list_readable(path_list *list, const kw_node_config *config, kw_error *err)
{
    /* Libraries that load late (name resolution, TLS providers), names of hosts, system CAs. */
    static const char *const system[] = {"/etc",
                                         "/usr",
                                         "/lib",
                                         "/lib64",
                                         "/proc/self",
                                         "/proc/sys",
                                         "/sys/devices/system/cpu",
                                         "/dev/urandom",
                                         "/dev/null"};
    for (size_t i = 0; i < KW_COUNT(system); i++) {
        add(list, system[i]);
    }
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    kw_node_listeners(config, listeners);
    for (size_t i = 0; i < KW_COUNT(listeners); i++) {
        KW_TRY(add_listener(list, &listeners[i], err));
    }
    add(list, config->store.seal_file.ptr);
    const kw_str paths[] = {config->emtp.notify_ca_file, config->emtp.notify_certificate_file,
                            config->emtp.notify_key_file};
    KW_TRY(add_folders_of(list, paths, KW_COUNT(paths), err));
    const kw_threshold_config *threshold = &config->threshold;
    /* Not its signing keys, which were read before: in a folder of their own they are out of
     * reach. */
    const kw_str operator_paths[] = {threshold->cluster_file, threshold->operators_file,
                                     threshold->ca_file,      threshold->certificate_file,
                                     threshold->tls_key_file, threshold->token_keys_file};
    return add_folders_of(list, operator_paths, KW_COUNT(operator_paths), err);
}

static kw_status list_writable(path_list *list, const kw_node_config *config, kw_error *err)
{
    kw_str sqlite = KW_STR("sqlite:");
    if (kw_str_starts_with(config->store.url, sqlite)) {
        kw_str path = {config->store.url.ptr + sqlite.len, config->store.url.len - sqlite.len};
        KW_TRY(add_folder_of(list, path, err));
    }
    add(list, config->guard.audit_dir.ptr);
    const kw_threshold_config *threshold = &config->threshold;
    add(list, threshold->slots_dir.ptr);
    add(list, threshold->evidence_dir.ptr);
    if (threshold->slots == KW_SLOTS_ON_TOKEN) {
        add(list, threshold->pkcs11_dir.ptr);
    }
    /* These folders are made when absent. */
    KW_TRY(add_folder_of(list, config->guard.audit_dir, err));
    KW_TRY(add_folder_of(list, threshold->slots_dir, err));
    KW_TRY(add_folder_of(list, threshold->evidence_dir, err));
    return config->log.file.len > 0 ? add_folder_of(list, config->log.file, err) : KW_OK;
}

kw_status kw_confine_files(const kw_node_config *config, const char *config_path, const char *extra,
                           kw_error *err)
{
    if (!config->daemon.sandbox) {
        return KW_OK;
    }
    path_list readable = {0};
    path_list writable = {0};
    KW_TRY(list_readable(&readable, config, err));
    KW_TRY(
        add_folder_of(&readable, config_path != NULL ? kw_str_of(config_path) : (kw_str){0}, err));
    KW_TRY(add_folder_of(&readable, extra != NULL ? kw_str_of(extra) : (kw_str){0}, err));
    KW_TRY(list_writable(&writable, config, err));
    kw_sandbox_paths paths = {.readable = readable.items,
                              .readable_count = readable.count,
                              .writable = writable.items,
                              .writable_count = writable.count};
    bool is_active = false;
    KW_TRY_AT(err, kw_sandbox_restrict_files(&is_active, &paths, err), "restricting files");
    KW_TRY_AT(err, kw_sandbox_enter(KW_SANDBOX_START, err), "filtering system calls");
    return KW_OK;
}

kw_status kw_confine_serving(const kw_node_config *config, kw_error *err)
{
    if (!config->daemon.sandbox) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_sandbox_enter(KW_SANDBOX_SERVE, err), "filtering system calls");
    return KW_OK;
}
