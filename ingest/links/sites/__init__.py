"""The addresses of the sites we know, one module each: hosts, spelling, what they point at.

How pages of a site are asked for and read stands in the module of the same name in `ingest.sites`,
for the sites that need more than any page of the web.
"""
