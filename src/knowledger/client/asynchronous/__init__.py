"""The asynchronous client, a module for each noun."""
