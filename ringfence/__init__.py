"""Ringfence: the open system a city runs an outbreak response on."""

__version__ = "0.1.0"
