"""What a picture says: `read(data)` gives its words, the contents of its codes, and its hash."""

from tereze.watch.pictures.hashes import alike
from tereze.watch.pictures.limits import MOST_BYTES
from tereze.watch.pictures.reading import Picture, drawn, lacking, read


__all__ = ["MOST_BYTES", "Picture", "alike", "drawn", "lacking", "read"]
