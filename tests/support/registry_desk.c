/* SPDX-License-Identifier: Apache-2.0
 * A registry for tests. */
#include "support/registry_desk.h"

#include "emtp/schema.h"
#include "support/expect.h"

static void open_registry(registry_desk *desk)
{
    kw_emtp_notifier_options notices = {.threads = 1, .audit = kw_guard_audit(desk->world.guard)};
    EXPECT_OK(kw_emtp_notifier_new(&desk->notifier, &notices, NULL));
    kw_emtp_registry_ports ports = {.store = desk->world.store,
                                    .notifier = desk->notifier,
                                    .clock = &desk->world.clock,
                                    .match_surl = KW_STR("https://r.example/v1/emtp/stp/match"),
                                    .roles = desk->roles,
                                    .bucket_max = desk->bucket_max,
                                    .seed = 7};
    EXPECT_OK(kw_emtp_registry_open(&desk->registry, &ports, NULL));
}

static void close_registry(registry_desk *desk)
{
    kw_emtp_registry_free(desk->registry);
    kw_emtp_notifier_free(desk->notifier);
}

void registry_desk_make(registry_desk *desk, void **state)
{
    static const struct {
        const char *id;
        kw_match_role role;
    } members[] = {{"payer", KW_MATCH_PAYER}, {"hub", KW_MATCH_HUB}, {"clinic", KW_MATCH_PROVIDER}};
    emtp_world_make(&desk->world, state, "2026-01-10T08:00:00Z");
    EXPECT_OK(kw_store_migrate(desk->world.store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    desk->roles = kw_match_roles_default;
    desk->bucket_max = 4;
    open_registry(desk);
    for (size_t i = 0; i < KW_COUNT(members); i++) {
        EXPECT_OK(kw_emtp_registry_announce(desk->registry, kw_str_of(members[i].id),
                                            members[i].role, KW_STR("https://p.example/table"),
                                            NULL));
    }
}

void registry_desk_drop(registry_desk *desk)
{
    close_registry(desk);
    emtp_world_remove(&desk->world);
}

void registry_desk_reopen(registry_desk *desk)
{
    close_registry(desk);
    emtp_world_restart(&desk->world);
    open_registry(desk);
}

void registry_desk_add_row(kw_buf *rows, unsigned seq, const char *nurl, const char *digits)
{
    EXPECT_OK(kw_buf_append_format(rows, "%u\t2026-01-10T08:00:00Z\t%c\t%s\t", seq,
                                   digits == NULL ? '-' : '+', nurl));
    for (const char *at = digits; at != NULL && *at != '\0'; at++) {
        EXPECT_OK(kw_buf_append_str(rows, at == digits ? KW_STR("") : KW_STR(" ")));
        for (int i = 0; i < 64; i++) {
            EXPECT_OK(kw_buf_append_byte(rows, (uint8_t)*at));
        }
    }
    EXPECT_OK(kw_buf_append_byte(rows, '\n'));
}

kw_emtp_applied registry_desk_apply(registry_desk *desk, const char *of, unsigned seq,
                                    const char *nurl, const char *digits)
{
    KW_AUTO(kw_buf) rows = kw_buf_init(65536);
    kw_emtp_applied applied = {0};
    registry_desk_add_row(&rows, seq, nurl, digits);
    EXPECT_OK(
        kw_emtp_registry_apply(desk->registry, &applied, kw_str_of(of), kw_buf_text(&rows), NULL));
    return applied;
}

void registry_desk_expect(registry_desk *desk, const char *of, const char *nurl, const char *wanted)
{
    KW_AUTO(kw_buf) record = kw_buf_init(65536);
    kw_emtp_stream *stream = NULL;
    EXPECT_OK(kw_emtp_registry_stream(desk->registry, &stream, kw_str_of(of), NULL));
    kw_status st = kw_emtp_stream_find(stream, &record, kw_str_of(nurl));
    EXPECT_STATUS(st, wanted == NULL ? KW_NOT_FOUND : KW_OK);
    if (wanted != NULL) {
        EXPECT_STR(kw_buf_text(&record), wanted);
    }
}

int64_t registry_desk_stream_rows(registry_desk *desk)
{
    return stores_number(desk->world.store, "SELECT COUNT(*) FROM emtp_stream_rows");
}
