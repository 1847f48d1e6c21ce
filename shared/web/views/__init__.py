"""What goes out as JSON: one file for each kind of thing."""
