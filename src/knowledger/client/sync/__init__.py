"""The blocking client, a module for each noun."""
