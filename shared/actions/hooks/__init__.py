"""Other systems that are told of events: who they are, telling them, and the log of it."""
