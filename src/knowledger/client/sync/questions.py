"""Conversations with a graph."""

from typing import TYPE_CHECKING

from knowledger.client import questions

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Conversations:
    """What you asked a graph before."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def list(self) -> tuple[questions.ConversationRecord, ...]:
        """The last used first."""
        return self._driver.run(questions.conversations(self._graph_id))

    def get(self, conversation_id: str) -> questions.Dialogue:
        return self._driver.run(questions.conversation(self._graph_id, conversation_id))

    def rename(self, conversation_id: str, title: str) -> questions.ConversationRecord:
        return self._driver.run(questions.rename(self._graph_id, conversation_id, title))

    def export(self, conversation_id: str) -> str:
        """As Markdown, with tables and sources."""
        return self._driver.run(questions.exported(self._graph_id, conversation_id))

    def delete(self, conversation_id: str) -> None:
        self._driver.run(questions.forget(self._graph_id, conversation_id))
