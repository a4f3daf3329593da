/* SPDX-License-Identifier: Apache-2.0
 * keywardd: read the configuration, give up rights, serve until told to stop. */
#include "config/show.h"
#include "net/http_client.h"
#include "node/args.h"
#include "node/confine.h"
#include "node/daemon.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/stream.h"

enum {
    TEXT_BYTES_MAX = 1 << 20,
    ARENA_BYTES_MAX = 1 << 20,
    LOOK_MS = 1000 /* between two looks at files */
};

/* ---- events ---- */

typedef struct ev_started {
    kw_str version;
    int64_t pid;
} ev_started;
static const kw_field started_fields[] = {KW_FIELD(ev_started, version, 64, KW_REQ),
                                          KW_FIELD(ev_started, pid, INT64_MAX, KW_REQ)};
KW_LOG_EVENT(ev_started, "daemon_started", KW_LOG_INFO, started_fields);

typedef struct ev_stopping {
    kw_str why;
} ev_stopping;
static const kw_field stopping_fields[] = {KW_FIELD(ev_stopping, why, 32, KW_REQ)};
KW_LOG_EVENT(ev_stopping, "daemon_stopping", KW_LOG_INFO, stopping_fields);

typedef struct ev_reload {
    kw_str code;
    kw_str text;
} ev_reload;
static const kw_field reload_fields[] = {KW_FIELD(ev_reload, code, 32, KW_REQ),
                                         KW_FIELD(ev_reload, text, 2000, KW_CONTROLS)};
KW_LOG_EVENT(ev_reload, "daemon_reloaded", KW_LOG_WARN, reload_fields);

/* ---- reload ---- */

/* Everything that lives from the start to the end. */
typedef struct program {
    kw_arena arena;
    kw_node_args args;
    kw_node_settings settings; /* of the start; what reloads stands in `reloaded` */
    kw_node_settings reloaded;
    const kw_node_config *in_use; /* of one of them */
    kw_log_file *log_file;
    kw_log *log;
    kw_signing_keys signing;
    kw_slots_place slots;
    kw_daemon *daemon;
} program;

static void program_drop(program *self)
{
    kw_daemon_free(self->daemon);
    kw_slots_place_drop(&self->slots);
    kw_signing_keys_drop(&self->signing);
    kw_log_free(self->log);
    kw_log_file_free(self->log_file);
    kw_node_settings_drop(&self->reloaded);
    kw_node_settings_drop(&self->settings);
    kw_arena_drop(&self->arena);
}

static const char *path_of(kw_str text)
{
    return text.len > 0 ? text.ptr : NULL;
}

static kw_status load(const program *self, kw_node_settings *out, kw_error *err)
{
    return kw_node_settings_load(out, path_of(self->args.config), self->args.set, err);
}

static kw_status take_over(program *self, const kw_node_config *fresh, kw_buf *changes,
                           kw_error *err)
{
    KW_TRY(kw_config_diff(changes, &kw_node_shape, &self->settings.config, fresh, err));
    KW_TRY(kw_daemon_reload(self->daemon, fresh, err));
    KW_TRY(kw_log_file_reopen(self->log_file, err));
    kw_log_set_level(self->log, fresh->log.level);
    return KW_OK;
}

/* A configuration that is refused changes nothing; the daemon serves on as it was. */
static void reload(program *self)
{
    kw_error err = {0};
    kw_node_settings fresh = {0};
    KW_AUTO(kw_buf) changes = kw_buf_init(TEXT_BYTES_MAX);
    kw_status st = load(self, &fresh, &err);
    if (st == KW_OK) {
        st = take_over(self, &fresh.config, &changes, &err);
    }
    kw_str text = st == KW_OK ? kw_buf_text(&changes) : kw_str_of(err.text);
    KW_LOG(self->log, ev_reload, .code = kw_str_of(kw_status_name(st)), .text = text);
    kw_node_settings *unused = st == KW_OK ? &self->reloaded : &fresh;
    kw_node_settings_drop(unused);
    if (st == KW_OK) {
        self->reloaded = fresh;
        self->in_use = &self->reloaded.config;
    }
}

/* ---- the life of the process ---- */

static kw_status write_text(kw_str text, kw_error *err)
{
    kw_stream out = kw_stream_stdout();
    return kw_stream_write(&out, kw_span_of_str(text), err);
}

