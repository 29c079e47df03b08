"""What Cypher a user may run: one statement that reads. An allow-list over tokens, in front of the sandbox."""

from dataclasses import dataclass
from functools import lru_cache

from knowledger.engine.guard.functions import ALLOWED_FUNCTIONS, CALLABLE, WORDS_BEFORE_BRACKETS, words
from knowledger.engine.guard.tokens import Kind, Token, refuse, tokenize

LONGEST_PATH = 10

_FIRST_WORDS = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "CALL")
_FORBIDDEN = words(
    """
    CREATE MERGE SET DELETE DETACH REMOVE FOREACH LOAD COPY EXPORT IMPORT ATTACH INSTALL UNINSTALL DROP ALTER CHECKPOINT
    BEGIN COMMIT ROLLBACK
    """
)
_PATH_KINDS = ("ALL", "SHORTEST", "WSHORTEST", "TRAIL", "ACYCLIC")
_READ_ONLY = "Queries only read: MATCH, WITH, UNWIND, RETURN … Files change a graph: upload them and materialize."
_BACKQUOTES = "If this is a name of yours, write it in backquotes: `{}`."


@dataclass(frozen=True)
class CheckedStatement:
    """A statement that only reads, and the names of its parameters."""

    text: str
    tokens: tuple[Token, ...]
    parameters: frozenset[str]


@lru_cache(maxsize=1024)
def check_cypher(statement: str) -> CheckedStatement:
    """Raises StatementNotAllowed, which names the word, its place and the remedy."""
    tokens = _one_statement(statement, tokenize(statement))
    _check_start(statement, tokens)
    for index, token in enumerate(tokens):
        if token.kind is Kind.WORD:
            _check_word(statement, tokens, index)
        elif token.is_mark("(") and index:
            _check_function(statement, tokens[index - 1])
        elif token.is_mark("[") and index and tokens[index - 1].is_mark("-"):
            _check_path(statement, tokens, index)
    names = frozenset(token.word for token in tokens if token.kind is Kind.PARAMETER)
    return CheckedStatement(statement, tokens, names)


def _one_statement(statement: str, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    if tokens and tokens[-1].is_mark(";"):
        tokens = tokens[:-1]
    for token in tokens:
        if token.is_mark(";"):
            raise refuse(statement, token.start, "a second statement begins here", "Send one statement at a time.")
    if not tokens:
        raise refuse(statement, 0, "there is no statement", _READ_ONLY)
    return tokens


def _check_start(statement: str, tokens: tuple[Token, ...]) -> None:
    begin = 0
    if tokens[0].is_word("EXPLAIN"):
        begin = 2 if len(tokens) > 1 and tokens[1].is_word("LOGICAL") else 1
    elif tokens[0].is_word("PROFILE"):
        begin = 1
    first = tokens[begin] if begin < len(tokens) else tokens[-1]
    if not first.is_word(*_FIRST_WORDS):
        raise refuse(statement, first.start, f"a query does not begin with {_shown(first)}", _READ_ONLY)


def _check_word(statement: str, tokens: tuple[Token, ...], index: int) -> None:
    token = tokens[index]
    if token.word not in _FORBIDDEN and token.word != "CALL":
        return
    if _is_surely_a_name(tokens, index):
        return
    if token.word != "CALL":
        remedy = f"{_READ_ONLY} {_BACKQUOTES.format(token.text)}"
        raise refuse(statement, token.start, f"{token.word} is not allowed", remedy)
    function = tokens[index + 1] if index + 1 < len(tokens) else token
    calls = index + 2 < len(tokens) and tokens[index + 2].is_mark("(")
    if not (calls and function.is_word(*CALLABLE)):
        allowed = ", ".join(sorted(CALLABLE)).lower()
        raise refuse(statement, function.start, f"CALL {_shown(function)} is not allowed", f"CALL may name: {allowed}.")


def _is_surely_a_name(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether a word cannot begin a clause where it stands: after `.` or `:` (property, label), before `:` (a key)."""
    after = index > 0 and tokens[index - 1].is_mark(".", ":")
    before = index + 1 < len(tokens) and tokens[index + 1].is_mark(":")
    return after or before


def _check_function(statement: str, name: Token) -> None:
    """What stands before an opening parenthesis is a keyword, or a function that may be called."""
    if name.kind is Kind.WORD and (name.word in WORDS_BEFORE_BRACKETS or name.word in CALLABLE):
        return  # a CALLABLE outside CALL is no function to the engine
    if name.kind in (Kind.WORD, Kind.QUOTED) and name.word.upper() not in ALLOWED_FUNCTIONS:
        remedy = (
            "Functions of text, numbers, dates, lists and the graph are allowed, those of files and settings are not."
        )
        raise refuse(statement, name.start, f"there is no function {_shown(name)} to call here", remedy)


def _check_path(statement: str, tokens: tuple[Token, ...], opening: int) -> None:
    """Refuse `-[*]`, `-[*2..]` and `-[*1..30]`: a path of unbounded length can visit every way through a graph."""
    depth = 0
    for index in range(opening, len(tokens)):
        token = tokens[index]
        if token.is_mark("(", "[", "{"):
            depth += 1
        elif token.is_mark(")", "]", "}"):
            depth -= 1
            if depth == 0:
                return
        elif depth == 1 and token.is_mark("*"):
            _check_bound(statement, tokens, index)


def _check_bound(statement: str, tokens: tuple[Token, ...], star: int) -> None:
    index = star + 1
    while tokens[index].is_word(*_PATH_KINDS):
        index += 4 if tokens[index].word == "WSHORTEST" else 1  # WSHORTEST ( property )
    upper = _upper_bound(tokens[index : index + 3])
    if upper is None or upper > LONGEST_PATH:
        problem = "this path has no upper bound" if upper is None else f"this path may be {upper} steps long"
        remedy = f"Bound it, for example *1..3; at most {LONGEST_PATH} steps are allowed."
        raise refuse(statement, tokens[star].start, problem, remedy)


def _upper_bound(tokens: tuple[Token, ...]) -> int | None:
    """The greatest length of `n`, `n..m` or `..m`."""
    match [token.text for token in tokens]:
        case ["..", upper, *_] | [_, "..", upper] if upper.isdigit():
            return int(upper)
        case [exact, after, *_] if exact.isdigit() and after != "..":
            return int(exact)
        case _:
            return None


def _shown(token: Token) -> str:
    return token.word if token.kind is Kind.WORD else repr(token.text)
