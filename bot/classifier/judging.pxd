# C types for judging.py.
cimport cython
from libc cimport math

cdef Py_ssize_t _SCORED, _EVIDENCE
cdef double _LONG

cdef class Network:
    cdef Py_ssize_t _units, _heads
    cdef double[::1] _inner, _inner_bias, _outer, _outer_bias

    @cython.locals(
        row=Py_ssize_t, start=Py_ssize_t, unit=Py_ssize_t, head=Py_ssize_t, value=cython.double, hidden=cython.double[::1],
        found=list, inner=cython.double[::1], outer=cython.double[::1], units=Py_ssize_t, heads=Py_ssize_t,
    )
    cpdef list scores(self, double[::1] evidence)

@cython.locals(
    at=Py_ssize_t, number=Py_ssize_t, loudest=cython.double, quietest=cython.double, total=cython.double,
    score=cython.double, praising=Py_ssize_t, found=cython.double[::1],
)
cpdef double[::1] evidence_of(double[::1] scores, Py_ssize_t clauses)

cpdef double[::1] zeros(Py_ssize_t count)
