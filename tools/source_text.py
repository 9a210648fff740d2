"""What the checkers share: walking the tree, blanking comments and literals, reporting findings."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SKIPPED_FOLDERS = {"build", "node_modules", "vectors", "corpus", "dist", "__pycache__", "bulla-data"}
CODE_FOLDERS = ("src", "tests", "fuzz", "bench", "tools", "sdk", "web", "cmake", ".ci")
CPP_SUFFIXES = {".cpp", ".hpp"}


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def root_from(arguments):
    """The folder a checker looks at: its only argument, else the project it stands in."""
    return Path(arguments[1] if len(arguments) > 1 else Path(__file__).parent.parent).resolve()


def walk(root, folders=CODE_FOLDERS, suffixes=None):
    """The paths of all files below the folders, sorted; of these suffixes where given."""
    found = []
    for folder in folders:
        for place, children, names in os.walk(root / folder):
            children[:] = [c for c in children if c not in SKIPPED_FOLDERS and not c.startswith(".")]
            found += [Path(place, n) for n in names if suffixes is None or Path(n).suffix in suffixes]
    return sorted(p for p in found if p.is_file() and not p.is_symlink())


def relative(root, path):
    return path.relative_to(root).as_posix()


def is_test(path):
    """Unit tests and what stands in tests/: exempt from rules about the product's own code."""
    return path.endswith("_test.cpp") or path.startswith("tests/") or "/tests/" in path


INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def test_headers(root):
    """Headers of src that only unit tests and tests/ include: they are theirs."""
    users = {}
    for path in walk(root, ("src", "tests", "fuzz", "bench"), CPP_SUFFIXES):
        name = relative(root, path)
        for bracket, target in INCLUDE.findall(path.read_text(errors="replace")):
            if bracket == '"':
                users.setdefault("src/" + target, set()).add(name)
    found = set()
    while True:
        more = {
            header
            for header, names in users.items()
            if header not in found and all(is_test(name) or name in found for name in names)
        }
        if not more:
            return found
        found |= more


LITERALS = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""
    r"""|(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)\""""
    r"""|(?:u8|[uUL])?"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def blank(text):
    """The same text with everything but line ends turned to spaces."""
    return re.sub(r"[^\n]", " ", text)


def scrub_cpp(text):
    """C++ without comments, the insides of literals blanked. Every line keeps its number and length."""

    def replacement(match):
        literal = match.group()
        if literal.startswith(("//", "/*")):
            return blank(literal)
        return '"' + blank(literal[1:-1]) + '"'

    return LITERALS.sub(replacement, text)


def drop_directives(scrubbed):
    """Blanks preprocessor lines and their continuations."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m.group()), scrubbed, flags=re.MULTILINE)


def report(findings, checked):
    """Prints the findings and returns the exit status."""
    for finding in sorted(findings):
        print(finding)
    name = Path(sys.argv[0]).name
    print(f"{name}: {checked}, {f'{len(findings)} findings' if findings else 'nothing to complain of'}")
    return 1 if findings else 0