static kw_status wait_for_stop(program *self, kw_signals *signals, kw_error *err)
{
    for (;;) {
        kw_signal signal = KW_SIGNAL_NONE;
        KW_TRY(kw_signals_wait(signals, &signal, LOOK_MS, err));
        switch (signal) {
        case KW_SIGNAL_NONE:
            kw_daemon_look(self->daemon, self->in_use);
            break;
        case KW_SIGNAL_RELOAD:
            reload(self);
            break;
        case KW_SIGNAL_STOP:
            KW_LOG(self->log, ev_stopping, .why = KW_STR("signal"));
            return KW_OK;
        }
    }
}

static kw_status open_log(program *self, kw_error *err)
{
    const kw_log_config *config = &self->settings.config.log;
    KW_TRY_AT(err, kw_log_file_open(&self->log_file, path_of(config->file), err), "the log file");
    kw_log_sink sink = kw_log_file_sink(self->log_file);
    KW_TRY_AT(err, kw_log_new(&self->log, &sink, config->level), "opening the log");
    return KW_OK;
}

static kw_status serve(program *self, kw_error *err)
{
    const kw_node_config *config = &self->settings.config;
    KW_AUTO(kw_signals) signals = {0};
    uint64_t files = 0;
    KW_TRY(kw_process_raise_files(&files, config->daemon.files_max, err));
    KW_TRY(kw_confine_process(config, err));
    KW_TRY(kw_signals_open(&signals, err));
    KW_TRY(kw_signing_keys_open(&self->signing, &config->threshold, err));
    KW_TRY(kw_slots_place_open(&self->slots, &config->threshold, err));
    KW_TRY(
        kw_confine_files(config, path_of(self->args.config), path_of(self->args.test_clock), err));
    KW_TRY(open_log(self, err));
    kw_daemon_options options = {.config = config,
                                 .signing = &self->signing,
                                 .slots = &self->slots,
                                 .test_clock_path = path_of(self->args.test_clock),
                                 .log = self->log};
    KW_TRY(kw_daemon_start(&self->daemon, &options, err));
    self->in_use = config;
    KW_TRY(kw_confine_serving(config, err));
    KW_LOG(self->log, ev_started, .version = KW_STR(KW_VERSION), .pid = kw_process_id());
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    KW_TRY_AT(err, kw_daemon_describe(self->daemon, &text), "describing the listeners");
    KW_TRY(write_text(kw_buf_text(&text), err));
    return wait_for_stop(self, &signals, err);
}

static kw_status run(program *self, kw_strs words, kw_error *err)
{
    self->arena = kw_arena_init(ARENA_BYTES_MAX);
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    KW_TRY(kw_node_args_read(&self->args, &self->arena, words, err));
    if (self->args.help) {
        KW_TRY_AT(err, kw_node_args_help(&text), "writing the help page");
        return write_text(kw_buf_text(&text), err);
    }
    if (self->args.version) {
        return write_text(KW_STR("keywardd " KW_VERSION "\n"), err);
    }
    KW_TRY(load(self, &self->settings, err));
    if (self->args.print_config) {
        KW_TRY_AT(err, kw_config_print(&text, &kw_node_shape, &self->settings.config), "printing");
        return write_text(kw_buf_text(&text), err);
    }
    if (self->args.check_config) {
        return write_text(KW_STR("the configuration is valid\n"), err);
    }
    KW_TRY(kw_http_client_setup(err));
    return serve(self, err);
}

static void complain(kw_status st, const kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    kw_status built = kw_buf_append_format(&text, "keywardd: %s: %s\n", kw_status_name(st),
                                           err->text[0] != '\0' ? err->text : kw_status_text(st));
    kw_stream out = kw_stream_stderr();
    if (built == KW_OK) {
        /* Nobody is left to tell when standard error is closed. */
        kw_status written = kw_stream_write(&out, kw_buf_view(&text), NULL);
        KW_UNUSED(written);
    }
}

int main(int argc, char **argv)
{
    kw_str words[256];
    size_t count = 0;
    for (int i = 1; i < argc && count < KW_COUNT(words); i++) {
        words[count] = kw_str_of(argv[i]);
        count++;
    }
    kw_error err = {0};
    program self = {0};
    kw_status st = run(&self, (kw_strs){words, count}, &err);
    if (st != KW_OK) {
        complain(st, &err);
    }
    program_drop(&self);
    return kw_status_exit_code(st);
}
