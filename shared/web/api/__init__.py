"""The API described: a table of its operations, and the OpenAPI document and the human page that are made of it."""
