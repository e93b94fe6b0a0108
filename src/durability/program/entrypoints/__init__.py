"""How functions become entry points: what registers them, and under which address."""
