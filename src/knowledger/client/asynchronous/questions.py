"""Conversations with a graph."""

from typing import TYPE_CHECKING

from knowledger.client import questions

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncConversations:
    """What you asked a graph before."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def list(self) -> tuple[questions.ConversationRecord, ...]:
        """The last used first."""
        return await self._driver.run(questions.conversations(self._graph_id))

    async def get(self, conversation_id: str) -> questions.Dialogue:
        return await self._driver.run(questions.conversation(self._graph_id, conversation_id))

    async def rename(self, conversation_id: str, title: str) -> questions.ConversationRecord:
        return await self._driver.run(questions.rename(self._graph_id, conversation_id, title))

    async def export(self, conversation_id: str) -> str:
        """As Markdown, with tables and sources."""
        return await self._driver.run(questions.exported(self._graph_id, conversation_id))

    async def delete(self, conversation_id: str) -> None:
        await self._driver.run(questions.forget(self._graph_id, conversation_id))
