"""The parts of a build, in the order they happen: pins, scope, candidate, publish."""
