# C types for scoring.py.
cimport cython
from libc cimport math

from bot.classifier.clauses cimport divide, look_up, shape, stem_of
from bot.classifier.judging cimport Network, evidence_of, zeros
from bot.classifier.rows cimport Runs, Table

cdef Py_ssize_t _SCORED, _WEIGHTS, _COLUMNS, _CLASSES, _BITS, _PAIR, _OF_TOKEN, _OF_CHARACTER, _MARKERS
cdef frozenset _SILENT
cdef long long _FIRST, _LAST

cdef class Scored:
    cdef readonly list parts, judged
    cdef readonly double[::1] scores

cdef class Scorer:
    cdef dict _words, _pairs, _gaps, _known
    cdef Runs _runs
    cdef int[::1] _markers, _places
    cdef Table _table
    cdef double[::1] _intercepts
    cdef double _scale
    cdef Network _network

    @cython.locals(
        parts=list, known=list, part=tuple, sums=cython.double[::1], scores=cython.double[::1], mask=cython.longlong, count=Py_ssize_t,
        whole=Py_ssize_t, number=Py_ssize_t, at=Py_ssize_t, column=Py_ssize_t, place=Py_ssize_t, found=Py_ssize_t, rows=cython.int[::1],
    )
    cpdef Scored score(self, str folded, list tokens)

    @cython.locals(
        number=Py_ssize_t, row=cython.longlong, before=cython.longlong, earlier=cython.longlong, pair=Py_ssize_t, token=str, stem=str,
        found=Py_ssize_t, latin=cython.bint, follows=cython.bint,
    )
    cdef Py_ssize_t _find_words(self, int[::1] rows, list tokens, list known, tuple part) except -1

    @cython.locals(
        first=cython.longlong, second=cython.longlong, third=cython.longlong, follows=cython.bint, pair=cython.int,
        row=cython.int, position=Py_ssize_t,
    )
    cdef Py_ssize_t _find_runs(self, int[::1] rows, Py_ssize_t found, str folded, Py_ssize_t begin, Py_ssize_t end) except -1

    @cython.locals(one=Py_ssize_t, other=Py_ssize_t, row=cython.int)
    cdef Py_ssize_t _find_markers(self, int[::1] rows, Py_ssize_t found, long long mask) except -1

    @cython.locals(one=Py_ssize_t, row=cython.int, found=Py_ssize_t)
    cdef Py_ssize_t _find_placed(self, int[::1] rows, Py_ssize_t place, long long mask) except -1

    @cython.locals(
        scores=cython.double[::1], number=Py_ssize_t, start=Py_ssize_t, first=Py_ssize_t, at=Py_ssize_t,
        scale=cython.double,
    )
    cdef double[::1] _scaled(self, double[::1] sums, Py_ssize_t count)
