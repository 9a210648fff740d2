"""The shape of a C++ file: its functions with their lengths, and what it declares.

No parser: brackets are matched and the tokens before each brace tell what it opens. That is enough for code
laid out as this project's is, and fails towards calling something an initialiser, which is not measured.
"""

import re
from dataclasses import dataclass, field

from source_text import drop_directives, scrub_cpp

TOKEN = re.compile(r'[A-Za-z_]\w*|"[^"]*"|\d[\w.\']*|::|->|\.\.\.|<=>|==|!=|<=|>=|&&|\|\||\S')
CONTROL = {"if", "for", "while", "switch", "catch", "constexpr"}
NOT_FUNCTIONS = {
    "decltype",
    "noexcept",
    "requires",
    "alignas",
    "explicit",
    "__attribute__",
    "sizeof",
    "static_assert",
    "asm",
    "GUARDED_BY",
    "REQUIRES",
}
SWITCH_LINES = 10


@dataclass
class Parameter:
    tokens: list

    @property
    def name(self):
        """The declared name; empty where there is none."""
        tokens = self.tokens[: self.tokens.index("=")] if "=" in self.tokens else self.tokens
        while tokens and tokens[-1] in ("]", "["):
            tokens = tokens[:-1]
        named = len(tokens) > 1 and re.match(r"[A-Za-z_]", tokens[-1]) and tokens[-2] != "::"
        return tokens[-1] if named and tokens[-1] not in ("const", "bool", "int", "char", "auto") else ""


@dataclass
class Function:
    name: str
    line: int
    parameters: list = field(default_factory=list)
    length: int = 0  # lines from the opening to the closing brace; 0 for a declaration
    nesting: int = 0
    dictated: bool = False  # its parameters are a library's choice: extern "C", or an override


@dataclass
class Shape:
    functions: list = field(default_factory=list)
    types: list = field(default_factory=list)  # (name, line)


class Tokens:
    """The tokens of a file with their lines and matching brackets."""

    def __init__(self, text):
        self.texts = []
        self.lines = []
        line, place = 1, 0
        for match in TOKEN.finditer(text):
            line += text.count("\n", place, match.start())
            place = match.start()
            self.texts.append(match.group())
            self.lines.append(line)
        self.match = self._match_brackets()

    def _match_brackets(self):
        match, open_at = {}, []
        partner = {")": "(", "]": "[", "}": "{"}
        for i, token in enumerate(self.texts):
            if token in "([{":
                open_at.append(i)
            elif token in partner:
                while open_at and self.texts[open_at[-1]] != partner[token]:
                    open_at.pop()
                if open_at:
                    start = open_at.pop()
                    match[start], match[i] = i, start
        return match

    def group_end(self, i):
        """Where the bracket at i closes; the end of the file where it does not."""
        return self.match.get(i, len(self.texts) - 1)

    def angle_end(self, i):
        """The index of the > that closes the < at i, or i."""
        depth, k = 0, i
        while k < len(self.texts):
            token = self.texts[k]
            if token in "([{":
                k = self.group_end(k)
            elif token == "<":
                depth += 1
            elif token in (">", ">="):
                depth -= 1
                if depth == 0:
                    return k
            elif token == ";":
                return i
            k += 1
        return i

    def split_parameters(self, start, end):
        """The parameters between two brackets, each a list of tokens."""
        parts, current, k = [], [], start
        while k < end:
            token = self.texts[k]
            if token == ",":
                parts.append(current)
                current = []
            elif token in "([{":
                close = min(self.group_end(k), end - 1)
                current += self.texts[k : close + 1]
                k = close
            elif token == "<" and k > start and re.match(r"[A-Za-z_]", self.texts[k - 1]):
                close = min(self.angle_end(k), end - 1)
                current += self.texts[k : close + 1]
                k = close
            else:
                current.append(token)
            k += 1
        parts.append(current)
        parts = [p for p in parts if p and p != ["void"] and p[0] != "this"]
        return [Parameter(p) for p in parts]


