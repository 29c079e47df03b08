"""`knowledger ask`: a question in plain words, its answer live."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from knowledger.cli.amounts import with_amounts
from knowledger.cli.emphasis import Emphasis
from knowledger.cli.problems import Exit, UsageProblem
from knowledger.cli.session import AsJson, Session, chosen_graph, session_of
from knowledger.cli.terminal import Cell, Terminal

if TYPE_CHECKING:
    from knowledger.client import Graph
    from knowledger.client.events import OperationEvent
    from knowledger.client.json import JsonObject
    from knowledger.client.questions import AnswerRecord

Mode = Literal["quick", "standard", "extended"]


def ask(
    context: typer.Context,
    graph: Annotated[str, typer.Argument(help="The graph's name or id; `sec` for the SEC's filings.")],
    question: Annotated[str, typer.Argument(help="In plain words.")],
    mode: Annotated[Mode, typer.Option(help="How much thought the answer may take.")] = "standard",
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", help="Go on with this one, or with `last`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a graph in plain words. The answer comes as it forms, every figure with its source; Ctrl-C stops it."""
    from knowledger.client.decode import encode

    if not question.strip():
        raise UsageProblem("There is no question.", 'Ask one: knowledger ask GRAPH "How many … are there?"')
    session = session_of(context)
    with session.connect() as kn:
        asked = chosen_graph(kn, graph)
        answer = _heard(session, asked, question, mode, _chosen(asked, conversation))
    if session.terminal.json:
        session.terminal.data(encode(answer))


def _chosen(graph: "Graph", conversation: str | None) -> str | None:
    if conversation != "last":
        return conversation
    found = graph.conversations.list()
    return found[0].conversation_id if found else None


def _heard(session: Session, graph: "Graph", question: str, mode: Mode, conversation: str | None) -> "AnswerRecord":
    """Listen to the end. Whoever interrupts stops the answer, not only the listening."""
    operation = graph.ask(question, mode=mode, conversation_id=conversation)
    page = _Page(session.terminal)
    try:
        for event in operation.events():
            page.hear(event)
    except KeyboardInterrupt:
        operation.cancel()
        session.terminal.note("\nStopped.")
        raise typer.Exit(Exit.CANCELLED) from None
    answer = operation.result()
    page.end(answer)
    return answer


@dataclass
class _Page:
    """What is on the terminal: look-ups aside while they are made, words as they come, then tables and sources."""

    terminal: Terminal
    _step: int = -1
    _length: dict[int, int] = field(default_factory=dict)
    _emphasis: Emphasis = field(default_factory=Emphasis)
    _sources: list[tuple[int, str]] = field(default_factory=list)

    def hear(self, event: "OperationEvent") -> None:
        from knowledger.client import events

        if self.terminal.json:
            return
        match event:
            case events.ToolCall():
                self.terminal.note(f"· {event.message}")
            case events.TextDelta():
                self._say(event.step, event.offset, event.text)
            case events.Citation():
                self._sources.append((event.number, event.message))
            case events.TableShown():
                self._show(event.table)
            case events.Warned() | events.Retrying():
                self.terminal.note(event.message)

    def end(self, answer: "AnswerRecord") -> None:
        if self.terminal.json:
            return
        print(self._emphasis.rest())  # noqa: T201 - stdout is the answer
        for number, label in self._sources:
            self.terminal.note(f"[{number}] {label}")
        if answer.microcredits:
            self.terminal.note(f"{answer.model} · {answer.microcredits / 1e6:.4f} credits")

    def _say(self, step: int, offset: int, text: str) -> None:
        """Words that were said before are not said again: a worker that takes over may repeat some."""
        if step != self._step and self._step >= 0:
            print(self._emphasis.rest() + "\n")  # noqa: T201
        self._step = step
        said = self._length.get(step, 0)
        new = text[max(0, said - offset) :]
        print(self._emphasis.shown(new) if self.terminal.out.is_terminal else new, end="", flush=True)  # noqa: T201
        self._length[step] = max(said, offset + len(text))

    def _show(self, table: "JsonObject") -> None:
        print("\n")  # noqa: T201
        columns = [str(name) for name in cast(list[str], table["columns"])]
        rows = with_amounts(cast(list[list[Cell]], table["rows"]))
        self.terminal.table(columns, rows, title=str(table.get("title", "")))
