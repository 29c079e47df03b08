"""Server-sent events: one listening connection for the process, and readers that are cursors over the log."""
