"""All texts shown to people: English in the source, other languages in gettext catalogues under locale/."""
