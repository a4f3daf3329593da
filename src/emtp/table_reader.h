/* SPDX-License-Identifier: Apache-2.0
 * Visits the token tables that participants announced and hands their rows to the registry. */
#ifndef KW_EMTP_TABLE_READER_H
#define KW_EMTP_TABLE_READER_H

#include "emtp/notifier.h"
#include "emtp/service_match.h"

/* Safe for any number of threads. */
typedef struct kw_emtp_table_reader kw_emtp_table_reader;

/* Calls go out as notices do (kw_emtp_notifier_options; `audit` and `threads` too). */
KW_MUST_USE kw_status kw_emtp_table_reader_new(kw_emtp_table_reader **out,
                                               kw_emtp_registry *registry,
                                               const kw_emtp_notifier_options *options,
                                               kw_error *err);

/* Takes NULL. */
void kw_emtp_table_reader_free(kw_emtp_table_reader *reader);
KW_AUTO_PTR_DEFINE(kw_emtp_table_reader);

/* Reads the table of a participant soon, from behind the last row that was applied. LIMIT,
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_table_reader_ask(kw_emtp_table_reader *reader, kw_str participant,
                                               kw_str surl);

/* Tables that are to be read or are being read. */
size_t kw_emtp_table_reader_pending(kw_emtp_table_reader *reader);

#endif /* KW_EMTP_TABLE_READER_H */
