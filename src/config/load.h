/* SPDX-License-Identifier: Apache-2.0
 * A configuration from its sources, each over the one before: fallbacks, YAML file, environment
 * (KEYWARD_<SECTION>_<NAME>), assignments of the command line (section.name=value). */
#ifndef KW_CONFIG_LOAD_H
#define KW_CONFIG_LOAD_H

#include "config/option.h"

typedef struct kw_config_sources {
    kw_span yaml;        /* text of the file; empty: there is none */
    kw_strs environment; /* "KEYWARD_NET_PORT=8443", as kw_config_environment gives them */
    kw_strs assignments; /* "net.port=8443" */
} kw_config_sources;

/* The variables of this process that begin with KEYWARD_, copied to the arena. LIMIT. */
KW_MUST_USE kw_status kw_config_environment(kw_strs *out, kw_arena *arena);

/* Fills the configuration; its texts and lists live in the arena. A list option is replaced, not
 * extended: in environment and assignments its items are separated by ','. `out` is written only on
 * success. CONFIG: an unknown section or option (with a suggestion), a bad value, a KW_REQ option
 * that no source gives, YAML that is not accepted; the text names the source ("line 12: ", the
 * variable, the assignment), never a value. LIMIT: the arena is full, or a list or the file is too
 * long. Variables that begin with KEYWARD_ but with no section's name are not options. */
KW_MUST_USE kw_status kw_config_load(void *out, kw_arena *arena, const kw_config_shape *shape,
                                     const kw_config_sources *sources, kw_error *err);

#endif /* KW_CONFIG_LOAD_H */
