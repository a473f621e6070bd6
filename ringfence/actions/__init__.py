"""The verbs: the only place where journal, vault, columns and engine meet."""
