"""Online marketing in Jupyter notebooks: the parts that all lessons share.

Import the module you need, for instance ``from coursekit import data``. Nothing is loaded
before it is asked for, so ``import coursekit`` costs next to nothing.
"""
