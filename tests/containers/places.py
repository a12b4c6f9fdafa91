"""Real addresses near our three cities, as the geolocation files of the containers know them."""

BOSTON, TOKYO, JOBURG = "18.0.0.1", "202.232.2.1", "196.25.1.1"
ADDRESSES = {BOSTON: "new-york", TOKYO: "vladivostok", JOBURG: "cape-town"}
CITIES = tuple(ADDRESSES.values())
