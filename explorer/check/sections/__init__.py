"""The sections of a check, one file each: `plan(trial)` gives the section and the steps that fill it."""
