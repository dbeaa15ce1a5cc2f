"""What the risk page shows: a module for each of its views."""
