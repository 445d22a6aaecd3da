"""An embedded MongoDB: mongomock behind a small front end that speaks the wire protocol."""
