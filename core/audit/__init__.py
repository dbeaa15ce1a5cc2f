"""The record of who did, saw or exported what: entries, their chain and its verification."""
