"""Learning from the supervisors: their decisions as examples, candidates judged, what serves, agreement watched."""
