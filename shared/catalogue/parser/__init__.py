"""The contract catalogue's parser: TOML in, `Catalogue` out. The only room of the catalogue that uses pydantic.

docs/catalogue.md describes the files. `names` and `scalars` know single values, `timetable`, `table`, `tiers`, `quotation`
and `document` the shapes, `mistakes` the sentences, `building` the domain values, `loading` the files, `schema` the JSON
Schema.
"""

from shared.catalogue.parser.loading import load
from shared.catalogue.parser.schema import schema

__all__ = ["load", "schema"]
