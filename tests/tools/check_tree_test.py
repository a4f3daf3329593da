#!/usr/bin/env python3
"""Tests of tools/check_tree.py: a good tree passes; one bad change per row breaks just its rule."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import check_tree  # pylint: disable=wrong-import-position

README = """# {0}
## Owns
Something.
## May include
{1}
## Lifetimes and threads
None.
## Start reading at
here
## Tests
there
"""

ROUTE_TYPE = "typedef struct kw_route {\n    int x;\n} kw_route;\n\n"

GOOD = {
    "tools/layers.txt": "# comment\nbase:\nos: base\ncrypto: base os\nnet: base os crypto\n"
    "emtp: base os crypto net\n",
    "src/base/README.md": README.format("base", "(nothing)"),
    "src/crypto/README.md": README.format("crypto", "base os"),
    "src/emtp/README.md": README.format("emtp", "base os crypto net"),
    "src/emtp/engine/README.md": README.format("emtp/engine", "base codec curve crypto"),
    "src/base/span.h": """/* Spans. */
#ifndef KW_BASE_SPAN_H
#define KW_BASE_SPAN_H

#include <stddef.h>

/* Decodes. BAD_INPUT. */
KW_MUST_USE kw_status kw_span_decode(kw_span *out, kw_str text, kw_error *err);

void kw_span_drop(kw_span *span);
KW_MUST_USE kw_status kw_span_format(kw_span *out, kw_error *err, const char *format, ...)
    KW_PRINTF(3, 4);

#endif /* KW_BASE_SPAN_H */
""",
    "src/base/span.c": """/* The words goto, errno, malloc( and strcpy( in a comment are words. */
#include "base/span.h"

#include <string.h>

kw_status kw_span_decode(kw_span *out, kw_str text, kw_error *err)
{
    const char *words = "goto strcpy( errno";
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '{') {
            kw_pair pair = (kw_pair){{1, 2}, {3, 4}};
        }
    }
    return KW_OK;
}
""",
    "src/crypto/key.h": """/* Keys. */
#ifndef KW_CRYPTO_KEY_H
#define KW_CRYPTO_KEY_H

#include "base/span.h"

/* Signs. CT: constant time in the key. */
void kw_key_sign(kw_hash32 *out, const kw_secret32 *key, kw_span message);

#endif /* KW_CRYPTO_KEY_H */
""",
    "src/crypto/key.c": '#include "crypto/key.h"\n\n#include <openssl/evp.h>\n',
    "src/crypto/key_avx2.c": '#include "crypto/key.h"\n',
    "src/net/README.md": README.format("net", "base os crypto"),
    "src/net/route.h": f"#ifndef KW_NET_ROUTE_H\n#define KW_NET_ROUTE_H\n\n{ROUTE_TYPE}#endif\n",
    "src/emtp/engine/text.c": '#include "crypto/key.h"\n',
    "src/emtp/service.c": '#include "crypto/key.h"\n',
    "include/keyward/emtp.h": """#ifndef KEYWARD_EMTP_H
#define KEYWARD_EMTP_H

#ifdef __cplusplus
extern "C" {
#endif

void kw_emtp_close(int client);

#ifdef __cplusplus
}
#endif

#endif
""",
    "tests/unit/base/span_test.c": """#include "base/span.h"
#include "support/tree.h"

void span_decode__refuses(void)
{
    KW_AUTO(kw_span) span = {0};
    kw_span_decode(&span, text, NULL);
    kw_span_format(&span, NULL, "");
    kw_emtp_close(1);
}
""",
    "tests/unit/crypto/key_test.c": "int x = kw_key_sign;\n",
    "tests/ct/crypto_test.c": "int x = kw_key_sign;\n",
    "tests/unit/emtp/engine/text_test.c": "int x;\n",
    "tests/unit/emtp/service_test.c": "int x;\n",
    "tests/support/tree.h": """#ifndef KW_TESTS_SUPPORT_TREE_H
