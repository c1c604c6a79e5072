# C types for decision.py.
cimport cython
from libc cimport math

cdef double _LARGEST, _LEAST
cdef Py_ssize_t _HIGHLIGHT
cdef tuple _TAGS

cpdef double excess(Py_ssize_t clauses) except? -1

@cython.locals(
    slopes=tuple, offsets=tuple, lengths=tuple, longer=cython.double, chances=list, nothing=cython.double,
    chance=cython.double, head=Py_ssize_t,
)
cpdef likelihoods(policy, scores, Py_ssize_t clauses)

@cython.locals(total=cython.double, at=Py_ssize_t)
cpdef double sureness(calibration, evidence) except? -1

cpdef double logistic(double value) except? -1

@cython.locals(bounded=cython.double)
cpdef double logit(double probability) except? -1
