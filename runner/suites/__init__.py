"""`focus.py run` and `merge`: what is planned, executed, compared and told."""
