"""Watching the server: what it tells and what it is asked, made one stream, and what is waited for in it.

`feed` is the stream of `news`; `follow` knows how the job ended; `goals` are what can be waited for. The client
is an argument. Must not know cliff.
"""
