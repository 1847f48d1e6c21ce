"""What comes in as JSON, as pydantic forms: one file for each who sends. `reading` has what they share."""
