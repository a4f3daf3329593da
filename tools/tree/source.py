"""One file of the tree. C is read with regular expressions, not parsed: enough for house style."""
import bisect
import functools
import re
from dataclasses import dataclass

LITERALS = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
DIRECTIVES = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
INCLUDES = re.compile(r"^[ \t]*#[ \t]*include[ \t]+([<\"])([^>\"\n]+)[>\"]", re.M)
EXTERN_C = re.compile(r"\bextern\s*\"[^\"]*\"\s*\{")
ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)", re.S)
TRAILING_MACRO = re.compile(r"\)\s*KW_[A-Z_]+\s*\([^()]*\)\s*$")
# Secrets that come in: behind a const pointer, or a borrowed span of them.
SECRET_INPUT = re.compile(
    r"const kw_((\w+_)?secret\w*|hmac_key|ed25519_key|secp256k1_key|note_signer|aead_once) \*"
    r"|\bkw_secret_span (?!\*)"
)
# Their names say all: nothing of the value decides what they do.
PLAIN_VERBS = re.compile(r"_(drop|free|wipe|view|take|len)$|^kw_declassify_")
LAST_NAME = re.compile(r"([A-Za-z_]\w*)\s*$")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Function:
    """A prototype, or a definition when `body` is (start, end) of its braces."""
    name: str
    line: int
    before: str  # all that stands before the name: storage, macros, result type
    params: tuple
    body: tuple | None

    @property
    def is_static(self):
        return re.search(r"\bstatic\b", self.before) is not None

    @property
    def takes_secret(self):
        is_plain = PLAIN_VERBS.search(self.name) is not None
        return not is_plain and any(SECRET_INPUT.search(param) for param in self.params)


def _blank(match):
    text = match.group()
    if text[0] in "\"'":
        return text[0] + " " * (len(text) - 2) + text[0]
    return re.sub(r"[^\n]", " ", text)


def _erase(match):
    return re.sub(r"[^\n]", " ", match.group())


def open_paren_of(text, close):
    """Offset of the parenthesis that matches the closing one at `close`; -1 without one."""
    depth = 0
    for at in range(close, -1, -1):
        if text[at] == ")":
            depth += 1
        elif text[at] == "(":
            depth -= 1
            if depth == 0:
                return at
    return -1


def split_args(text):
    """Parts between commas that stand outside all brackets."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return parts if parts != [""] else []


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.is_generated = any("GENERATED" in line for line in self.lines[:2])
        self._newlines = [match.start() for match in re.finditer("\n", text)]

    @property
    def is_c(self):
        return self.path.endswith((".c", ".h"))

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_part(self):
        """A template, or rows: included by other files, as often as they like."""
        return self.path.endswith((".inc.c", ".inc.h"))

    def is_in(self, *folders):
        return self.path.startswith(tuple(folder + "/" for folder in folders))

    def line_at(self, offset):
        return bisect.bisect_left(self._newlines, offset) + 1

    def finding(self, rule, offset, text):
        return Finding(self.path, self.line_at(offset), rule, text)

    @functools.cached_property
    def code(self):
        """The text with comments and the inside of literals blanked; offsets stay."""
        return LITERALS.sub(_blank, self.text)

    @functools.cached_property
    def plain(self):
        """Like `code`, and without preprocessor lines."""
        return EXTERN_C.sub(_erase, DIRECTIVES.sub(_erase, self.code))

    @functools.cached_property
    def includes(self):
        """(offset, is quoted, name) of each include."""
        found = []
        for match in INCLUDES.finditer(self.text):
            if self.code[match.start() : match.start(2)].strip():
                found.append((match.start(), match.group(1) == '"', match.group(2)))
        return found

    @functools.cached_property
    def names(self):
        """All identifiers of the code, macro bodies too."""
        return set(re.findall(r"[A-Za-z_]\w*", self.code))

    @functools.cached_property
    def functions(self):
        """All prototypes and definitions at file level, in order."""
        found = []
        depth, start, opened = 0, 0, 0
        for match in re.finditer(r"[{};]", self.plain):
            char, at = match.group(), match.start()
            if char == "{":
                opened = at if depth == 0 else opened
                depth += 1
            elif char == "}" and depth == 0:
                start = at + 1
            elif char == "}":
                depth -= 1
                if depth == 0 and self._add(found, start, opened, (opened, at)):
                    start = at + 1
            elif depth == 0:
                self._add(found, start, at, None)
                start = at + 1
        return found

    def _add(self, found, start, end, body):
        head = ATTRIBUTE.sub(_erase, self.plain[start:end])
        while TRAILING_MACRO.search(head):
            at = TRAILING_MACRO.search(head).start() + 1
            head = head[:at]
        head = head.rstrip()
        if not head.endswith(")"):
            return False
        opened = open_paren_of(head, len(head) - 1)
        name = LAST_NAME.search(head[:opened]) if opened > 0 else None
        before = head[: name.start()] if name else ""
        if not re.search(r"\w", before) or re.search(r"=|\btypedef\b", before):
            return False
        params = split_args(head[opened + 1 : -1])
        params = () if params == ["void"] else tuple(params)
        line = self.line_at(start + name.start())
        found.append(Function(name.group(1), line, before, params, body))
        return True

    def section_above(self, line):
        """The nearest comment like this one above `line`: it speaks for all up to the next one.
        /* ---- title. CT: what leaks ---- */"""
        starts = (at for at in range(line - 2, -1, -1) if self.lines[at].startswith("/* ----"))
        rest = "\n".join(self.lines[next(starts, line) : line - 1])
        return rest[: rest.find("*/")]

    def block_above(self, line):
        """The lines that stand without a blank one above `line`: a contract may cover several."""
        first = line - 1
        while first > 0 and self.lines[first - 1].strip():
            first -= 1
        return "\n".join(self.lines[first : line - 1])
