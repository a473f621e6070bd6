"""Facts and decisions out: documents that people read away from the store."""
