"""Names that only the preprocessor sees. Tests of a template are one themselves: they say T(add),
and the including file `#define T(name) kw_bls_##name`, or its twin for the other curve."""
import re
import subprocess

IDENTIFIERS = re.compile(r"[A-Za-z_]\w*")
# `# 12 "tests/x.c" 1`: the file that the next lines come from. What a macro gives comes from where
# it is used, so prototypes stay those of src/ and their uses those of the tests.
MARKER = re.compile(r'# \d+ "([^"]*)"')


def names_made_in(tree, folder):
    """All identifiers in those programs of a folder that paste or include templates."""
    paths = [one.path for one in tree.c_files if one.is_in(folder) and _may_paste(one)]
    if not paths:
        return set()
    words = ["cc", "-E", "-w", "-D_GNU_SOURCE", "-Isrc", "-Iinclude", "-Itests", "-Ifuzz"]
    # One failed include must not hide what the other programs have: names that lack are findings.
    done = subprocess.run([*words, *paths], cwd=tree.root, capture_output=True, text=True,
                          check=False)
    found, is_ours = set(), False
    for line in done.stdout.split("\n"):
        marker = MARKER.match(line)
        if marker:
            is_ours = marker.group(1).startswith(folder + "/")
        elif is_ours:
            found.update(IDENTIFIERS.findall(line))
    return found


def _may_paste(source):
    if source.is_part or source.is_header:
        return False
    includes_part = any(name.endswith((".inc.c", ".inc.h")) for _, _, name in source.includes)
    return includes_part or "##" in source.code
