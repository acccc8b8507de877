"""Personal data out of streams, in English and Chinese.

feed -> lexer.py (joints.py, han.py)   runs, in which something could lie, and inert text
     -> wanted.py                      which runs are worth asking about
     -> deadline.py                    in a time, or [REDACTED]
     -> analyzer.py                    folding.py -> recognizers.py (table, names, addresses) -> Presidio, where these
                                       found something -> overlaps resolved
     -> policy.py                      what is shown instead
"""
