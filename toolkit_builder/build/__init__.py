"""Jobs come in, a published site comes out: all or nothing, and only what changed is made.

Nothing is imported here, so that `fastpath` stays as quick as it is; `engine.build` is the way in.
"""
