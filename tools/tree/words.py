"""Rules about text: TODO with a number, ASCII, no eight equal lines in two places; documents name
only what is there."""
import fnmatch
import re

EQUAL_LINES = 8
EQUAL_TEST_LINES = 12  # set-up and teardown of neighbouring tests look alike
# Lines that repeat by nature and say nothing on their own.
IDLE = re.compile(
    r"[\s{}();,]*|/\*.*|\*.*|//.*|#.*|case \w+:|else|\} else \{|return KW_OK;"
    r"|\(void\)\w+;|KW_UNUSED\(\w+\);"
)


def text(tree):
    for source in tree.texts:
        for number, line in enumerate(source.lines, 1):
            if not line.isascii():
                column = next(at for at, char in enumerate(line) if ord(char) > 127)
                yield _at(source, number, f"not ASCII at column {column + 1}")
            if re.search(r"\b(TODO|FIXME|XXX)\b(?! #\d)", line) and source.is_c:
                yield _at(source, number, "TODO needs #number")
    shipped = [source for source in tree.c_files if not source.is_in("tests", "fuzz", "bench")]
    yield from _equal_lines(shipped, EQUAL_LINES)
    yield from _equal_lines(tree.c_files, EQUAL_TEST_LINES)


def _at(source, number, message, rule="text"):
    offset = sum(len(line) + 1 for line in source.lines[: number - 1])
    return source.finding(rule, offset, message)


def _equal_lines(sources, count):
    first = {}  # window of lines -> (source, line) where it was seen first
    for source in sources:
        if source.is_generated:
            continue
        kept = [
            (number, line.strip())
            for number, line in enumerate(source.lines, 1)
            if not IDLE.fullmatch(line.strip())
        ]
        reported_until = -1
        for at in range(len(kept) - count + 1):
            window = tuple(line for _, line in kept[at : at + count])
            other, line = first.setdefault(window, (source, kept[at][0]))
            is_same = other is source and line == kept[at][0]
            if not is_same and at > reported_until:
                message = f"{count} lines equal to {other.path}:{line}"
                yield _at(source, kept[at][0], message)
            if not is_same:
                reported_until = at + count - 1


GUIDE = re.compile(r"(.*/)?README\.md|docs/[a-z-]+\.md")
# A path of the tree, perhaps with *, and the name of a test case, in a document.
NAMED_PATH = re.compile(r"(?<![\w./-])((?:src|tests|fuzz|bench|tools|docs|examples)/[\w./*-]+)")
NAMED_CASE = re.compile(r"\b[a-z0-9_]+[a-z0-9]__[a-z0-9][a-z0-9_]+\b")


def named(tree):
    """What a guide to the tree names is there: files, folders, test cases. Records of decisions and
    protocols also name what is elsewhere."""
    folders = {path[:at] for path in tree.paths for at, char in enumerate(path) if char == "/"}
    there = tree.paths | folders
    cases = {name for source in tree.c_files if source.is_in("tests") for name in source.names}
    for source in tree.texts:
        if not GUIDE.fullmatch(source.path):
            continue
        for number, line in enumerate(source.lines, 1):
            for path in NAMED_PATH.findall(line):
                path = path.rstrip("./")
                if path not in there and not fnmatch.filter(there, path):
                    yield _at(source, number, f"{path} is not there", "named")
            for name in NAMED_CASE.findall(line):
                if name not in cases:
                    yield _at(source, number, f"no test case is called {name}", "named")
