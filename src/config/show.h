/* SPDX-License-Identifier: Apache-2.0
 * A configuration as text: what is in effect, what there is, and what a reload would change. */
#ifndef KW_CONFIG_SHOW_H
#define KW_CONFIG_SHOW_H

#include "config/option.h"

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

#endif /* KW_CONFIG_SHOW_H */
