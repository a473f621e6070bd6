"""How do the files people really have become checked facts, with every bad row listed?

Pure: no journal, vault or columns. `reading` turns a file into rows of cells, `headings` decides
which table and which columns they are, `checking` turns cells into facts or faults.
"""
