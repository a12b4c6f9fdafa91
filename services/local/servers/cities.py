"""The three cities of the local stack."""

from dataclasses import dataclass

BUCKET = "meridian"


@dataclass(frozen=True, slots=True)
class City:
    """Where a server stands; coordinates in degrees."""

    name: str
    title: str
    zone: str
    latitude: float
    longitude: float


CITIES = (
    City("new-york", "New York", "americas", 40.7128, -74.006),
    City("vladivostok", "Vladivostok", "asia", 43.1155, 131.8855),
    City("cape-town", "Cape Town", "africa", -33.9249, 18.4241),
)
