"""What ends a backup or a restore with a sentence for the operator."""


class Refused(Exception):
    """It is not done as asked; the message says why, and what to do."""


class Spoilt(Refused):
    """The folder is not what the backup has written."""
