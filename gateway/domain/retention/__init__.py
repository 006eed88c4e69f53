"""How long what is known of people and of their doings is kept, and what is left of it then. Tables and pure rules."""
