"""What people have shown: statements read by rule into evidence, evidence into standings, standings into levels."""
