"""The screens: one file each. They filter, read, arrange and offer actions; they compute nothing."""
