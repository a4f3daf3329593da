/* SPDX-License-Identifier: Apache-2.0
 * Field tables as JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it). */
#ifndef KW_CODEC_JSON_SCHEMA_H
#define KW_CODEC_JSON_SCHEMA_H

#include "codec/json.h"

/* Writes the schema of a body: all members but KW_PATH and KW_QUERY, nested ones inline,
 * additionalProperties false. A failure sticks to the writer. */
void kw_json_schema_write(kw_json_writer *w, const kw_schema *schema);

/* Writes the schema of one member: of a path or query parameter, say. */
void kw_json_schema_write_field(kw_json_writer *w, const kw_field *field);

#endif /* KW_CODEC_JSON_SCHEMA_H */
