/* SPDX-License-Identifier: Apache-2.0
 * A configuration from its sources, each over the one before: fallbacks, YAML file, environment
 * (KEYWARD_<SECTION>_<NAME>), assignments of the command line (section.name=value). */
#ifndef KW_CONFIG_LOAD_H
#define KW_CONFIG_LOAD_H

#include "config/option.h"

typedef struct kw_config_sources {
    kw_span yaml;                   /* text of the file; empty: there is none */
    const char *const *environment; /* "NAME=value" ..., NULL at its end; NULL: there is none */
    kw_strs assignments;            /* "section.name=value" */
} kw_config_sources;

/* Fills the configuration; its texts and lists live in the arena. A list option is replaced, not
 * extended: in environment and assignments its items are separated by ','. `out` is written only on
 * success. CONFIG: an unknown section or option (with a suggestion), a bad value, a KW_REQ option
 * that no source gives, YAML that is not accepted; the text names the source ("line 12: ", the
 * variable, the assignment), never a value. LIMIT: the arena is full. Variables that begin with
 * KEYWARD_ but with no section's name are not options and are left alone. */
KW_MUST_USE kw_status kw_config_load(void *out, kw_arena *arena, const kw_config_shape *shape,
                                     const kw_config_sources *sources, kw_error *err);

/* Appends the effective configuration as YAML that kw_config_load reads, KW_SECRET redacted.
 * LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_config_print(kw_buf *out, const kw_config_shape *shape,
                                      const void *config);

/* Appends the reference of all options as Markdown. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_config_reference(kw_buf *out, const kw_config_shape *shape);

/* Compares two configurations and appends the changed names, "net.body_bytes_max" one a line.
 * CONFIG: one of them may only change with a restart; `err` names it. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_config_diff(kw_buf *out, const kw_config_shape *shape, const void *before,
                                     const void *after, kw_error *err);

#endif /* KW_CONFIG_LOAD_H */
