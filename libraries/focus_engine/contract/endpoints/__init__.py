"""The endpoints beside POST /configure: what each must answer."""
