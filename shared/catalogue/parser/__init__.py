"""The contract catalogue's parser: TOML in, `Catalogue` and `Services` out. The only room of the catalogue that uses pydantic.

docs/catalogue.md and docs/services.md describe the files. `names` and `scalars` know single values, `timetable`, `table`,
`tiers`, `quotation` and `document` the shapes, `mistakes` the sentences, `building` the domain values, `loading` the files,
`schema` the JSON Schema; `watched`, `addresses` and `services` the same of the services that are watched.
"""

from shared.catalogue.parser.loading import load

__all__ = ["load"]
