"""Whose data it is: who may see it and why, what is held on somebody, and what is left when it is erased. Pure."""
