"""When two addresses are the same person's: in whatever case they are written. Pure."""


def folded(email: str) -> str:
    """The form in which addresses are compared, and of which tokens are made: in small letters, and nothing else. Unlike
    `casefold` this leaves straße@ and strasse@ apart, which are two mailboxes."""
    return email.lower()


def is_same(one: str, other: str) -> bool:
    return folded(one) == folded(other)
