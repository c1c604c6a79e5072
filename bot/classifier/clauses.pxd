# C types for clauses.py. A mask of classes needs 64 bits: one for each of NAMES, and three more.
cimport cython

cdef long long _KIND, _NEGATOR, _CONTRAST, _GOOD, _BAD, _STEERS, _BEGINS, _BORDER, _CLASSES, _BITS, _CUE
cdef Py_ssize_t _SHORTEST_CLAUSE, _STEM, _LONGEST_PHRASE, _RUN_ON, _RUN_ON_LATIN
cdef int _NEGATION_REACH
cdef dict _BITS_OF, _NEGATED, _NEXT, _NEXT_WORD
cdef frozenset _DEGREES, _GOVERNING

@cython.locals(found=list, at=Py_ssize_t, bits=cython.longlong)
cpdef list look_up(list tokens, dict known)

@cython.locals(
    phrase=str, between=str, other=Py_ssize_t, end=Py_ssize_t, bits=cython.longlong, joined=cython.longlong,
    met=cython.longlong, longest=cython.longlong, within=cython.longlong,
)
cdef int _join(list tokens, list found, Py_ssize_t at) except -1

@cython.locals(token=str, following=str, may_follow=str)
cdef bint _may_go_on(list tokens, Py_ssize_t at) except -1

@cython.locals(
    parts=list, token=str, count=Py_ssize_t, first=Py_ssize_t, begin=Py_ssize_t, position=Py_ssize_t,
    length=Py_ssize_t, at=Py_ssize_t, after=cython.int, reach=cython.int, plain=cython.longlong,
    turned=cython.longlong, own=cython.longlong, following=cython.longlong,
)
cpdef list divide(list tokens, list known)

cdef Py_ssize_t _least(str token, long long bits) except -1

cdef bint _ends_clause(list tokens, Py_ssize_t at) except -1

cdef long long _met(long long plain, long long turned) except? -1

@cython.locals(plain=cython.longlong, negated=cython.longlong)
cdef long long _turned_round(long long bits) except? -1

cpdef str stem_of(str token)

@cython.locals(count=Py_ssize_t, number=Py_ssize_t, mask=cython.longlong, before=cython.longlong, after=cython.longlong)
cpdef list shape(list parts)

@cython.locals(begin=Py_ssize_t, end=Py_ssize_t)
cpdef tuple trimmed(str folded, tuple part)
