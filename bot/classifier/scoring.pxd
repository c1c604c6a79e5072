# C types for scoring.py.
cimport cython
from libc cimport math

from bot.classifier.clauses cimport divide, look_up, shape, stem_of
from bot.classifier.judging cimport Network, evidence_of, zeros

cdef Py_ssize_t _SCORED, _WEIGHTS, _COLUMNS, _CLASSES, _BITS, _PAIR
cdef frozenset _SILENT
cdef long long _FIRST, _LAST

cdef class Scored:
    cdef readonly list parts, judged
    cdef readonly double[::1] scores

cdef class Runs:
    cdef long long _last
    cdef long long[::1] _keys
    cdef int[::1] _found

    cpdef int find(self, long long first, long long second, long long third) except -1

    @cython.locals(key=cython.longlong, at=cython.longlong)
    cdef long long _place(self, long long first, long long second, long long third) except -1

cdef class Scorer:
    cdef dict _words, _pairs, _known
    cdef Runs _runs
    cdef int[::1] _markers, _places
    cdef float[::1] _table
    cdef double[::1] _intercepts
    cdef double _scale
    cdef Network _network

    @cython.locals(
        parts=list, known=list, part=tuple, sums=cython.double[::1], scores=cython.double[::1], mask=cython.longlong, count=Py_ssize_t,
        whole=Py_ssize_t, number=Py_ssize_t, at=Py_ssize_t, row=Py_ssize_t, column=Py_ssize_t, place=Py_ssize_t,
    )
    cpdef Scored score(self, str folded, list tokens)

    @cython.locals(table=cython.float[::1], start=Py_ssize_t, column=Py_ssize_t, value=cython.double)
    cdef int _add(self, double[::1] sums, Py_ssize_t at, Py_ssize_t row, bint is_marker) except -1

    @cython.locals(
        number=Py_ssize_t, row=cython.longlong, before=cython.longlong, pair=Py_ssize_t, token=str, stem=str,
    )
    cdef int _add_words(self, double[::1] sums, Py_ssize_t at, list tokens, list known, tuple part) except -1

    @cython.locals(
        first=cython.longlong, second=cython.longlong, third=cython.longlong, follows=cython.bint, found=cython.int,
        row=cython.int, position=Py_ssize_t,
    )
    cdef int _add_runs(self, double[::1] sums, Py_ssize_t at, str folded, Py_ssize_t begin, Py_ssize_t end) except -1

    @cython.locals(one=Py_ssize_t, other=Py_ssize_t, row=Py_ssize_t)
    cdef int _add_markers(self, double[::1] sums, Py_ssize_t at, long long mask) except -1

    @cython.locals(one=Py_ssize_t, row=Py_ssize_t)
    cdef int _add_placed(self, double[::1] sums, Py_ssize_t at, Py_ssize_t place, long long mask) except -1

    @cython.locals(
        scores=cython.double[::1], number=Py_ssize_t, start=Py_ssize_t, first=Py_ssize_t, at=Py_ssize_t,
        scale=cython.double,
    )
    cdef double[::1] _scaled(self, double[::1] sums, Py_ssize_t count)
