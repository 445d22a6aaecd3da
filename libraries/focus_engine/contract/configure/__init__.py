"""POST /configure: what is sent, and what makes an answer accepted or a rejection."""
