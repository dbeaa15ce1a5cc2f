"""Use cases: permission, then rule, then write with its audit entry; and reads held to a scope."""
