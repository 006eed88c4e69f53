"""Czechia, UbyPort: the foreign police's web service for accommodated foreigners."""
