"""A linked ``Site`` and a ``Theme`` come in; jobs go out, unit by unit: what belongs together and changes together."""
