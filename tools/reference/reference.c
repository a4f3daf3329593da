/* SPDX-License-Identifier: Apache-2.0
 * kw-reference DIR: writes the reference pages from the tables that the programs themselves run on.
 * tools/docs.sh calls it; make lint fails when docs/ says something else. */
#include "cli/command.h"
#include "cli/commands.h"
#include "emtp/api.h"
#include "guard/api.h"
#include "net/openapi.h"
#include "net/route.h"
#include "node/api.h"
#include "node/config.h"
#include "threshold/api.h"
#include "os/dir.h"
#include "os/file.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    PAGE_BYTES_MAX = 4 << 20,
    PATH_BYTES_MAX = 4096,
    TABLES = 7, /* those that node/daemon.c mounts */
    FILE_MODE = 0644,
    FOLDER_MODE = 0755
};

typedef kw_status (*page_writer)(kw_buf *page);

/* ---- statuses ---- */

static kw_status write_statuses(kw_buf *page)
{
    static const kw_status all[] = {
#define X(name, ...) KW_##name,
        KW_STATUS_TABLE(X)
#undef X
    };
    KW_TRY(kw_buf_append_format(page, "# Statuses\n\n"
                                      "How a request, a command or a call can end "
                                      "(`src/base/status.h`).\n\n"
                                      "| code | number | HTTP | exit | again? | meaning |\n"
                                      "|---|---|---|---|---|---|\n"));
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        kw_status st = all[i];
        KW_TRY(kw_buf_append_format(page, "| `%s` | %d | %d | %d | %s | %s |\n", kw_status_name(st),
                                    (int)st, kw_status_http(st), kw_status_exit_code(st),
                                    kw_status_is_retryable(st) ? "yes" : "no", kw_status_text(st)));
    }
    return KW_OK;
}

/* ---- options ---- */

static const char *kind_text(kw_field_kind kind)
{
    switch (kind) {
    case KW_KIND_BOOL:
        return "true, false";
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
        return "number";
    case KW_KIND_STR:
        return "text";
    case KW_KIND_SPAN:
        return "base64";
    case KW_KIND_HASH32:
        return "hash";
    case KW_KIND_STRS:
        return "list of texts";
    case KW_KIND_ENUM:
        return "one of";
    case KW_KIND_OBJECT:
        return "object";
    case KW_KIND_LIST:
        return "list of objects";
    }
    return "";
}

static bool is_number(const kw_field *field)
{
    return field->kind >= KW_KIND_INT && field->kind <= KW_KIND_U64;
}

static kw_status write_values(kw_buf *page, const kw_field *field)
{
    KW_TRY(kw_buf_append_format(page, "%s", kind_text(field->kind)));
    if (is_number(field)) {
        return kw_buf_append_format(page, " %" PRId64 "..%" PRIu64, field->min, field->max);
    }
    for (size_t i = 0; i < field->names_count; i++) {
        KW_TRY(kw_buf_append_format(page, " `%s`", field->names[i].name));
    }
    return KW_OK;
}

static kw_status write_default(kw_buf *page, const kw_field *field)
{
    if ((field->flags & KW_REQ) != 0) {
        return kw_buf_append_format(page, "required");
    }
    if (field->fallback == NULL || field->fallback[0] == '\0') {
        return kw_buf_append_format(page, "none");
    }
    return kw_buf_append_format(page, "`%s`", field->fallback);
}

/* Rows of a schema and, behind each object or list, the rows inside it: at most one level deep, as
 * the configuration is. */
static kw_status write_options_of(kw_buf *page, const kw_schema *schema, const char *inside)
{
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        KW_TRY(kw_buf_append_format(page, "| `%s%s` | ", inside, field->name));
        KW_TRY(write_values(page, field));
        KW_TRY(kw_buf_append_format(page, " | "));
        KW_TRY(write_default(page, field));
        KW_TRY(kw_buf_append_format(page, " | %s | %s |\n", field->reloads ? "yes" : "",
                                    field->help == NULL ? "" : field->help));
    }
    return KW_OK;
}

static kw_status write_section(kw_buf *page, const kw_section *section)
{
    KW_TRY(
        kw_buf_append_format(page,
                             "\n## %s\n\n%s\n\n| option | values | default | reloads | meaning |\n"
                             "|---|---|---|---|---|\n",
                             section->name, section->help));
    KW_TRY(write_options_of(page, section->schema, ""));
    for (size_t i = 0; i < section->schema->count; i++) {
        const kw_field *field = &section->schema->fields[i];
        if (field->schema != NULL) {
            char inside[64];
            (void)snprintf(inside, sizeof inside, "%s[].", field->name);
            KW_TRY(write_options_of(page, field->schema, inside));
        }
    }
    return KW_OK;
}

