"""The page of policy updates: feed, one update, clause register, published documents."""