class Head:
    """The tokens from the last boundary to a brace or semicolon, without template heads and attributes."""

    def __init__(self, tokens, start, end):
        self.tokens, self.start, self.end = tokens, start, end
        self.top = self._top_level()
        self.list_at = self._parameter_list()

    def _top_level(self):
        """Indices of the tokens outside brackets; an opening bracket stands for its group."""
        tokens, found, k = self.tokens, [], self.start
        while k < self.end:
            token = tokens.texts[k]
            if token == "template" and k + 1 < self.end and tokens.texts[k + 1] == "<":
                k = max(tokens.angle_end(k + 1), k + 1)
            elif token == "[" and k + 1 < self.end and tokens.texts[k + 1] == "[":
                k = tokens.group_end(k)
            elif token in "([{":
                found.append(k)
                k = tokens.group_end(k)
            else:
                found.append(k)
            k += 1
        return found

    def words(self):
        return [self.tokens.texts[k] for k in self.top]

    def _parameter_list(self):
        """The index of the bracket that opens the parameters of a function, else None."""
        words = self.words()
        for place, k in enumerate(self.top):
            if words[place] != "(" or place == 0:
                continue
            before = words[place - 1]
            if before == "operator":
                continue  # operator()(…): the next group has the parameters
            named = re.match(r"[A-Za-z_]", before) and before not in NOT_FUNCTIONS
            if named or "operator" in words[max(0, place - 4) : place]:
                return k
        return None

    def first_line(self):
        return self.tokens.lines[self.top[0]] if self.top else self.tokens.lines[self.start]

    def kind(self):
        words = self.words()
        if "namespace" in words or words in (["extern", '""'], ["extern", '" "']) or _is_linkage(words):
            return "namespace"
        before_list = words[: self.top.index(self.list_at)] if self.list_at is not None else words
        if "=" in words and "operator" not in words:
            return "initialiser"
        if "enum" in before_list:
            return "enum"
        if self.list_at is None:
            return "type" if {"class", "struct", "union"} & set(words) else "initialiser"
        return "initialiser" if self._initialises_member() else "function"

    def _initialises_member(self):
        """Foo() : member_{1} {…}: a brace after a name in the constructor's list is not the body."""
        after = [k for k in self.top if k > self.list_at]
        has_list = any(self.tokens.texts[k] == ":" for k in after)
        last = self.tokens.texts[self.end - 1]
        return has_list and (re.match(r"[A-Za-z_]", last) is not None or last == ">")

    def function(self):
        place = self.top.index(self.list_at)
        words = self.words()
        name = words[place - 1]
        if "operator" in words[:place]:
            name = "operator" + "".join(words[words.index("operator") + 1 : place]).replace("(", "()")
        close = self.tokens.group_end(self.list_at)
        parameters = self.tokens.split_parameters(self.list_at + 1, close)
        dictated = words[0] == "extern" and '"' in words[1] or "override" in words[place:]
        return Function(name, self.first_line(), parameters, dictated=dictated)

    def type_name(self):
        words = self.words()
        for keyword in ("struct", "class", "union", "enum"):
            if keyword in words:
                after = words[words.index(keyword) + 1 :]
                rest = [w for w in after if w not in ("class", "struct", "final", "(")]
                return rest[0] if rest else ""
        return ""


def _is_linkage(words):
    return len(words) == 2 and words[0] == "extern" and words[1].startswith('"')


def shape_of(text):
    """The Shape of a file."""
    tokens = Tokens(drop_directives(scrub_cpp(text)))
    shape = Shape()
    _read_scope(tokens, 0, len(tokens.texts), shape)
    _read_lambdas(tokens, shape)
    return shape


def _read_scope(tokens, start, end, shape):
    """Namespace or class scope: finds declarations and functions."""
    head, k = start, start
    while k < end:
        token = tokens.texts[k]
        if token in ("public", "private", "protected") and k + 1 < end and tokens.texts[k + 1] == ":":
            k += 1
            head = k + 1
        elif token == ";":
            _read_declaration(tokens, head, k, shape)
            head = k + 1
        elif token in "([":
            k = tokens.group_end(k)
        elif token == "{":
            opened = _open_brace(tokens, head, k, shape)
            k = tokens.group_end(k)
            head = k + 1 if opened else head
        k += 1


def _open_brace(tokens, start, brace, shape):
    """Handles the group at brace; true when it ends the declaration that began at start."""
    head = Head(tokens, start, brace)
    kind = head.kind() if head.top else "initialiser"
    close = tokens.group_end(brace)
    if kind == "function":
        function = head.function()
        function.length = measure(tokens, brace, close)
        function.nesting = nesting(tokens, brace, close)
        shape.functions.append(function)
    elif kind in ("type", "enum"):
        shape.types.append((head.type_name(), head.first_line()))
    if kind in ("namespace", "type"):
        _read_scope(tokens, brace + 1, close, shape)
    return kind != "initialiser"


