"""Rules about what code says: size, banned, homes, goto, contracts."""
import re

from tree.places import room_of
from tree.source import Finding, open_paren_of, split_args

LINES_MAX = {".c": 800, ".h": 300}
FUNCTION_LINES_MAX = 70
NESTING_MAX = 3
WIDTH_MAX = 100
PARAMS_MAX = 5
ERR = re.compile(r"(?<!const )\bkw_(client_)?error \*")
# Callbacks whose shape a library dictates are known by its handle among the parameters.
LIBRARY_HANDLE = re.compile(r"\b(nghttp2_session|SSL|SSL_CTX|CURL|uv_\w+_t|llhttp_t)\b")

BANNED = "strcpy strcat sprintf vsprintf strncpy gets atoi atol sscanf strtok rand alloca system"
OS_CALLS = (
    "time clock_gettime gettimeofday getenv secure_getenv setenv open openat creat read write "
    "pread pwrite fopen fdopen fsync fdatasync unlink rename getrandom"
)
HEAP_CALLS = "malloc calloc realloc free strdup strndup"
PRINT_CALLS = "printf vprintf fprintf vfprintf dprintf puts fputs putchar"

REASON_BYTES_MIN = 4


def calls_of(source, words):
    """(offset, name) of bare calls: not of members, nor of functions the file defines itself."""
    own = {function.name for function in source.functions}
    pattern = re.compile(r"(?<![\w.])(?<!->)(" + "|".join(words.split()) + r")[ \t]*\(")
    for match in pattern.finditer(source.code):
        if match.group(1) not in own:
            yield match.start(), match.group(1)


def size(tree):
    for source in tree.c_files:
        if source.is_generated:
            continue
        lines_max = LINES_MAX[".c" if source.is_part else source.path[-2:]]
        lines = source.text.count("\n")
        if lines > lines_max:
            yield Finding(source.path, lines, "size", f"{lines} lines, refused above {lines_max}")
        for function in source.functions:
            for text in _function_size(source, function):
                yield Finding(source.path, function.line, "size", f"{function.name}: {text}")
    for source in tree.texts:
        is_script = source.is_in("tools") and source.path.endswith((".py", ".sh", ".cmake"))
        if source.is_generated or not (source.is_c or is_script):
            continue
        for number, line in enumerate(source.lines, 1):
            if len(line) > WIDTH_MAX:
                text = f"{len(line)} columns, refused above {WIDTH_MAX}"
                yield Finding(source.path, number, "size", text)


def _function_size(source, function):
    counted = [p for p in function.params if p != "..." and not ERR.search(p)]
    dictated = any(LIBRARY_HANDLE.search(p) for p in function.params)
    if len(counted) > PARAMS_MAX and not dictated:
        yield f"{len(counted)} parameters besides err, refused above {PARAMS_MAX}"
    if function.body is None:
        return
    lines = source.line_at(function.body[1]) - function.line + 1
    if lines > FUNCTION_LINES_MAX:
        yield f"{lines} lines, refused above {FUNCTION_LINES_MAX}"
    nesting = _nesting(source.plain, *function.body)
    if nesting > NESTING_MAX:
        yield f"nesting of {nesting}, refused above {NESTING_MAX}"


def _nesting(plain, start, end):
    """Deepest stack of if, else, for, while, do, switch; braces of values do not count."""
    stack, deepest = [], 0
    for match in re.finditer(r"[{}]", plain[start + 1 : end]):
        at = start + 1 + match.start()
        if match.group() == "{":
            stack.append(_opens_control(plain, at))
            deepest = max(deepest, sum(stack))
        elif stack:
            stack.pop()
    return deepest


def _opens_control(plain, brace):
    before = plain[max(0, brace - 2000) : brace].rstrip()
    if before.endswith(")"):
        before = before[: max(0, open_paren_of(before, len(before) - 1))].rstrip()
        return re.search(r"\b(if|for|while|switch)$", before) is not None
    return re.search(r"\b(else|do)$", before) is not None


def banned(tree):
    for source in tree.c_files:
        for at, name in calls_of(source, BANNED):
            yield source.finding("banned", at, f"{name} is never used")
        is_engine = re.match(r"src/\w+/engine/", source.path)
        if is_engine or source.is_in("src/curve", "src/crypto", "src/guard"):
            for at, name in calls_of(source, "memcmp"):
                yield source.finding("banned", at, "memcmp: use kw_ct_* or kw_span_equal_var")


def homes(tree):
    for source in tree.c_files:
        if not source.is_in("src"):
            continue
        layer = room_of(source.path).split("/")[0]
        for words, allowed in (
            (OS_CALLS, ("os",)),
            (HEAP_CALLS, ("base", "os")),
            (PRINT_CALLS, ("base", "cli")),
        ):
            if layer not in allowed:
                for at, name in calls_of(source, words):
                    yield source.finding("homes", at, f"{name}() only in {', '.join(allowed)}")
        if layer != "os":
            for match in re.finditer(r"\berrno\b", source.code):
                yield source.finding("homes", match.start(), "errno only in os")
        if layer not in ("curve", "crypto"):
            for match in re.finditer(r"(?:\.|->)secret\b", source.code):
                yield source.finding("homes", match.start(), ".secret only in curve, crypto")


def goto(tree):
    for source in tree.c_files:
        for match in re.finditer(r"\bgoto\b", source.code):
            yield source.finding("goto", match.start(), "goto is not used")


def contracts(tree):
    for source in tree.c_files:
        if source.is_in("src", "include", "tests/support"):
            for function in source.functions:
                for text in _contract(source, function):
                    yield Finding(source.path, function.line, "contracts", text)
        yield from _reasons(source)


def _contract(source, function):
    is_prototype = source.is_header and function.body is None
    name = function.name
    if is_prototype and re.search(r"\bkw_status\s*$", function.before):
        if "KW_MUST_USE" not in function.before:
            yield f"{name}: KW_MUST_USE is missing"
    # A function whose first parameter is the error words it; for all others it comes last.
    errs = [at for at, param in enumerate(function.params) if ERR.search(param)]
    is_ours = name.startswith("kw_") and "..." not in function.params
    if errs and is_ours and errs[0] not in (0, len(function.params) - 1):
        yield f"{name}: err must be the last parameter"
    is_exported = is_prototype and not source.is_in("tests")
    if is_exported and function.takes_secret:
        header = source.text[: source.text.find("*/")]
        section = source.section_above(function.line)
        if "CT:" not in source.block_above(function.line) + section + header:
            yield f"{name}: takes a secret; its contract must end with CT: and what leaks"


def _reasons(source):
    for match in re.finditer(r"\b(kw_declassify_\w+)[ \t]*\(", source.code):
        depth, at = 1, match.end()
        while depth and at < len(source.code):
            depth += {"(": 1, ")": -1}.get(source.code[at], 0)
            at += 1
        # The last argument: its length in the code, where commas in literals are blank.
        last = split_args(source.code[match.end() : at - 1].rstrip())[-1:]
        if not last or "char *reason" in last[0]:
            continue
        raw = source.text[match.end() : at - 1].rstrip()[-len(last[0]) :]
        reason = re.fullmatch(r"\"(.*)\"", raw, re.S)
        if reason is None or len(reason.group(1)) < REASON_BYTES_MIN:
            yield source.finding("contracts", match.start(), f"{match.group(1)} needs a reason")
