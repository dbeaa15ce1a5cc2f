"""The data layer of Escalation Desk: everything that is true without a screen."""
