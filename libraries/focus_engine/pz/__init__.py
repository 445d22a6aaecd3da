"""PZ configuration: read strictly, judge against a replaceable profile, prove that it was loaded.

Everything that knows PZ is data in `variables/pz/<profile>/`; nothing here names a PZ parameter.
"""
