"""Rules about where things stand: layers, third-party, readme, guards, names, one-home, twins."""
import os
import re

from tree.pasted import names_made_in
from tree.source import DIRECTIVES, Finding

ENGINE = ["base", "codec", "curve", "crypto"]
README_HEADINGS = [
    "## Owns",
    "## May include",
    "## Lifetimes and threads",
    "## Start reading at",
    "## Tests",
]
README_LINES_MAX = 40

# A library's header (prefix) and the folders under src/ that may see it (architecture.md).
THIRD_PARTY = [
    ("jansson", ["codec"]),
    ("yaml", ["codec"]),
    ("zlib", ["codec"]),
    ("zstd", ["codec"]),
    ("brotli/", ["codec"]),
    ("openssl/", ["crypto"]),
    ("sodium", ["crypto", "os"]),
    ("secp256k1", ["crypto"]),
    ("nettle/", ["crypto"]),
    ("seccomp", ["os"]),
    ("uv.h", ["net"]),
    ("nghttp2/", ["net"]),
    ("llhttp", ["net"]),
    ("wslay/", ["net"]),
    ("protobuf-c/", ["net"]),
    ("curl/", ["net"]),
    ("sqlite3", ["store/sqlite"]),
    ("libpq", ["store/postgres"]),
    ("p11-kit", ["hsm"]),
    ("tss2/", ["hsm"]),
    ("fido", ["guard"]),
    ("liboath/", ["guard"]),
    ("maxminddb", ["guard"]),
    ("cmocka", []),
]
# The TLS part of OpenSSL lives in net/.
TLS_HEADERS = {f"openssl/{name}.h" for name in "ssl err bio x509 x509_vfy x509v3 tls1".split()}

REFUSED_WORDS = set("util utils helper helpers manager common misc stuff".split())
FOREIGN_NAMES = {"README.md", "CMakeLists.txt", "package-lock.json"}
NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")

# The name behind the braces of a struct, union or enum.
TYPE_NAME = re.compile(r"^\}\s*(\w+);", re.M)

# Code for one instruction set is tested through the file that chooses between them.
LANES = re.compile(r"_(shani|avx2|avx512|portable)$")


def room_of(path):
    """Folder below src/ of a file: `emtp/engine` for src/emtp/engine/text.c."""
    return os.path.dirname(path).removeprefix("src/")


def allowed_for(tree, room):
    """What a folder may include besides itself; None when layers.txt does not know it."""
    layer, _, rest = room.partition("/")
    if layer not in tree.layers:
        return None
    if rest.split("/")[0] != "engine":
        return tree.layers[layer]
    return ENGINE + tree.layers.get(room, [])


def layers(tree):
    seen = []
    for name, below in tree.layers.items():
        for folder in below:
            if folder not in seen and folder.split("/")[0] not in seen:
                line = tree.layer_lines[name]
                text = f"{name} lists {folder}, which does not stand above it: not acyclic"
                yield Finding("tools/layers.txt", line, "layers", text)
        seen.append(name)
    for source in tree.c_files:
        yield from _includes_of(tree, source)


def _includes_of(tree, source):
    quoted = [(at, name) for at, is_quoted, name in source.includes if is_quoted]
    for at, name in quoted:
        text = _include_is_refused(tree, source, name)
        if text:
            yield source.finding("layers", at, text)
    own = source.path.removeprefix("src/")[:-2] + ".h"
    if source.path.endswith(".c") and source.is_in("src") and f"src/{own}" in tree.paths:
        if not source.includes or source.includes[0][2] != own:
            yield Finding(source.path, 1, "layers", f'"{own}" must be the first include')


def _include_is_refused(tree, source, name):
    if ".." in name.split("/"):
        return f'"{name}" leaves the tree'
    if source.is_in("include"):
        is_public = name.startswith("keyward/")
        return None if is_public else f'"{name}": a public header includes public headers only'
    roots = ["src", "include"] + ([] if source.is_in("src") else ["tests"])
    roots += [root for root in ("fuzz", "bench") if source.is_in(root)]
    if not any(f"{root}/{name}" in tree.paths for root in roots):
        if name.endswith(".inc.h") and "/" in name:
            return None  # made by the build
        return f'"{name}" does not start at src/ (or there is no such file)'
    if not source.is_in("src"):
        return None
    room, wanted = room_of(source.path), os.path.dirname(name)
    if name.startswith("keyward/"):
        ok = room.split("/")[0] in ("client", "cli")
        return None if ok else f'"{name}": only client/ and cli/ know the public API'
    allowed = allowed_for(tree, room)
    if allowed is None:
        return f"folder {room} is not in tools/layers.txt"
    limits = f"{room.split('/')[0]}/limits.h"
    if name != limits and not _covers(allowed, room, wanted):
        return f'{room}/ may not include "{name}" (it may: {" ".join(allowed) or "nothing"})'
    return _room_order(source, name)


