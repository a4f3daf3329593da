/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/engine/tile.h"

#include "crypto/merkle.h"
#include "support/expect.h"

static void expect_width(uint8_t level, uint64_t index, uint64_t size, unsigned width)
{
    kw_tile tile = kw_tile_of(level, index, size);
    assert_int_equal(tile.level, level);
    assert_true(tile.index == index);
    assert_int_equal(tile.width, width);
}

/* C2SP tlog-tiles: a tree of 70,000 has 273 full tiles of level 0 and one of 112, one full of level
 * 1 and one of 17, and one of 1 hash of level 2. */
static void of__gives_the_tiles_of_the_published_example(void **state)
{
    (void)state;
    expect_width(0, 0, 70000, 256);
    expect_width(0, 272, 70000, 256);
    expect_width(0, 273, 70000, 112);
    expect_width(1, 0, 70000, 256);
    expect_width(1, 1, 70000, 17);
    expect_width(2, 0, 70000, 1);
    expect_width(KW_TILE_ENTRIES, 273, 70000, 112);
}

static void of__knows_what_is_not_there(void **state)
{
    (void)state;
    expect_width(0, 0, 0, 0);
    expect_width(0, 274, 70000, 0);
    expect_width(0, UINT64_MAX, 70000, 0);
    expect_width(1, 2, 70000, 0);
    expect_width(3, 0, 70000, 0);
    expect_width(1, 0, 255, 0);
    expect_width(0, 1, 256, 0); /* an empty tile is none */
    expect_width(8, 0, UINT64_MAX, 0);
    expect_width(63, 0, UINT64_MAX, 0);
}

static void last__is_the_partial_tile_or_the_last_full_one(void **state)
{
    (void)state;
    static const struct {
        uint64_t size;
        uint64_t index;
        uint8_t level;
        unsigned width;
    } cases[] = {{70000, 273, 0, 112}, {512, 1, 0, 256}, {513, 2, 0, 1}, {65536, 0, 1, 256},
                 {70000, 0, 2, 1},     {255, 0, 1, 0},   {0, 0, 0, 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_tile tile = kw_tile_last(cases[i].level, cases[i].size);
        assert_true(tile.index == cases[i].index);
        assert_int_equal(tile.width, cases[i].width);
    }
}

static void path__has_the_published_forms(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        kw_tile tile;
    } cases[] = {
        {"tile/0/x001/x234/067", {0, 256, 1234067}},
        {"tile/0/000", {0, 256, 0}},
        {"tile/2/000.p/1", {2, 1, 0}},
        {"tile/0/273.p/112", {0, 112, 273}},
        {"tile/63/x001/000.p/255", {63, 255, 1000}},
        {"tile/entries/x001/x234/067.p/3", {KW_TILE_ENTRIES, 3, 1234067}},
        {"tile/entries/x018/x446/x744/x073/x709/x551/615.p/255",
         {KW_TILE_ENTRIES, 255, UINT64_MAX}},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        char text[KW_TILE_PATH_BYTES];
        kw_tile_path_format(text, &cases[i].tile);
        assert_string_equal(text, cases[i].path);
        kw_tile tile = {0};
        EXPECT_OK(kw_tile_path_parse(&tile, kw_str_of(text)));
        assert_int_equal(tile.level, cases[i].tile.level);
        assert_int_equal(tile.width, cases[i].tile.width);
        assert_true(tile.index == cases[i].tile.index);
    }
}

static void path_parse__refuses_every_other_spelling(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",      /* the last group has no x */
        "tile/0/x000/067",  /* leading zeros */
        "tile/0/001/067",   /* without x */
        "tile/0/x001/x067", /* with one too many */
        "tile/0/x01/067",
        "tile/0/00a",
        "tile/0/-01",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/data/000",
        "Tile/0/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "tile/0/000.q/1",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
    };
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        kw_tile tile = {.width = 7};
        EXPECT_STATUS(kw_tile_path_parse(&tile, kw_str_of(refused[i])), KW_BAD_INPUT);
        assert_int_equal(tile.width, 7);
    }
}

static void is_below__compares_the_root_with_its_place(void **state)
{
    (void)state;
    kw_hash32 hashes[KW_TILE_WIDTH];
    kw_hash32 above[4] = {0};
    for (size_t i = 0; i < KW_TILE_WIDTH; i++) {
        kw_merkle_leaf(&hashes[i], (kw_span){(const uint8_t *)&i, sizeof i});
    }
    kw_merkle_root_of(&above[3], hashes, KW_TILE_WIDTH);
    kw_tile tile = {.level = 0, .width = KW_TILE_WIDTH, .index = 256 + 3};
    assert_true(kw_tile_is_below(KW_SPAN(above), &tile, KW_SPAN(hashes)));
    kw_span three = {above[0].bytes, 3 * sizeof above[0]};
    assert_false(kw_tile_is_below(three, &tile, KW_SPAN(hashes)));
    kw_span fewer = {hashes[0].bytes, 255 * sizeof hashes[0]};
    assert_false(kw_tile_is_below(KW_SPAN(above), &tile, fewer));
    tile.index = 2;
    assert_false(kw_tile_is_below(KW_SPAN(above), &tile, KW_SPAN(hashes)));
    tile.index = 3;
    hashes[255].bytes[31] ^= 1;
    assert_false(kw_tile_is_below(KW_SPAN(above), &tile, KW_SPAN(hashes)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of__gives_the_tiles_of_the_published_example),
        cmocka_unit_test(of__knows_what_is_not_there),
        cmocka_unit_test(last__is_the_partial_tile_or_the_last_full_one),
        cmocka_unit_test(path__has_the_published_forms),
        cmocka_unit_test(path_parse__refuses_every_other_spelling),
        cmocka_unit_test(is_below__compares_the_root_with_its_place),
    };
    return cmocka_run_group_tests_name("tlog/engine/tile", tests, NULL, NULL);
}
