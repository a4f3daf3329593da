/* SPDX-License-Identifier: Apache-2.0
 * The bounds of everything this folder parses. */
#ifndef KW_CODEC_LIMITS_H
#define KW_CODEC_LIMITS_H

/* Nesting of JSON and YAML input, and of schemas. */
#define KW_TREE_DEPTH_MAX 64

/* A whole YAML document, and its nodes. */
#define KW_YAML_BYTES_MAX (1 << 20)
#define KW_YAML_NODES_MAX 20000

/* Largest integer that every JSON reader keeps exact (RFC 7493); larger ones travel as strings. */
#define KW_JSON_INTEGER_MAX INT64_C(9007199254740991)

#endif /* KW_CODEC_LIMITS_H */
