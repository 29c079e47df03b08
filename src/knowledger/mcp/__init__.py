"""Graphs for AI agents, by the Model Context Protocol: the tools of `domain.agents.tools`, resources and prompts."""
