/* SPDX-License-Identifier: Apache-2.0
 * The files, store and slots of one operator on this machine, for commands that work on them while
 * no daemon runs: a cluster of one for development, with a sealed key and a pinned master key. */
#ifndef KW_TESTS_SUPPORT_NODE_DESK_H
#define KW_TESTS_SUPPORT_NODE_DESK_H

#include "cli/dev_cluster.h"
#include "store/store.h"
#include "threshold/slots_place.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"

#define NODE_DESK_PASSPHRASE "of the operator key"

typedef struct node_desk {
    tempdir dir; /* backup.passphrase, wrong.passphrase */
    tempdir_path folder;
    tempdir_path configuration;
    kw_arena arena;
    kw_cli cli;
    kw_dev_cluster cluster;
    kw_group_g2_bytes master; /* that the cluster file pins */
    tempdir_path folder_of_slots;
    kw_slots_place slots; /* in that folder; a test may name another place */
    seeded_rng seed;
    kw_rng rng;
} node_desk;

/* Makes all of it: the store has two applications and the share of no epoch. Stays where it is. */
void node_desk_make(node_desk *desk);
void node_desk_drop(node_desk *desk);

/* "<folder>/node1/<name>" */
tempdir_path node_desk_path(const node_desk *desk, const char *name);

/* Writes a private file of the node. */
void node_desk_write(const node_desk *desk, const char *name, const char *text);

/* Replaces words of the configuration; they are there. */
void node_desk_edit(const node_desk *desk, const char *from, const char *to);

/* As if a daemon had started once. */
void node_desk_run(node_desk *desk);

/* As if the node had a session: a record in its store that a restart goes on from. */
void node_desk_go_on(node_desk *desk);

/* Opens the store of the node; the caller frees it. */
kw_store *node_desk_store(const node_desk *desk);

/* Removes what the node has, its keys and certificates too, but not threshold.passphrase_file. */
void node_desk_lose(const node_desk *desk);

/* Runs `keyward` with words and expects the exit code, and the text in what it says. "%" stands for
 * the folder of the test. */
void node_desk_expect(const node_desk *desk, int exit_code, const char *words, const char *text);

#endif /* KW_TESTS_SUPPORT_NODE_DESK_H */