def _covers(allowed, room, wanted):
    inside_engine = "/engine" in room
    own = room if inside_engine else room.split("/")[0]
    return any(wanted == folder or wanted.startswith(folder + "/") for folder in [own, *allowed])


def _room_order(source, name):
    """Inside a domain: engine, then service, then api."""
    file = os.path.basename(source.path)
    if not file.startswith("service"):
        return None
    http = name in ("net/route.h", "net/request.h", "net/server.h")
    if http or os.path.basename(name) == "api.h":
        return f'a service knows nothing of HTTP: "{name}"'
    return None


def third_party(tree):
    for source in tree.c_files:
        if not source.is_in("src", "include"):
            continue
        room = room_of(source.path)
        for at, _, name in source.includes:
            homes = next((homes for prefix, homes in THIRD_PARTY if name.startswith(prefix)), None)
            if homes is None or name.startswith("keyward/") or f"src/{name}" in tree.paths:
                continue
            if name in TLS_HEADERS:
                homes = [*homes, "net"]
            if not any(room == home or room.startswith(home + "/") for home in homes):
                text = f"<{name}> belongs to {' '.join(homes) or 'tests'}"
                yield source.finding("third-party", at, text)


def readme(tree):
    folders = {os.path.dirname(source.path) for source in tree.c_files if source.is_in("src")}
    for folder in sorted(folders):
        path = f"{folder}/README.md"
        if path not in tree.paths:
            yield Finding(path, 1, "readme", "missing")
            continue
        lines = tree.text_of(path).rstrip("\n").split("\n")
        room = folder.removeprefix("src/")
        for line, text in _readme_of(lines, room, allowed_for(tree, room) or []):
            yield Finding(path, line, "readme", text)


def _readme_of(lines, room, allowed):
    if lines[0] != f"# {room}":
        yield 1, f'the title must be "# {room}"'
    if len(lines) > README_LINES_MAX:
        yield len(lines), f"{len(lines)} lines, refused above {README_LINES_MAX}"
    headings = [line for line in lines if line.startswith("##")]
    if headings != README_HEADINGS:
        yield 1, "needs exactly these headings: " + ", ".join(README_HEADINGS)
        return
    at = lines.index("## May include") + 1
    wanted = " ".join(allowed) or "(nothing)"
    if lines[at].strip() != wanted:
        yield at + 1, f'"May include" must be: {wanted}'


def guards(tree):
    for source in tree.c_files:
        if "#pragma once" in source.code:
            yield source.finding("guards", source.code.index("#pragma once"), "no #pragma once")
        if not source.is_header or source.is_generated or source.is_part:
            continue
        stem = re.sub(r"\W", "_", source.path).upper()
        stem = re.sub(r"^(SRC|INCLUDE)_", "", stem)
        wanted = stem if source.is_in("include") else f"KW_{stem}"
        directives = re.findall(r"^[ \t]*#[ \t]*(\w+)[ \t]*(\w*)", source.code, re.M)
        if directives[:2] != [("ifndef", wanted), ("define", wanted)]:
            yield Finding(source.path, 1, "guards", f"must begin with #ifndef, #define {wanted}")


def names(tree):
    for path in sorted(tree.paths):
        if not path.startswith(("src/", "include/", "tests/", "fuzz/", "bench/", "tools/")):
            continue
        if path.startswith("fuzz/corpus/"):
            continue
        for part in path.split("/"):
            refused = REFUSED_WORDS & set(re.split(r"[._-]", part.lower()))
            if refused:
                yield Finding(path, 1, "names", f'"{refused.pop()}" says nothing; name the thing')
            elif part not in FOREIGN_NAMES and part[0] != "." and not NAME.fullmatch(part):
                yield Finding(path, 1, "names", f'"{part}": lower case, digits and _ only')


