"""Texts that a contract has in several languages."""

from collections.abc import Mapping

Text = Mapping[str, str]
"""One text in several languages: {"it": …, "en": …}. Never empty."""


def text_in(text: Text, language: str) -> str:
    """The text in `language`; where the contract does not have it, in the first language it has."""
    return text[language] if language in text else next(iter(text.values()))
