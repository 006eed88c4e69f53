"""What the identity tests read and compare: fetched photographs, rendered documents."""
