"""One module for each page that `scripts/generate_docs.py` writes: its `page()` gives the text."""
