"""What the films service refuses with, beside what every service of the family does."""

from __future__ import annotations

from typing import Final

from shared.errors import Problem

FILM_NOT_FOUND: Final = Problem("FILM_NOT_FOUND", 404, "Film not found")
FILM_NOT_STORED: Final = Problem("FILM_NOT_STORED", 409, "The file of the film is not there")
STORAGE_UNAVAILABLE: Final = Problem("STORAGE_UNAVAILABLE", 503, "Storage does not answer")
