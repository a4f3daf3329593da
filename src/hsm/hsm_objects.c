/* SPDX-License-Identifier: Apache-2.0
 * Secrets as private data objects: application "keyward", the name as label. Source: PKCS#11 v2.40,
 * sections 4.5 and 5.7. Secret inputs: the values. */
#include "base/heap.h"
#include "hsm/hsm_inner.h"
#include "hsm/rv.h"
#include "os/secmem.h"

enum {
    AT_ONCE = 64, /* handles of one answer */
    OWN_ROWS = 4, /* attributes that all our objects have in common */
    ROWS_MAX = 6, /* and name and value */
};

/* ---- attributes ---- */

/* Takes a writable pointer, and only reads it here. */
static CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, kw_span bytes)
{
    return (CK_ATTRIBUTE){type, (void *)(uintptr_t)bytes.ptr, (CK_ULONG)bytes.len};
}

/* Stays where it is: its rows point into it. */
typedef struct template
{
    CK_OBJECT_CLASS class;
    CK_BBOOL yes;
    CK_ATTRIBUTE rows[ROWS_MAX];
    CK_ULONG count;
}
template;

/* `name`: empty for all of ours. */
static void template_init(template *t, kw_str name)
{
    static const char application[] = "keyward";
    *t = (template){.class = CKO_DATA, .yes = CK_TRUE, .count = OWN_ROWS};
    t->rows[0] = (CK_ATTRIBUTE){CKA_CLASS, &t->class, sizeof t->class};
    t->rows[1] = (CK_ATTRIBUTE){CKA_TOKEN, &t->yes, sizeof t->yes};
    t->rows[2] = (CK_ATTRIBUTE){CKA_PRIVATE, &t->yes, sizeof t->yes};
    t->rows[3] = attribute_of(CKA_APPLICATION, kw_span_of_str(kw_str_of(application)));
    if (name.len > 0) {
        t->rows[t->count++] = attribute_of(CKA_LABEL, kw_span_of_str(name));
    }
}

static kw_status check_name(kw_str name, kw_error *err)
{
    KW_REQUIRE(name.len > 0 && name.len <= KW_HSM_NAME_BYTES_MAX, err, KW_BAD_INPUT,
               "an object's name has 1 to %d bytes", KW_HSM_NAME_BYTES_MAX);
    return KW_OK;
}

/* ---- looking ---- */

/* Owned; all-zero is the empty list. */
typedef struct handles {
    CK_OBJECT_HANDLE *items;
    size_t count;
} handles;

static void handles_drop(handles *list)
{
    kw_heap_free(list->items);
    *list = (handles){0};
}

static kw_status add(handles *list, const CK_OBJECT_HANDLE *more, CK_ULONG count, kw_error *err)
{
    KW_REQUIRE(list->count + count <= KW_HSM_OBJECTS_MAX, err, KW_LIMIT,
               "more than %d objects on the token", KW_HSM_OBJECTS_MAX);
    CK_OBJECT_HANDLE *grown =
        kw_heap_resize(list->items, list->count + (size_t)count, sizeof *list->items);
    KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for a list of objects");
    memcpy(&grown[list->count], more, (size_t)count * sizeof *more);
    list->items = grown;
    list->count += (size_t)count;
    return KW_OK;
}

static kw_status collect(kw_hsm *hsm, handles *list, kw_error *err)
{
    CK_OBJECT_HANDLE some[AT_ONCE];
    CK_ULONG count = AT_ONCE;
    while (count > 0) {
        KW_TRY(kw_rv_check(hsm->calls->C_FindObjects(hsm->session, some, AT_ONCE, &count),
                           "finding objects", err));
        if (count > 0) {
            KW_TRY(add(list, some, count, err));
        }
    }
    return KW_OK;
}

/* All objects of this name; of an empty one, all of ours. */
static kw_status find(kw_hsm *hsm, handles *out, kw_str name, kw_error *err)
{
    template t;
    template_init(&t, name);
    KW_TRY(kw_rv_check(hsm->calls->C_FindObjectsInit(hsm->session, t.rows, t.count),
                       "looking for objects", err));
    kw_status st = collect(hsm, out, err);
    CK_RV end = hsm->calls->C_FindObjectsFinal(hsm->session);
    KW_TRY(st);
    return kw_rv_check(end, "ending a search", err);
}

