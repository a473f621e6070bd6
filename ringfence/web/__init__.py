"""What is told over HTTP: the front door for devices."""
