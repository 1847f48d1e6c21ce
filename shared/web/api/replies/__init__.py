"""What the API answers, as models: they make the schemas and are checked against real answers; the doors answer plain views.

A field of a model is always there; `None` among its types says that it may be null. Documentation is the docstring's.
"""
