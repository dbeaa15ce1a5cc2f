"""The parts of the page of policy gaps: list, board, candidates, ranking, and proposing one."""
