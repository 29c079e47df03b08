"""Cypher cut into tokens, as LadybugDB's own lexer cuts it, or refused.

The guard is only worth something where both lexers agree on what is a string, a comment or a word. Whatever the two
could read differently (a comment with `**` inside, a line comment that ends in a lone carriage return, an escape that
does not exist, a dash or arrow beyond ASCII) is therefore refused, not guessed at.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

from knowledger.domain.graphs.reading import StatementNotAllowed

LONGEST_STATEMENT = 100_000
DEEPEST_NESTING = 64

_SPACES = re.compile("[ \t\n\v\f\r\x1c-\x1f\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_BLOCK_COMMENT = re.compile(r"/\*[^*]*(?:\*[^*/][^*]*)*\*/")
_LINE_COMMENT = re.compile(r"//[^\r\n]*(?:\r?\n|\Z)")
_ESCAPE = r"""\\(?:[\\'"bfnrtBFNRT]|[xX][0-9a-fA-F]{2}|[uU][0-9a-fA-F]{8}|[uU][0-9a-fA-F]{4})"""
_STRING = re.compile(rf"'(?:[^'\\]|{_ESCAPE})*'|\"(?:[^\"\\]|{_ESCAPE})*\"")
_QUOTED_NAME = re.compile(r"(?:`[^`]*`)+")
_NUMBER = re.compile(r"[0-9]*\.[0-9]+(?:[eE]-?[0-9]+)?|[0-9]+(?:[eE]-?[0-9]+)?")
_PARAMETER = re.compile(r"\$([0-9]+|[A-Za-z_][A-Za-z_0-9]*)(?![\w$])")
_PUNCTUATION = re.compile(r"\.\.|<>|<=|>=|!=|=~|<<|>>|[-+*/%^=<>()\[\]{},.:;|&!]")
_OPENING = {"(": ")", "[": "]", "{": "}"}


class Kind(Enum):
    WORD = auto()
    QUOTED = auto()
    STRING = auto()
    NUMBER = auto()
    PARAMETER = auto()
    MARK = auto()


@dataclass(frozen=True)
class Token:
    """`word` is what the token says: upper case for a bare ASCII word, unquoted for a quoted name."""

    kind: Kind
    text: str
    word: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def is_mark(self, *marks: str) -> bool:
        return self.kind is Kind.MARK and self.text in marks

    def is_word(self, *words: str) -> bool:
        return self.kind is Kind.WORD and self.word in words


def refuse(statement: str, offset: int, problem: str, remedy: str) -> StatementNotAllowed:
    """The error for what stands at `offset`, with its line and column."""
    line = statement.count("\n", 0, offset) + 1
    column = offset - (statement.rfind("\n", 0, offset) + 1) + 1
    return StatementNotAllowed(f"Line {line}, column {column}: {problem}", hint=remedy, line=line, column=column)


def tokenize(statement: str) -> tuple[Token, ...]:
    """Raises StatementNotAllowed where the statement is no Cypher, or could be read in two ways."""
    if len(statement) > LONGEST_STATEMENT:
        problem = f"the statement has {len(statement)} characters, {LONGEST_STATEMENT} are allowed"
        raise refuse(statement, 0, problem, "Hand values over as parameters instead of writing them into the text.")
    tokens: list[Token] = []
    position = 0
    while position < len(statement):
        if skipped := _skip(statement, position):
            position = skipped
            continue
        token = _token_at(statement, position)
        tokens.append(token)
        position = token.end
    _check_brackets(statement, tokens)
    return tuple(tokens)


def _skip(statement: str, position: int) -> int | None:
    """The end of the white space or comment that begins here, if one does."""
    if found := _SPACES.match(statement, position):
        return found.end()
    if statement.startswith("/*", position):
        if found := _BLOCK_COMMENT.match(statement, position):
            return found.end()
        raise refuse(statement, position, "this comment has no clear end", "End it with */ and use no ** inside.")
    if statement.startswith("//", position):
        if found := _LINE_COMMENT.match(statement, position):
            return found.end()
        raise refuse(statement, position, "this comment has no clear end", "End its line with a line feed.")
    return None


def _token_at(statement: str, position: int) -> Token:
    first = statement[position]
    if first in "'\"":
        return _matched(Kind.STRING, _STRING, statement, position, "this text is not closed, or has an unknown escape")
    if first == "`":
        return _matched(Kind.QUOTED, _QUOTED_NAME, statement, position, "this quoted name is not closed")
    if first == "$":
        return _matched(Kind.PARAMETER, _PARAMETER, statement, position, "this is no parameter name")
    if found := _NUMBER.match(statement, position):
        return Token(Kind.NUMBER, found[0], found[0], position)
    if _starts_name(first):
        return _name_at(statement, position)
    if found := _PUNCTUATION.match(statement, position):
        return Token(Kind.MARK, found[0], found[0], position)
    name = unicodedata.name(first, f"U+{ord(first):04X}")
    raise refuse(statement, position, f"{first!r} ({name}) has no meaning here", "Leave it out, or put it in quotes.")


def _matched(kind: Kind, pattern: re.Pattern[str], statement: str, position: int, problem: str) -> Token:
    found = pattern.match(statement, position)
    if found is None or "\0" in found[0]:
        raise refuse(statement, position, problem, "Backslashes are doubled; parameters are named like $name.")
    text = found[0]
    word = {Kind.QUOTED: text[1:-1].replace("``", "`"), Kind.PARAMETER: text[1:]}.get(kind, text)
    return Token(kind, text, word, position)


def _name_at(statement: str, position: int) -> Token:
    end = position + 1
    while end < len(statement) and _continues_name(statement[end]):
        end += 1
    text = statement[position:end]
    # LadybugDB knows its words in ASCII letters only: "ſet".upper() is SET to Python, and no keyword to the engine.
    return Token(Kind.WORD, text, text.upper() if text.isascii() else text, position)


def _starts_name(character: str) -> bool:
    return character.isidentifier() or unicodedata.category(character) == "Pc"


def _continues_name(character: str) -> bool:
    return ("_" + character).isidentifier() or unicodedata.category(character) in ("Pc", "Sc")


def _check_brackets(statement: str, tokens: list[Token]) -> None:
    closing: list[str] = []
    for token in tokens:
        if token.is_mark(*_OPENING):
            closing.append(_OPENING[token.text])
            if len(closing) > DEEPEST_NESTING:
                problem = f"brackets are nested deeper than {DEEPEST_NESTING}"
                raise refuse(statement, token.start, problem, "Split the query with WITH.")
        elif token.is_mark(")", "]", "}") and (not closing or closing.pop() != token.text):
            raise refuse(statement, token.start, f"{token.text!r} closes nothing", "Check the brackets before it.")
    if closing:
        raise refuse(statement, len(statement), f"{closing[-1]!r} is missing", "Close every bracket.")
