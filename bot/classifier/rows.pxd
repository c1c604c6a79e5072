# C types for rows.py.
cimport cython

cdef Py_ssize_t _WEIGHTS, _COLUMNS

cdef class Table:
    cdef float[::1] _table
    cdef Py_ssize_t _rows

    @cython.locals(
        table=cython.float[::1], number=Py_ssize_t, row=Py_ssize_t, start=Py_ssize_t, column=Py_ssize_t,
        value=cython.double,
    )
    cpdef int add(
        self, double[::1] sums, Py_ssize_t at, int[::1] rows, Py_ssize_t begin, Py_ssize_t end, bint are_markers
    ) except -1

cdef class Runs:
    cdef long long _last
    cdef long long[::1] _keys
    cdef int[::1] _found

    cpdef int find(self, long long first, long long second, long long third) except -1

    @cython.locals(key=cython.longlong, at=cython.longlong)
    cdef long long _place(self, long long first, long long second, long long third) except -1