def one_home(tree):
    """Headers that somebody may include together do not give one name to two types."""
    homes = {}
    for source in tree.c_files:
        if not source.is_header or not source.is_in("src", "include"):
            continue
        for match in TYPE_NAME.finditer(source.code):
            other = homes.setdefault(match[1], source.path)
            if other != source.path:
                text = f"{match[1]} is a type of {other} too"
                yield source.finding("one-home", match.start(), text)


def twins(tree):
    fuzzed, poisoned = _names_in(tree, "fuzz"), _names_in(tree, "tests/ct")
    tested = _tested_names(tree)
    users = _users(tree)
    for source in tree.c_files:
        if not source.is_in("src", "include"):
            continue
        if source.path.endswith(".c"):
            if not _has_test(tree, source):
                stem = source.path.removeprefix("src/")[:-2]
                text = f"tests/unit/{stem}_test.c is missing"
                yield Finding(source.path, 1, "twins", text)
            continue
        is_checked = source.is_in("src/curve", "src/crypto") and not _says_private(source)
        macros = set(re.findall(r"\w+", " ".join(DIRECTIVES.findall(source.code))))
        for function in source.functions:
            name = function.name
            if function.body or function.is_static or name in macros:
                continue
            if name not in tested and not _is_private(source, users.get(name, set())):
                yield Finding(source.path, function.line, "twins", f"{name} occurs in no test")
            is_excepted = "CT: no:" in source.block_above(function.line)
            is_secret = is_checked and function.takes_secret and not is_excepted
            if is_secret and name not in poisoned:
                text = f"{name} takes a secret, and tests/ct does not call it"
                yield Finding(source.path, function.line, "twins", text)
            if re.search(r"_(decode|parse)$", name) and name not in fuzzed:
                yield Finding(source.path, function.line, "twins", f"{name} has no fuzz target")


def _names_in(tree, folder):
    """Identifiers in the sources of a folder, and those that templates make there."""
    written = (source.names for source in tree.c_files if source.is_in(folder))
    return names_made_in(tree, folder).union(*written)


def _says_private(header):
    return "Private to" in header.text[: header.text.find("*/")]


def _has_test(tree, source):
    """A test of its own or of its family: audit_queue.c is tested by audit_queue_test.c or by
    audit_test.c. A template is tested where it is included, an instance that adds nothing to one
    where it is chosen, a command by being run, wiring and routes by the daemon as a whole."""
    folder, file = os.path.split(source.path.removeprefix("src/"))
    stem = LANES.sub("", file[:-2])
    is_instance = any(name.endswith(".inc.c") for _, _, name in source.includes)
    if source.is_generated or source.is_part or stem == "main":
        return True
    if is_instance and not source.functions:
        return True
    parts = stem.split("_")
    families = ["_".join(parts[:count]) for count in range(len(parts), 0, -1)]
    if any(f"tests/unit/{folder}/{family}_test.c" in tree.paths for family in families):
        return True
    if folder == "cli" and any(" ".join(parts) in one.text for one in tree.c_files
                               if one.is_in("tests")):
        return True
    is_wiring = folder == "node" or parts[0] == "api" or parts[-1] == "api"
    return is_wiring and any(one.is_in("tests/e2e") for one in tree.c_files)


def _users(tree):
    """Name -> sources below src/ whose code has it."""
    users = {}
    for source in tree.c_files:
        if source.is_in("src"):
            for name in source.names:
                users.setdefault(name, set()).add(source)
    return users


def _is_private(header, users):
    """Used by other files of its folder (of its engine) alone: tested through these."""
    home = _engine_of(header.path)
    others = {one for one in users if one.path[:-2] != header.path[:-2]}
    return len(others) > 0 and all(_engine_of(one.path) == home for one in others)


def _engine_of(path):
    """Folder of a file; all rooms of an engine are one."""
    return re.sub(r"/engine/.*", "/engine", room_of(path))


def _tested_names(tree):
    """Identifiers in tests, and the cleanups that KW_AUTO and KW_AUTO_PTR call there."""
    tested = names_made_in(tree, "tests")
    for source in tree.c_files:
        if source.is_in("tests"):
            tested |= source.names
            tested |= {f"{name}_drop" for name in re.findall(r"KW_AUTO\((\w+)\)", source.code)}
            tested |= {f"{name}_free" for name in re.findall(r"KW_AUTO_PTR\((\w+)\)", source.code)}
    return tested
