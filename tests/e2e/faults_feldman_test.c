/* SPDX-License-Identifier: Apache-2.0
 * Faults of machines and networks in suite 1. */
#include "support/committee_faults.h"
#include "threshold/engine/roster/scope.h"

int main(void)
{
    return committee_faults_run(KW_SUITE_FELDMAN, "e2e/faults/feldman");
}
