"""What a rule may ask about the whole program, by subject."""