#define KW_TESTS_SUPPORT_TREE_H
#endif
""",
    "fuzz/base_span.c": "/* kw_span_decode */\nint x = kw_span_decode;\n",
}

SPAN_H, SPAN_C = GOOD["src/base/span.h"], GOOD["src/base/span.c"]
KEY_H, KEY_C = GOOD["src/crypto/key.h"], GOOD["src/crypto/key.c"]


def with_body(body):
    return SPAN_C + f"\nstatic void more(void)\n{{\n{body}\n}}\n"


def nested(depth):
    return "if (a) {\n" * depth + "b();\n" + "}\n" * depth


TEMPLATE = "static void sum_up(void)\n{\n}\n"
LOSE_H = KEY_H.replace("#endif", "void kw_key_lose(int a);\n#endif")
CASES = '#include "crypto/key.h"\n{0}#include "unit/crypto/cases.inc.h"\n'
PASTED = {  # a test that is a template: its names are whole only after the preprocessor
    "src/crypto/key.h": LOSE_H,
    "tests/unit/crypto/cases.inc.h": "int x = T(sign) + T(lose);\n",
    "tests/unit/crypto/key_test.c": CASES.format("#define T(name) kw_key_##name\n"),
}
SECTION_H = KEY_H.replace("/* Signs. CT: constant time in the key. */",
                          "/* ---- signatures. CT: constant time in the key ---- */\n")

EIGHT = "".join(f"    call_number({n}, {n * n});\n" for n in range(8))

# rule, changed file, its new text (None: removed), a part of the finding
BAD = [
    ("layers", "src/base/span.c", SPAN_C + '#include "crypto/key.h"\n', "may not include"),
    ("layers", "src/base/span.c", SPAN_C + '#include "../base/span.h"\n', "leaves the tree"),
    ("layers", "src/base/span.c", SPAN_C + '#include "span.h"\n', "does not start at src/"),
    ("layers", "src/base/span.c", "#include <a.h>\n" + SPAN_C, "must be the first include"),
    ("layers", "src/emtp/engine/text.c", '#include "net/route.h"\n', "may not include"),
    ("layers", "src/emtp/service.c", '#include "net/route.h"\n', "nothing of HTTP"),
    ("layers", "src/emtp/service.c", '#include "keyward/emtp.h"\n', "only client/ and cli/"),
    ("layers", "include/keyward/emtp.h",
     GOOD["include/keyward/emtp.h"].replace("void", '#include "base/span.h"\nvoid'),
     "public headers only"),
    ("layers", "tools/layers.txt", GOOD["tools/layers.txt"].replace("os: base", "os: base crypto"),
     "not acyclic"),
    ("third-party", "src/base/span.c", SPAN_C + "#include <jansson.h>\n", "belongs to codec"),
    ("third-party", "src/crypto/key.c", KEY_C + "#include <uv.h>\n", "belongs to net"),
    ("third-party", "src/net/route.h",
     GOOD["src/net/route.h"].replace("#endif", "#include <openssl/evp.h>\n#endif"), "to crypto"),
    ("readme", "src/crypto/README.md", None, "missing"),
    ("readme", "src/crypto/README.md", README.format("crypto", "base"), "must be: base os"),
    ("readme", "src/crypto/README.md", README.format("curve", "base os"), "the title"),
    ("readme", "src/crypto/README.md",
     README.format("crypto", "base os").replace("## Tests", "## Test"), "headings"),
    ("readme", "src/crypto/README.md", README.format("crypto", "base os") + "line\n" * 30, "lines"),
    ("size", "src/base/span.c", with_body("\n" * 70), "refused above 70"),
    ("size", "src/base/span.c", SPAN_C + "/* */\n" * 800, "refused above 800"),
    ("size", "src/crypto/key.h", KEY_H + "/* */\n" * 300, "refused above 300"),
    ("size", "src/crypto/rows.inc.h", "/* */\n" * 801, "refused above 800"),
    ("size", "src/base/span.c", with_body(nested(4)), "nesting of 4"),
    ("size", "src/base/span.c", SPAN_C + "/*" + "-" * 100 + "*/\n", "columns"),
    ("size", "src/base/span.c", SPAN_C + "int f(int a, int b, int c, int d, int e, int f);\n",
     "6 parameters"),
    ("banned", "src/base/span.c", with_body("strcpy(a, b);"), "strcpy"),
    ("banned", "tests/unit/crypto/key_test.c", "int x = kw_key_sign + rand();\n", "rand"),
    ("banned", "src/crypto/key.c", KEY_C + "int x = memcmp(a, b, 1);\n", "memcmp"),
    ("banned", "src/emtp/engine/text.c", "int x = memcmp(a, b, 1);\n", "memcmp"),
    ("homes", "src/crypto/key.c", KEY_C + "int x = errno;\n", "errno"),
    ("homes", "src/crypto/key.c", KEY_C + "int x = getenv (1);\n", "getenv"),
    ("homes", "src/crypto/key.c", KEY_C + "int x = malloc(1);\n", "malloc"),
    ("homes", "src/crypto/key.c", KEY_C + "int x = printf(1);\n", "printf"),
    ("homes", "src/emtp/service.c", "int x = key->secret[0];\n", ".secret"),
    ("goto", "src/base/span.c", with_body("goto end;"), "goto"),
    ("guards", "src/net/route.h", "#ifndef ROUTE_H\n#define ROUTE_H\n#endif\n", "KW_NET_ROUTE_H"),
    ("guards", "src/net/route.h", GOOD["src/net/route.h"] + "#pragma once\n", "pragma"),
    ("names", "tests/support/utils.c", "int x;\n", "utils"),
    ("names", "tests/support/Span.c", "int x;\n", "lower case"),
    ("names", "tests/common/x.c", "int x;\n", "common"),
    ("contracts", "src/base/span.h", SPAN_H.replace("KW_MUST_USE ", "", 1), "KW_MUST_USE"),
    ("contracts", "src/base/span.h",
     SPAN_H.replace("kw_str text, kw_error *err", "kw_error *err, kw_str text"), "be the last"),
    ("contracts", "src/crypto/key.h", KEY_H.replace("CT:", "It is"), "CT:"),
    ("contracts", "src/crypto/key.h", SECTION_H.replace("void", "/* ---- other ---- */\nvoid"),
     "CT:"),
    ("contracts", "src/crypto/key.c", KEY_C + "int x = kw_declassify_span(a, b, 0);\n", "a reason"),
    ("contracts", "src/crypto/key.c", KEY_C + 'int x = kw_declassify_span(a, "");\n', "a reason"),
    ("one-home", "src/base/span.h",
     GOOD["src/base/span.h"].replace("#endif", ROUTE_TYPE + "#endif"), "a type of src/base/span.h"),
    ("twins", "tests/unit/emtp/service_test.c", None, "service_test.c is missing"),
    ("twins", "fuzz/base_span.c", None, "no fuzz target"),
    ("twins", "src/crypto/key.h", LOSE_H, "occurs in no test"),
    ("twins", "tests/ct/crypto_test.c", "int x;\n", "tests/ct does not call it"),
    ("twins", "src/crypto/sum_c.c", '#include "crypto/sum.inc.c"\n' + TEMPLATE, "sum_c_test.c is"),
    ("text", "src/base/span.c", SPAN_C + "/* TODO write it */\n", "TODO"),
    ("text", "src/base/span.c", SPAN_C + "/* caf\u00e9 */\n", "ASCII"),
    ("text", "src/base/span.c", SPAN_C + EIGHT + "\n" + EIGHT, "equal to src/base/span.c"),
    ("named", "docs/guide.md", "Shown by tests/unit/base/span_test.c, src/base/*.c, src/base.\n"
     "And by tests/unit/base/lost_test.c.\n", "tests/unit/base/lost_test.c is not there"),
    ("named", "docs/guide.md", "Shown by `span_decode__is_not_there`.\n", "no test case is called"),
]


class CheckTree(unittest.TestCase):
    def findings(self, changes):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**GOOD, **changes}.items():
                if text is not None:
                    full = os.path.join(root, path)
                    os.makedirs(os.path.dirname(full), exist_ok=True)
                    with open(full, "w", encoding="utf-8") as file:
                        file.write(text)
            return check_tree.check(root)

    def test_a_good_tree_passes(self):
        self.assertEqual([str(one) for one in self.findings({})], [])

    def test_every_rule_has_a_bad_tree(self):
        self.assertEqual({row[0] for row in BAD}, set(check_tree.RULES))

    def test_a_bad_tree_breaks_its_rule_and_no_other(self):
        for rule, path, text, part in BAD:
            with self.subTest(rule=rule, path=path, part=part):
                found = self.findings({"src/crypto/sum.inc.c": TEMPLATE, path: text})
                self.assertTrue(any(part in one.text for one in found), [str(one) for one in found])
                self.assertEqual({one.rule for one in found}, {rule}, [str(one) for one in found])

    def test_words_in_comments_and_literals_do_not_count(self):
        text = SPAN_C + '/* strcpy(a, b); goto x; */\nconst char *t = "malloc(1) \\" errno";\n'
        self.assertEqual(self.findings({"src/base/span.c": text}), [])

    def test_members_and_own_functions_are_not_calls_of_the_library(self):
        text = KEY_C + "static int open(int a)\n{\n    return port->read(a) + port.time(a);\n}\n"
        text += "int y = open(1);\n"
        self.assertEqual(self.findings({"src/crypto/key.c": text}), [])

    def test_braces_of_values_are_no_nesting(self):
        text = with_body(nested(3).replace("b();", "c = (d){{{{1}}}};"))
        self.assertEqual(self.findings({"src/base/span.c": text}), [])

    def test_a_family_of_files_may_have_one_test(self):
        self.assertEqual(self.findings({"src/crypto/key_file.c": "int x;\n"}), [])

    def test_a_private_symbol_is_tested_through_its_folder(self):
        header = KEY_H.replace("#endif", "void kw_key_turn(int a);\n#endif")
        user = '#include "crypto/key.h"\n\nint x = kw_key_turn;\n'
        changes = {"src/crypto/key.h": header, "src/crypto/key_file.c": user}
        self.assertEqual(self.findings(changes), [])
        changes["src/emtp/engine/text.c"] = user
        self.assertEqual([one.rule for one in self.findings(changes)], ["twins"])

    def test_templates_and_instances_have_no_test_of_their_own(self):
        changes = {
            "src/crypto/sum.inc.c": TEMPLATE,
            "src/crypto/sum_rows.inc.h": "X(one)\n" + "/* */\n" * 700,
            "src/crypto/sum_c.c": '#define WIDTH 4\n#include "crypto/sum.inc.c"\n',
        }
        self.assertEqual(self.findings(changes), [])

    def test_names_pasted_in_a_test_are_tested(self):
        self.assertEqual(self.findings(PASTED), [])
        other = {"tests/unit/crypto/key_test.c": CASES.format("#define T(name) kw_lock_##name\n")}
        found = self.findings({**PASTED, **other})
        self.assertEqual([one.text for one in found], ["kw_key_lose occurs in no test"])

    def test_a_secret_that_may_show_or_stays_inside_is_not_poisoned(self):
        changes = {"tests/ct/crypto_test.c": "int x;\n"}
        for text in (KEY_H.replace("CT:", "CT: no:"), KEY_H.replace("Keys.", "Private to crypto.")):
            self.assertEqual(self.findings({**changes, "src/crypto/key.h": text}), [])

    def test_names_pasted_in_a_fuzz_target_are_fuzzed(self):
        pasted = '#include "base/span.h"\n#define T(name) kw_span_##name\nint x = T({0});\n'
        self.assertEqual(self.findings({"fuzz/base_span.c": pasted.format("decode")}), [])
        found = self.findings({"fuzz/base_span.c": pasted.format("encode")})
        self.assertEqual([one.text for one in found], ["kw_span_decode has no fuzz target"])

    def test_secrets_of_curves_are_poisoned_in_a_test(self):
        changes = {
            "src/curve/README.md": README.format("curve", "base"),
            "tools/layers.txt": GOOD["tools/layers.txt"].replace("crypto:", "curve: base\ncrypto:"),
            "src/curve/x.h": KEY_H.replace("CRYPTO_KEY", "CURVE_X").replace("key_sign", "x_mul"),
            "tests/unit/curve/x_test.c": "int x = kw_x_mul;\n",
        }
        found = self.findings(changes)
        self.assertEqual([one.text for one in found],
                         ["kw_x_mul takes a secret, and tests/ct does not call it"])
        changes["tests/ct/x_test.c"] = "#define T(name) kw_x_##name\nint x = T(mul);\n"
        self.assertEqual(self.findings(changes), [])

    def test_rooms_of_an_engine_include_what_their_rows_list(self):
        room = "emtp/engine/row"
        layers = GOOD["tools/layers.txt"].replace("emtp:", f"{room}:\n{room}s: {room}\nemtp:")
        changes = {
            "tools/layers.txt": layers,
            f"src/{room}/README.md": README.format(room, "base codec curve crypto"),
            f"src/{room}/row.h": KEY_H.replace("CRYPTO_KEY", "EMTP_ENGINE_ROW_ROW"),
            f"src/{room}s/README.md": README.format(f"{room}s", f"base codec curve crypto {room}"),
            f"src/{room}s/rows.c": f'#include "{room}/row.h"\n',
            f"tests/unit/{room}s/rows_test.c": "int x = kw_key_sign;\n",
        }
        self.assertEqual(self.findings(changes), [])
        found = self.findings({**changes, f"src/{room}/row.c": f'#include "{room}s/rows.h"\n',
                               f"src/{room}s/rows.h": KEY_H})
        self.assertTrue(any("may not include" in one.text for one in found), found)
        swapped = layers.replace(f"{room}:\n{room}s: {room}\n", f"{room}s: {room}\n{room}:\n")
        found = self.findings({**changes, "tools/layers.txt": swapped})
        self.assertEqual([one.path for one in found], ["tools/layers.txt"])

    def test_a_section_speaks_for_its_prototypes(self):
        self.assertEqual(self.findings({"src/crypto/key.h": SECTION_H}), [])

    def test_rows_about_symbols_are_for_another_check(self):
        row = "src/base/span.c:words symbols a reason\n"
        self.assertEqual(self.findings({"tools/exceptions.txt": row}), [])

    def test_a_reason_may_hold_commas_and_parentheses(self):
        text = KEY_C + 'int x = kw_declassify_span(f(a, b), "shown (once), to its holder");\n'
        self.assertEqual(self.findings({"src/crypto/key.c": text}), [])

    def test_callbacks_of_libraries_keep_their_shape(self):
        params = "nghttp2_session *s, int a, int b, int c, int d, int e"
        text = KEY_C + f"static int on_header({params});\n"
        self.assertEqual(self.findings({"src/crypto/key.c": text}), [])

    def test_generated_files_have_no_size(self):
        text = '/* GENERATED by x.py */\n#include "crypto/key.h"\n' + "/* */\n" * 900
        self.assertEqual(self.findings({"src/crypto/key.c": text}), [])

    def test_an_exception_excuses_its_rule_in_its_file(self):
        bad = {"src/base/span.c": with_body("goto end;")}
        rows = "# comment\n\nsrc/base/span.c goto because of the test\n"
        self.assertEqual(self.findings({**bad, "tools/exceptions.txt": rows}), [])

    def test_a_bad_exception_is_a_finding(self):
        for row in ("src/base/span.c goto", "src/base/span.c nonsense a reason",
                    "src/base/span.c goto excuses nothing"):
            with self.subTest(row=row):
                found = self.findings({"tools/exceptions.txt": row + "\n"})
                self.assertEqual([one.rule for one in found], ["exceptions"])


if __name__ == "__main__":
    unittest.main()