static kw_status find_one(kw_hsm *hsm, CK_OBJECT_HANDLE *out, kw_str name, kw_error *err)
{
    KW_AUTO(handles) list = {0};
    KW_TRY(check_name(name, err));
    KW_TRY(find(hsm, &list, name, err));
    KW_REQUIRE(list.count > 0, err, KW_NOT_FOUND, "no object \"%.*s\" on the token",
               KW_STR_ARG(name));
    KW_REQUIRE(list.count == 1, err, KW_CORRUPT, "two objects \"%.*s\" on the token",
               KW_STR_ARG(name));
    *out = list.items[0];
    return KW_OK;
}

/* ---- the calls ---- */
kw_status kw_hsm_put(kw_hsm *hsm, kw_str name, kw_secret_span secret, kw_error *err)
{
    KW_AUTO(handles) list = {0};
    template t;
    CK_OBJECT_HANDLE made = 0;
    KW_TRY(check_name(name, err));
    KW_REQUIRE(secret.len <= KW_HSM_SECRET_BYTES_MAX, err, KW_LIMIT, "a secret of %zu bytes",
               secret.len);
    KW_TRY(find(hsm, &list, name, err));
    KW_REQUIRE(list.count == 0, err, KW_CONFLICT, "the token has an object \"%.*s\"",
               KW_STR_ARG(name));
    template_init(&t, name);
    t.rows[t.count++] =
        attribute_of(CKA_VALUE, kw_declassify_span(secret, "the token is its place"));
    return kw_rv_check(hsm->calls->C_CreateObject(hsm->session, t.rows, t.count, &made),
                       "making an object", err);
}

/* Into guarded memory first: what the module writes is a secret. */
static kw_status read_value(kw_hsm *hsm, kw_mspan room, size_t *out_len, CK_OBJECT_HANDLE object,
                            kw_error *err)
{
    CK_ATTRIBUTE value = {CKA_VALUE, room.ptr, (CK_ULONG)room.len};
    CK_RV rv = hsm->calls->C_GetAttributeValue(hsm->session, object, &value, 1);
    KW_REQUIRE(rv != CKR_BUFFER_TOO_SMALL, err, KW_LIMIT, "a secret of more than %zu bytes",
               room.len);
    KW_TRY(kw_rv_check(rv, "reading an object", err));
    *out_len = (size_t)value.ulValueLen;
    return KW_OK;
}

kw_status kw_hsm_get(kw_hsm *hsm, kw_secret_bytes *out, kw_str name, kw_error *err)
{
    CK_OBJECT_HANDLE object = 0;
    size_t len = 0;
    KW_TRY(find_one(hsm, &object, name, err));
    uint8_t *room = kw_secmem_new(KW_HSM_SECRET_BYTES_MAX);
    KW_REQUIRE(room != NULL, err, KW_NO_MEMORY, "no locked memory for a secret");
    kw_status st = read_value(hsm, (kw_mspan){room, KW_HSM_SECRET_BYTES_MAX}, &len, object, err);
    kw_status kept =
        st != KW_OK ? st : kw_secret_bytes_append(out, kw_secret_span_of((kw_span){room, len}));
    kw_secmem_free(room);
    KW_TRY(st);
    KW_REQUIRE(kept == KW_OK, err, kept, "keeping a secret of %zu bytes", len);
    return KW_OK;
}

kw_status kw_hsm_destroy(kw_hsm *hsm, kw_str name, kw_error *err)
{
    CK_OBJECT_HANDLE object = 0;
    KW_TRY(find_one(hsm, &object, name, err));
    return kw_rv_check(hsm->calls->C_DestroyObject(hsm->session, object), "destroying an object",
                       err);
}

kw_status kw_hsm_list(kw_hsm *hsm, kw_str prefix, kw_status (*each)(void *ctx, kw_str name),
                      void *ctx, kw_error *err)
{
    KW_AUTO(handles) list = {0};
    KW_TRY(find(hsm, &list, (kw_str){0}, err));
    for (size_t i = 0; i < list.count; i++) {
        char text[KW_HSM_NAME_BYTES_MAX];
        CK_ATTRIBUTE label = {CKA_LABEL, text, sizeof text};
        CK_RV rv = hsm->calls->C_GetAttributeValue(hsm->session, list.items[i], &label, 1);
        if (rv == CKR_BUFFER_TOO_SMALL) {
            continue; /* a name that is none of ours */
        }
        KW_TRY(kw_rv_check(rv, "reading a name", err));
        kw_str name = {text, (size_t)label.ulValueLen};
        if (kw_str_starts_with(name, prefix)) {
            kw_status st = each(ctx, name);
            KW_REQUIRE(st == KW_OK, err, st, "listing objects");
        }
    }
    return KW_OK;
}
