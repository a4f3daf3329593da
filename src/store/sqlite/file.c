/* SPDX-License-Identifier: Apache-2.0
 * Making and recognising the database file. */
#include "store/sqlite/file.h"

#include "os/file.h"
#include "os/lock.h"
#include "store/limits.h"
#include "store/sqlite/fault.h"

#include <sqlite3.h>
#include <stdio.h>

/* Header of a database file: https://www.sqlite.org/fileformat.html, section 1.3. */
enum {
    HEADER_BYTES = 100,
    WRITE_VERSION_AT = 18,
    READ_VERSION_AT = 19,
    VERSION_WAL = 2,
    STORE_FILE_MODE = 0600
};

/* An empty database in memory, as the bytes of its file. */
static kw_status write_image(sqlite3 *db, const char *path, kw_error *err)
{
    char pragma[64];
    (void)snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d", KW_SQLITE_APPLICATION_ID);
    int code = sqlite3_exec(db, pragma, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        return kw_sqlite_fail(db, code, err);
    }
    sqlite3_int64 len = 0;
    unsigned char *image = sqlite3_serialize(db, "main", &len, 0);
    KW_REQUIRE(image != NULL, err, KW_NO_MEMORY, "no memory for an empty database");
    /* Born in WAL mode: when two connections switch a file to it at once, each holds the lock that
     * the other waits for, and SQLite answers one of them BUSY without asking the busy handler. */
    image[WRITE_VERSION_AT] = VERSION_WAL;
    image[READ_VERSION_AT] = VERSION_WAL;
    kw_status st = kw_file_write_atomic(path, (kw_span){image, (size_t)len}, STORE_FILE_MODE, err);
    sqlite3_free(image);
    return st;
}

static kw_status create(const char *path, kw_error *err)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL);
    kw_status st = code == SQLITE_OK ? write_image(db, path, err) : kw_sqlite_fail(db, code, err);
    (void)sqlite3_close(db); /* nothing is open on it: it cannot be refused */
    return st;
}

/* "<path><ending>". */
typedef struct side_path {
    char text[KW_STORE_WHERE_BYTES_MAX + 8];
} side_path;

static side_path beside(const char *path, const char *ending)
{
    side_path side = {0};
    (void)snprintf(side.text, sizeof side.text, "%s%s", path, ending);
    return side;
}

/* A log without its database: the file was removed, and what it held is lost with it. */
static kw_status refuse_orphan_log(const char *path, kw_error *err)
{
    kw_file_info info = {0};
    kw_status st = kw_file_stat(&info, beside(path, "-wal").text, NULL);
    if (st == KW_NOT_FOUND) {
        return KW_OK;
    }
    KW_TRY_AT(err, st, "looking at the write-ahead log of the store");
    return kw_fail(err, KW_CORRUPT, "the store's file is gone, its write-ahead log is still there");
}

/* Two processes that start at once must not rename their files over each other's. */
static kw_status create_once(const char *path, kw_error *err)
{
    KW_AUTO(kw_file_lock) lock = {0};
    KW_TRY(kw_file_lock_take(&lock, beside(path, "-lock").text, KW_STORE_BUSY_MS, err));
    kw_file_info info = {0};
    kw_status st = kw_file_stat(&info, path, NULL);
    if (st == KW_NOT_FOUND) {
        KW_TRY(refuse_orphan_log(path, err));
        st = create(path, err);
    }
    return st;
}

kw_status kw_sqlite_file_prepare(const kw_store_options *options, kw_error *err)
{
    kw_file_info info = {0};
    kw_status st = kw_file_stat(&info, options->where, NULL);
    if (st == KW_NOT_FOUND) {
        KW_REQUIRE(options->create, err, KW_NOT_FOUND, "there is no store at this path");
        KW_TRY_AT(err, create_once(options->where, err), "creating the store");
        st = kw_file_stat(&info, options->where, NULL);
    }
    KW_TRY_AT(err, st, "looking at the store's file");
    KW_REQUIRE(!info.is_directory, err, KW_CONFIG, "the store's path is a folder");
    KW_REQUIRE(info.size >= HEADER_BYTES, err, KW_CORRUPT, "the store's file is empty or cut off");
    return KW_OK;
}
