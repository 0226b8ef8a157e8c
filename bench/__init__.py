"""What must stay fast, as ratios: both sides take turns in one run, so a figure means the same anywhere."""
