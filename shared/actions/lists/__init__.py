"""The board of open requests and the archive: what lists are read from."""
