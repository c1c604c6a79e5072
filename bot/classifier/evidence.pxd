# C types for evidence.py.
cdef Py_ssize_t _SCORED
