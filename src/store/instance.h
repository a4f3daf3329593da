/* SPDX-License-Identifier: Apache-2.0
 * What a kw_store is made of, private to store/. */
#ifndef KW_STORE_INSTANCE_H
#define KW_STORE_INSTANCE_H

#include "store/pool.h"
#include "store/writer.h"

/* `readers.lock` and `writer.lock` are never held together. */
struct kw_store {
    kw_store_backend backend;
    char *where; /* owned; the pool and the connections borrow it */
    kw_pool readers;
    kw_store_writer writer;
};

#endif /* KW_STORE_INSTANCE_H */
