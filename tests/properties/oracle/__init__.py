"""An independent and deliberately naive judge of the clocks: it counts single minutes or seconds.

Written from the rules, not from the code: it shares only the frozen types with the SLA room.
"""
