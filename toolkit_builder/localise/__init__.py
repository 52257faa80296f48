"""Branch templates and branches' data in; every branch's own leaflets, letters and posters out.

``expressions`` and ``template`` read a template once, into plain JSON; ``fill`` puts one branch's words in (make.js
does the same in the browser, from the same JSON); ``fields`` says what a template may ask for; ``data`` reads
branches from tables; ``documents`` makes what is printed; ``batch`` makes thousands.
"""
