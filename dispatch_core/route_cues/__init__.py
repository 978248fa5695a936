"""The words that point to a route, each with a weight and a reason that people can read."""
