/* SPDX-License-Identifier: Apache-2.0
 * What faulty operators do. Each has a whole engine, which thinks that it is honest; a behaviour
 * stands between that engine and the network. */
#ifndef KW_TESTS_KW_SIM_FAULTS_H
#define KW_TESTS_KW_SIM_FAULTS_H

#include "kw_sim/world.h"

struct sim_fault {
    const char *name; /* "wrong share" */
    /* The engine wants to send a message. True: the behaviour did what it does with it, instead. */
    bool (*send)(sim_node *self, const sim_letter *letter);
    void (*begin)(sim_node *self); /* at each boundary; NULL: nothing */
    /* Somebody asks for a certificate or a message. True: it got an answer. NULL: never. */
    bool (*answer)(sim_node *self, uint16_t to, const sim_parcel *asked);
    uint8_t proof; /* of which number it leaves one behind; 0: none */
};

extern const sim_fault sim_faults[];
extern const size_t sim_faults_count;

#endif /* KW_TESTS_KW_SIM_FAULTS_H */
