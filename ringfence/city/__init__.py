"""The synthetic city: `build` its people and places, `write_visits` their days, and play a night over it."""

from ringfence.city.visits import days, write_visits
from ringfence.city.whole import City, build, identities

__all__ = ["City", "build", "days", "identities", "write_visits"]
