"""Who is believed: what strangers can reach, who checks them, and what the program takes their word for."""
