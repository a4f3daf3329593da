"""The rule about text: TODO with a number, ASCII, no eight equal lines in two places."""
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


def _at(source, number, message):
    offset = sum(len(line) + 1 for line in source.lines[: number - 1])
    return source.finding("text", offset, message)


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
