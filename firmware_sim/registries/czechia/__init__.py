"""Simulated UbyPort of the Czech foreign police."""
