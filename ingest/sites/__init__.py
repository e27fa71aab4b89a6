"""The kinds of link: which requests a page takes, and how its replies are read. One module each."""
