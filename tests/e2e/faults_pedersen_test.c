/* SPDX-License-Identifier: Apache-2.0
 * Faults of machines and networks in suite 2. */
#include "support/committee_faults.h"
#include "threshold/engine/roster/scope.h"

int main(void)
{
    return committee_faults_run(KW_SUITE_PEDERSEN, "e2e/faults/pedersen");
}