static kw_status write_options(kw_buf *page)
{
    KW_TRY(kw_buf_append_format(
        page,
        "# Options of keywardd\n\n"
        "Sources, later ones win: defaults, the YAML file of `--config`, the environment\n"
        "(`KEYWARD_<SECTION>_<NAME>`), `--set section.name=value`. An unknown option refuses\n"
        "the start. \"reloads\" says what a SIGHUP may change.\n"));
    for (size_t i = 0; i < kw_node_shape.count; i++) {
        KW_TRY(write_section(page, &kw_node_shape.sections[i]));
    }
    return KW_OK;
}

/* ---- routes ---- */

static const kw_mount *all_mounts(kw_mount mounts[TABLES])
{
    mounts[0] = (kw_mount){kw_node_routes, kw_node_routes_count, NULL};
    mounts[1] = (kw_mount){kw_emtp_routes, kw_emtp_routes_count, NULL};
    mounts[2] = (kw_mount){kw_emtp_admin_routes, kw_emtp_admin_routes_count, NULL};
    mounts[3] = (kw_mount){kw_guard_admin_routes, kw_guard_admin_routes_count, NULL};
    mounts[4] = (kw_mount){kw_threshold_routes, kw_threshold_routes_count, NULL};
    mounts[5] = (kw_mount){kw_threshold_admin_routes, kw_threshold_admin_routes_count, NULL};
    mounts[6] = (kw_mount){kw_threshold_peer_routes, kw_threshold_peer_routes_count, NULL};
    return mounts;
}

static const char *rate_text(kw_rate rate)
{
    switch (rate) {
    case KW_RATE_NONE:
        return "none";
    case KW_RATE_READ:
        return "read";
    case KW_RATE_CRYPTO:
        return "crypto";
    case KW_RATE_ADMIN:
        return "admin";
    case KW_RATE_HEAVY:
        return "heavy";
    case KW_RATE_FREE:
        return "free";
    }
    return "";
}

static kw_status write_routes(kw_buf *page)
{
    kw_mount mounts[TABLES];
    (void)all_mounts(mounts);
    KW_TRY(kw_buf_append_format(page,
                                "# Routes\n\n"
                                "Requests and replies in full: [openapi.json](../openapi.json)."
                                "\n\n| route | listener | permission | largest body | rate "
                                "| audit | what |\n|---|---|---|---|---|---|---|\n"));
    for (size_t m = 0; m < KW_COUNT(mounts); m++) {
        for (size_t i = 0; i < mounts[m].routes_count; i++) {
            const kw_route *row = &mounts[m].routes[i];
            KW_TRY(kw_buf_append_format(page, "| `%s %s` | %s | `%s` | %zu | %s | `%s` | %s |\n",
                                        kw_method_name(row->method), row->path,
                                        kw_listener_name(row->listener), row->permission,
                                        row->body_bytes_max, rate_text(row->rate), row->audit,
                                        row->summary));
        }
    }
    return KW_OK;
}

static kw_status write_openapi(kw_buf *page)
{
    kw_mount mounts[TABLES];
    return kw_openapi_write(page, all_mounts(mounts), KW_COUNT(mounts), KW_VERSION);
}

/* ---- commands ---- */

static kw_status write_commands(kw_buf *page)
{
    KW_TRY(kw_buf_append_format(page, "# Commands of keyward\n\n"
                                      "Options of each: `keyward COMMAND --help`, or its page in "
                                      "[man](../man).\n\n| command | does |\n|---|---|\n"));
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        const kw_command *command = kw_keyward.commands[i];
        KW_TRY(
            kw_buf_append_format(page, "| `keyward %s` | %s |\n", command->words, command->help));
    }
    return KW_OK;
}

/* ---- the files ---- */

static kw_status write_file(const char *folder, const char *name, page_writer writer, kw_error *err)
{
    KW_AUTO(kw_buf) page = kw_buf_init(PAGE_BYTES_MAX);
    char path[PATH_BYTES_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof path, err, KW_USAGE,
               "the folder's name is too long");
    KW_TRY_AT(err, writer(&page), "making %s", name);
    return kw_file_write_atomic(path, kw_buf_view(&page), FILE_MODE, err);
}

static kw_status write_all(const char *folder, kw_error *err)
{
    static const struct {
        const char *name;
        page_writer writer;
    } files[] = {
        {"statuses.md", write_statuses}, {"options.md", write_options},
        {"routes.md", write_routes},     {"commands.md", write_commands},
        {"openapi.json", write_openapi},
    };
    KW_TRY(kw_dir_make(folder, FOLDER_MODE, err));
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        KW_TRY(write_file(folder, files[i].name, files[i].writer, err));
    }
    return KW_OK;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fputs("usage: kw-reference DIR\n", stderr);
        return kw_status_exit_code(KW_USAGE);
    }
    kw_error err = {0};
    kw_status st = write_all(argv[1], &err);
    if (st != KW_OK) {
        (void)fprintf(stderr, "kw-reference: %s\n", err.text);
    }
    return kw_status_exit_code(st);
}
