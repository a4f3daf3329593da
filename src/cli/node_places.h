/* SPDX-License-Identifier: Apache-2.0
 * Where an operator's node keeps its things: what a backup wants to know of the configuration of
 * keywardd. */
#ifndef KW_CLI_NODE_PLACES_H
#define KW_CLI_NODE_PLACES_H

#include "cli/command.h"
#include "threshold/backup_files.h"
#include "threshold/engine/roster/cluster_file.h"
#include "threshold/limits.h"
#include "threshold/slots_place.h"

/* Texts live in the command's arena, with a NUL behind. */
typedef struct kw_node_places {
    kw_str store_url;
    kw_threshold_config threshold; /* its texts and choices; numbers are fallbacks */
    kw_address address;
    kw_backup_path files[KW_BACKUP_FILES_MAX];
    size_t files_count;
} kw_node_places;

/* What is read. */
typedef struct kw_node_yaml {
    kw_str path; /* of the configuration; a file of the backup, too */
    kw_span text;
    bool with_tls; /* also the certificates and keys of listeners and calls */
} kw_node_yaml;

/* Reads the text alone: what the environment or a command line of the daemon sets is not seen.
 * CONFIG: not YAML, or not that of an operator. LIMIT. */
KW_MUST_USE kw_status kw_node_places_read(kw_cli *cli, kw_node_places *out,
                                          const kw_node_yaml *yaml, kw_error *err);

/* The same from the file that --config names. USAGE: it names none. Else as kw_file_read. */
KW_MUST_USE kw_status kw_node_places_of_config(kw_cli *cli, kw_node_places *out, bool with_tls,
                                               kw_error *err);

/* Reads the cluster file, in the command's arena. REFUSED: it pins no key, and a node that comes
 * back believes certificates by the pin alone. Else as kw_file_read and kw_cluster_file_decode. */
KW_MUST_USE kw_status kw_node_places_cluster(kw_cli *cli, kw_cluster_file *out,
                                             const kw_node_places *places, kw_error *err);

/* The slots of a node whose daemon does not run. BUSY: it runs. Else as kw_slots_place_take. */
KW_MUST_USE kw_status kw_node_slots_take(kw_slots **out, const kw_slots_place *place,
                                         const kw_slots_owner *owner, const kw_rng *rng,
                                         kw_error *err);

#endif /* KW_CLI_NODE_PLACES_H */
