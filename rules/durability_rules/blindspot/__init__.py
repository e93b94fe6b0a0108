"""What the demo never shows: errors, bad input, attackers, silence."""
