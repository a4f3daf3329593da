/* SPDX-License-Identifier: Apache-2.0
 * A house whose daemon calls others: notices and tables over loopback. */
#ifndef KW_TESTS_SUPPORT_HOUSE_EMTP_H
#define KW_TESTS_SUPPORT_HOUSE_EMTP_H

#include "support/house.h"

/* Puts lines behind the configuration; "%" stands for the folder. */
void house_configure(house *h, const char *yaml);

/* Issues the certificate "pki/<name>" for a server on loopback. */
void house_issue_server(house *h, const char *name);

/* HTTP status of a notice by HOUSE_CLINIC (its key) or HOUSE_MEMBER (its certificate). */
int house_notify(house *h, house_who who, const char *form);

#endif /* KW_TESTS_SUPPORT_HOUSE_EMTP_H */
