"""Every text a person reads: English in the source, other languages in gettext catalogues under locale/."""
