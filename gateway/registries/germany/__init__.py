"""Germany: the special registration form for foreigners, kept at the landlord's and sent nowhere."""
