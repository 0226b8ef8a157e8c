"""What work requires: role profiles and needs, decided in versions that are then frozen."""
