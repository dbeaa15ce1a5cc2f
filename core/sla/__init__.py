"""Service levels as pure time arithmetic: calendars, policies and the five clocks."""
