# C types for text.py.
cimport cython

cdef Py_ssize_t _PLANE
cdef list _common
cdef dict _others

@cython.locals(code=Py_ssize_t, found=str)
cdef str _folded(Py_UCS4 character)

@cython.locals(read=str, folded=str, lines=list)
cpdef str fold(text)
