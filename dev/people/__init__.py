"""Staff and customers of a deployed desk: read from a file, entered, changed, removed."""
