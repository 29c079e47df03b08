"""Knowledger: financial files, SEC filings and bank feeds as knowledge graphs that people and AI agents query."""

__version__ = "0.1.0"
