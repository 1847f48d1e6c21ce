"""What things are called in the files of contracts and services, and so in addresses, rows and forms."""

LONGEST_ID = 64

ID_PATTERN = rf"^[A-Za-z0-9][A-Za-z0-9_-]{{0,{LONGEST_ID - 1}}}$"
"""An id: letters without accents, digits, `-` and `_`, beginning with a letter or a digit."""

OUTAGE_PATTERN = rf"^[A-Za-z0-9][A-Za-z0-9_-]{{0,{LONGEST_ID - 1}}}\.[1-9][0-9]{{0,8}}$"
"""An outage: the service and its how manieth it is, `zenshare-up.7`."""
