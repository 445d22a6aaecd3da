"""What DtypeLibrary is made of, beside its keywords."""