def _read_declaration(tokens, start, end, shape):
    head = Head(tokens, start, end)
    words = head.words()
    if not words or words[0] in ("using", "typedef", "friend", "static_assert") and head.list_at is None:
        if len(words) > 2 and words[0] == "using" and words[2] == "=":
            shape.types.append((words[1], head.first_line()))
        return
    if "=" in words and "operator" not in words and head.list_at is not None:
        equals = head.top[words.index("=")]
        if equals < head.list_at:
            return  # a variable with an initialiser
    if head.list_at is not None and words[0] not in ("using", "typedef", "static_assert"):
        shape.functions.append(head.function())


def _read_lambdas(tokens, shape):
    for k in range(len(tokens.texts)):
        body = lambda_body(tokens, k)
        if body is None:
            continue
        parameters = []
        after = tokens.group_end(k) + 1
        if tokens.texts[after] == "(":
            parameters = tokens.split_parameters(after + 1, tokens.group_end(after))
        function = Function("lambda", tokens.lines[k], parameters)
        function.length = measure(tokens, body, tokens.group_end(body))
        shape.functions.append(function)


def lambda_body(tokens, k):
    """The index of the brace that opens the body of a lambda whose [ is at k, else None."""
    texts = tokens.texts
    if texts[k] != "[" or k not in tokens.match or k + 1 < len(texts) and texts[k + 1] == "[":
        return None
    before = texts[k - 1] if k else ""
    if re.match(r"[\w\])\[]", before) and before not in ("return", "co_return", "co_await", "co_yield"):
        return None
    place = tokens.match[k] + 1
    while place < len(texts) and texts[place] != "{":
        if texts[place] in (";", ",", ")", "]", "}"):
            return None
        place = tokens.group_end(place) + 1 if texts[place] in "([" else place + 1
    return place if place < len(texts) else None


def measure(tokens, brace, close):
    """Lines of a body; a switch whose every case is one statement counts as ten at most."""
    length = tokens.lines[close] - tokens.lines[brace] + 1
    k = brace + 1
    while k < close:
        if tokens.texts[k] == "switch" and tokens.texts[k + 1] == "(":
            block = tokens.group_end(k + 1) + 1
            end = tokens.group_end(block)
            if tokens.texts[block] == "{" and is_plain_switch(tokens, block, end):
                lines = tokens.lines[end] - tokens.lines[k] + 1
                length -= max(0, lines - SWITCH_LINES)
                k = end
        k += 1
    return length


def is_plain_switch(tokens, block, end):
    """Whether each case of the switch is one statement, a break aside."""
    statements, k = 0, block + 1
    while k < end:
        token = tokens.texts[k]
        if token in ("case", "default"):
            statements = 0
            while tokens.texts[k] != ":":
                k += 1
        elif token == "break" and tokens.texts[k + 1] == ";":
            k += 1
        elif token == ";":
            statements += 1
            if statements > 1:
                return False
        elif token == "{" and tokens.texts[k - 1] in (")", ":", "else", "do", "try"):
            return False
        elif token in "([{":
            k = tokens.group_end(k)
        k += 1
    return True


def nesting(tokens, brace, close):
    """How many control blocks stand inside one another at most; a lambda begins anew."""
    deepest, open_blocks = 0, []
    bodies = {lambda_body(tokens, k) for k in range(brace, close)} - {None}
    for k in range(brace + 1, close):
        while open_blocks and open_blocks[-1][0] < k:
            open_blocks.pop()
        if tokens.texts[k] != "{":
            continue
        depth = open_blocks[-1][1] if open_blocks else 0
        if k in bodies:
            depth = 0
        elif _is_control(tokens, k):
            depth += 1
        open_blocks.append((tokens.group_end(k), depth))
        deepest = max(deepest, depth)
    return deepest


def _is_control(tokens, brace):
    before = tokens.texts[brace - 1]
    if before in ("else", "do", "try", "consteval"):
        return True
    if before == ")" and brace - 1 in tokens.match:
        return tokens.texts[tokens.match[brace - 1] - 1] in CONTROL
    return False
