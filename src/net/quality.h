/* SPDX-License-Identifier: Apache-2.0
 * Quality values of Accept fields (RFC 9110 section 12.4.2). Pure. */
#ifndef KW_NET_QUALITY_H
#define KW_NET_QUALITY_H

#include "base/span.h"

/* Splits "gzip;q=0.5" into its trimmed name and its quality in thousandths, 0..1000; 1000 when
 * there is no q. Other parameters are passed over. */
int kw_quality_split(kw_str item, kw_str *out_name);

#endif /* KW_NET_QUALITY_H */
